#include "api/sign_in_resource.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "api/cookies.h"
#include "api/cross_site.h"
#include "api/passkey_ceremony.h"
#include "api/session_json.h"
#include "api/sign_in_problem.h"
#include "problem/denial_response.h"

namespace latchkey::api {
namespace {

constexpr std::chrono::days kDeviceLifetime{365};

/// One of the proofs that a body may give, read once.
struct GivenProof {
  std::optional<SecretString> password;
  std::optional<SecretString> totp;
  std::optional<SecretString> recovery_code;
  std::optional<JsonBody> passkey;

  [[nodiscard]] int count() const {
    return static_cast<int>(password.has_value()) + static_cast<int>(totp.has_value()) +
           static_cast<int>(recovery_code.has_value()) + static_cast<int>(passkey.has_value());
  }
};

/// Exactly one of the members that are named. Problems: as Members::Finish; kInvalidValue.
OrProblem<GivenProof> ReadProof(Members& members, bool second_step) {
  GivenProof proof;
  if (second_step) {
    proof.recovery_code = members.FindSecret("recovery_code");
  } else {
    proof.password = members.FindSecret("password");
  }
  proof.totp = members.FindSecret("totp");
  proof.passkey = members.FindObject("passkey");
  const OrProblem<void> read = members.Finish();
  if (!read) return std::unexpected(read.error());
  if (proof.count() == 1) return proof;
  return ProblemWith(ProblemType::kInvalidValue, second_step
                                                     ? "send one of totp, recovery_code and passkey"
                                                     : "send one of password, totp and passkey");
}

SignInRefusal Refused(SignInRefusal::Cause cause) {
  return {.cause = cause, .retry_after = {}, .error = {}};
}

SignInResult<NewSession> FinishBy(const Services& services, std::string_view attempt,
                                  const GivenProof& proof, const SignInClient& client) {
  SignInAuthority& sign_in = services.sign_in;
  if (proof.totp) return sign_in.FinishByTotp(attempt, proof.totp->Expose(), client);
  if (proof.recovery_code) {
    return sign_in.FinishByRecoveryCode(attempt, proof.recovery_code->Expose(), client);
  }
  const std::optional<AccountId> account = sign_in.FindAttempt(attempt);
  if (!account || !services.party) {
    return std::unexpected(Refused(SignInRefusal::Cause::kAttemptOver));
  }
  const Result<VerifiedPasskey> passkey =
      CheckAssertion(services, attempt, &*account, *proof.passkey);
  if (!passkey) return sign_in.RefusePasskey(attempt, client);
  return sign_in.FinishByPasskey(attempt, *passkey, client);
}

SignInResult<NewSession> ProveAgain(const Services& services, const LiveSession& live,
                                    const GivenProof& proof, const SignInClient& client) {
  SignInAuthority& sign_in = services.sign_in;
  if (proof.password) return sign_in.ReauthenticateByPassword(live, *proof.password, client);
  if (proof.totp) return sign_in.ReauthenticateByTotp(live, proof.totp->Expose(), client);
  if (!services.party) return std::unexpected(Refused(SignInRefusal::Cause::kSecondStepFailed));
  const Result<VerifiedPasskey> passkey =
      CheckAssertion(services, live.session->id, &live.account->id, *proof.passkey);
  if (!passkey) return std::unexpected(Refused(SignInRefusal::Cause::kSecondStepFailed));
  return sign_in.ReauthenticateByPasskey(live, *passkey, client);
}

Outcome AnswerNewSession(const Services& services, const NewSession& made) {
  const std::shared_ptr<const Account> account =
      services.directory.FindAccount(made.session.account);
  if (!account) return ProblemWith(ProblemType::kSignInFailed, "the account is gone");
  const Instant again = ReauthenticateAfter(services.sessions.limits(), made.session);
  Answer answer = NoStoreAnswer(200, SignedInJson(services, made.session, *account, again));
  SetSessionCookies(services, answer.response.fields, made);
  return answer;
}

}  // namespace

Answer NoStoreAnswer(int status, const Json& json) {
  Answer answer{.response = JsonResponse(status, json)};
  answer.response.fields.Set("Cache-Control", "no-store");
  return answer;
}

void SetSessionCookies(const Services& services, http::Fields& fields, const NewSession& made) {
  const Session& session = made.session;
  // One that does not stay goes with the browser.
  std::optional<std::chrono::seconds> max_age;
  if (session.expires_at - session.created_at > services.sessions.limits().lifetime) {
    max_age = std::chrono::ceil<std::chrono::seconds>(session.expires_at - services.clock.Now());
  }
  SetCookie(fields, {.name = kSessionCookie,
                     .value = made.cookie.Expose(),
                     .max_age = max_age,
                     .same_site = SameSite::kLax});
  if (!made.device.empty()) {
    SetCookie(fields,
              {.name = kDeviceCookie, .value = made.device.Expose(), .max_age = kDeviceLifetime});
  }
  ClearCookie(fields, kAttemptCookie);
}

Outcome AnswerSignedIn(const Services& services, const SignInResult<NewSession>& signed_in) {
  if (!signed_in) return std::unexpected(ProblemFor(signed_in.error()));
  return AnswerNewSession(services, *signed_in);
}

Outcome AnswerSignIn(const Services& services, const SignInResult<SignInOutcome>& outcome) {
  if (!outcome) return std::unexpected(ProblemFor(outcome.error()));
  if (const auto* made = std::get_if<NewSession>(&*outcome)) {
    return AnswerNewSession(services, *made);
  }
  const auto& attempt = std::get<PendingAttempt>(*outcome);
  Json json;
  json["next"] = "second-step";
  json["methods"] = attempt.methods;
  Answer answer = NoStoreAnswer(200, json);
  SetCookie(answer.response.fields, {.name = kAttemptCookie,
                                     .value = attempt.cookie.Expose(),
                                     .max_age = std::chrono::ceil<std::chrono::seconds>(
                                         attempt.expires_at - services.clock.Now())});
  return answer;
}

void SignInResource::AddTo(Routes& routes) const {
  Adder add{routes, *this};
  add("GET", "/api/v1/session", &SignInResource::Show);
  add("POST", "/api/v1/session", &SignInResource::Begin);
  add("DELETE", "/api/v1/session", &SignInResource::End);
  add("POST", "/api/v1/session/second-step", &SignInResource::SecondStep);
  add("POST", "/api/v1/session/passkey-options", &SignInResource::PasskeyOptions);
  add("POST", "/api/v1/session/passkey", &SignInResource::Passkey);
  add("POST", "/api/v1/session/reauthenticate", &SignInResource::Reauthenticate);
}

http::Awaitable<Outcome> SignInResource::Show(const Call& call) const {
  call.exchange.Annotate("action", "session.show");
  const OrProblem<std::optional<LiveSession>> found = services_.guard.Look(call.exchange);
  if (!found) co_return std::unexpected(found.error());
  const std::optional<LiveSession>& live = *found;
  if (!live) co_return NoStoreAnswer(200, SignedOutJson(services_));
  call.exchange.Annotate("account", live->account->username);
  co_return NoStoreAnswer(200, SignedInJson(services_, *live));
}

http::Awaitable<Outcome> SignInResource::Begin(const Call& call) const {
  call.exchange.Annotate("action", "session.begin");
  OrProblem<Members> members = co_await ReadFromOwnPage(call, services_.settings);
  if (!members) co_return std::unexpected(members.error());
  const std::string user = members->Text("user");
  const SecretString password = members->Secret("password");
  const bool stay = members->Flag("stay");
  const OrProblem<void> read = members->Finish();
  if (!read) co_return std::unexpected(read.error());
  const SignInClient client = ClientOf(call.exchange.head());
  const auto begin = [&] {
    return services_.sign_in.BeginByPassword(user, password, stay, client);
  };
  const SignInResult<SignInOutcome> begun = co_await http::RunBlocking(services_.pool, begin);
  co_return AnswerSignIn(services_, begun);
}

http::Awaitable<Outcome> SignInResource::SecondStep(const Call& call) const {
  call.exchange.Annotate("action", "session.second-step");
  OrProblem<Members> members = co_await ReadFromOwnPage(call, services_.settings);
  if (!members) co_return std::unexpected(members.error());
  const OrProblem<GivenProof> proof = ReadProof(*members, /*second_step=*/true);
  if (!proof) co_return std::unexpected(proof.error());
  const SignInClient client = ClientOf(call.exchange.head());
  const std::string_view attempt = FindCookie(call.exchange.head().fields, kAttemptCookie);
  const auto finish = [&] { return FinishBy(services_, attempt, *proof, client); };
  const SignInResult<NewSession> made = co_await http::RunBlocking(services_.pool, finish);
  co_return AnswerSignedIn(services_, made);
}

http::Awaitable<Outcome> SignInResource::PasskeyOptions(const Call& call) const {
  call.exchange.Annotate("action", "session.passkey-options");
  OrProblem<Members> members = co_await ReadFromOwnPage(call, services_.settings);
  if (!members) co_return std::unexpected(members.error());
  OrProblem<void> usable = members->Finish();
  if (usable) usable = RequirePasskeys(services_);
  if (!usable) co_return std::unexpected(usable.error());
  const http::RequestHead& head = call.exchange.head();
  const std::string_view cookie = FindCookie(head.fields, kAttemptCookie);
  std::string owner{cookie};
  std::optional<AccountId> account;
  std::optional<SecretString> drawn;
  const OrProblem<std::optional<LiveSession>> found = services_.guard.Look(call.exchange);
  if (!found) co_return std::unexpected(found.error());
  if (const std::optional<LiveSession>& live = *found) {
    owner = live->session->id;
    account = live->account->id;
  } else {
    account = services_.sign_in.FindAttempt(cookie);
  }
  if (!account) {
    Result<SecretString> fresh = services_.sign_in.DrawChallengeOwner();
    if (!fresh) co_return std::unexpected(ProblemFor(fresh.error()));
    drawn = std::move(*fresh);
    owner = drawn->Expose();
  }
  const OrProblem<Json> options =
      MakeRequestOptions(services_, owner, account ? &*account : nullptr);
  if (!options) co_return std::unexpected(options.error());
  Answer answer = NoStoreAnswer(200, *options);
  if (drawn) {
    SetCookie(
        answer.response.fields,
        {.name = kAttemptCookie, .value = drawn->Expose(), .max_age = std::chrono::minutes{5}});
  }
  co_return answer;
}

http::Awaitable<Outcome> SignInResource::Passkey(const Call& call) const {
  call.exchange.Annotate("action", "session.passkey");
  OrProblem<Members> members = co_await ReadFromOwnPage(call, services_.settings);
  if (!members) co_return std::unexpected(members.error());
  const std::optional<JsonBody> credential = members->Object("credential");
  const bool stay = members->Flag("stay");
  OrProblem<void> usable = members->Finish();
  if (usable) usable = RequirePasskeys(services_);
  if (!usable) co_return std::unexpected(usable.error());
  const SignInClient client = ClientOf(call.exchange.head());
  const std::string_view owner = FindCookie(call.exchange.head().fields, kAttemptCookie);
  const auto sign_in = [&]() -> SignInResult<NewSession> {
    const Result<VerifiedPasskey> passkey =
        CheckAssertion(services_, owner, /*account=*/nullptr, *credential);
    if (!passkey) return std::unexpected(Refused(SignInRefusal::Cause::kSignInFailed));
    return services_.sign_in.SignInByPasskey(*passkey, stay, client);
  };
  const SignInResult<NewSession> made = co_await http::RunBlocking(services_.pool, sign_in);
  co_return AnswerSignedIn(services_, made);
}

http::Awaitable<Outcome> SignInResource::Reauthenticate(const Call& call) const {
  const OrProblem<LiveSession> live =
      services_.guard.Admit(call.exchange, "session.reauthenticate", {.before_second_step = true});
  if (!live) co_return std::unexpected(live.error());
  OrProblem<Members> members =
      co_await ReadMembers(call.exchange, services_.settings.body_size_max);
  if (!members) co_return std::unexpected(members.error());
  const OrProblem<GivenProof> proof = ReadProof(*members, /*second_step=*/false);
  if (!proof) co_return std::unexpected(proof.error());
  const SignInClient client = ClientOf(call.exchange.head());
  const auto prove = [&] { return ProveAgain(services_, *live, *proof, client); };
  const SignInResult<NewSession> made = co_await http::RunBlocking(services_.pool, prove);
  co_return AnswerSignedIn(services_, made);
}

http::Awaitable<Outcome> SignInResource::End(const Call& call) const {
  const http::RequestHead& head = call.exchange.head();
  call.exchange.Annotate("action", "session.end");
  const OrProblem<void> own = RequireOwnPage(head, services_.settings.public_url);
  if (!own) co_return std::unexpected(own.error());
  // A node that cannot tell must not say that somebody is signed out who may not be.
  const OrProblem<std::optional<LiveSession>> found = services_.guard.Look(call.exchange);
  if (!found) co_return std::unexpected(found.error());
  if (const std::optional<LiveSession>& live = *found) {
    call.exchange.Annotate("account", live->account->username);
    const Caller caller = CallerFor(head, *live);
    const auto end = [&] {
      return services_.sessions.End(live->account->id, live->session->id, "signed out", caller);
    };
    const Result<void> ended = co_await http::RunBlocking(services_.pool, end);
    const bool gone = ended || ended.error().code == Error::Code::kNotFound;
    if (!gone) co_return std::unexpected(ProblemFor(ended.error()));
  }
  Answer answer;
  answer.response.status = 204;
  ClearCookie(answer.response.fields, kSessionCookie);
  ClearCookie(answer.response.fields, kAttemptCookie);
  answer.response.fields.Set("Clear-Site-Data", R"("cache", "storage")");
  co_return answer;
}

}  // namespace latchkey::api
