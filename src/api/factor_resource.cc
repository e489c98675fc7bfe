#include "api/factor_resource.h"

#include <optional>
#include <string>
#include <utility>

#include "api/members.h"
#include "api/session_json.h"
#include "api/sign_in_problem.h"
#include "api/sign_in_resource.h"
#include "problem/denial_response.h"
#include "qr/qr_code.h"

namespace latchkey::api {
namespace {

constexpr SessionGuard::Need kChange{.fresh_proof = true, .before_second_step = true};

Answer Done() {
  Answer answer;
  answer.response.status = 204;
  return answer;
}

Outcome DoneOr(const Result<void>& outcome) {
  if (!outcome) return std::unexpected(ProblemFor(outcome.error()));
  return Done();
}

Problem PasswordProblem(const SignInRefusal& refusal) {
  Problem problem = ProblemFor(refusal);
  if (problem.type == ProblemType::kSignInFailed) {
    problem.detail = "The current password is not right.";
    problem.member = "current_password";
  }
  return problem;
}

/// Letters, digits and dashes need no escaping.
void AppendCodes(const RecoveryCodes& codes, std::string& text) {
  text += "\"recovery_codes\":[";
  for (const SecretString& code : codes.codes) {
    if (&code != &codes.codes.front()) text += ',';
    text.append("\"").append(code.Expose()).append("\"");
  }
  text += ']';
}

}  // namespace

Answer AnswerWithCodes(int status, const Json& json, const RecoveryCodes& codes) {
  Answer answer = NoStoreAnswer(status, json);
  if (codes.codes.empty()) return answer;
  constexpr std::size_t kCodeRoom = 32;
  std::string& body = answer.response.body;
  // All at once: growing would leave a copy behind.
  body.reserve(body.size() + (codes.codes.size() + 1) * kCodeRoom);
  const bool empty = json.empty();
  body.pop_back();
  if (!empty) body += ',';
  AppendCodes(codes, body);
  body += '}';
  answer.holds_secret = true;
  return answer;
}

void FactorResource::AddTo(Routes& routes) const {
  Adder add{routes, *this};
  add("PATCH", "/api/v1/me", &FactorResource::ChangeName);
  add("PUT", "/api/v1/me/password", &FactorResource::ChangePassword);
  add("POST", "/api/v1/me/totp", &FactorResource::OfferTotp);
  add("DELETE", "/api/v1/me/totp", &FactorResource::RemoveTotp);
  add("POST", "/api/v1/me/totp/confirm", &FactorResource::ConfirmTotp);
  add("POST", "/api/v1/me/recovery-codes", &FactorResource::ReplaceRecoveryCodes);
}

http::Awaitable<Outcome> FactorResource::ChangeName(const Call& call) const {
  const OrProblem<LiveSession> live = services_.guard.Admit(call.exchange, "account.change");
  if (!live) co_return std::unexpected(live.error());
  OrProblem<Members> members =
      co_await ReadMembers(call.exchange, services_.settings.body_size_max);
  if (!members) co_return std::unexpected(members.error());
  const AccountEdit edit{.display_name = members->Text("display_name")};
  const OrProblem<void> read = members->Finish();
  if (!read) co_return std::unexpected(read.error());
  const Caller caller = CallerFor(call.exchange.head(), *live);
  const auto change = [&] { return services_.accounts.Edit(live->account->id, edit, caller); };
  const Result<Account> account = co_await http::RunBlocking(services_.pool, change);
  if (account) co_return NoStoreAnswer(200, AccountJson(*account));
  Problem problem = ProblemFor(account.error());
  if (problem.type == ProblemType::kInvalidValue) problem.member = "display_name";
  co_return std::unexpected(problem);
}

http::Awaitable<Outcome> FactorResource::ChangePassword(const Call& call) const {
  const OrProblem<LiveSession> live =
      services_.guard.Admit(call.exchange, "account.password", kChange);
  if (!live) co_return std::unexpected(live.error());
  OrProblem<Members> members =
      co_await ReadMembers(call.exchange, services_.settings.body_size_max);
  if (!members) co_return std::unexpected(members.error());
  const std::optional<SecretString> current = members->FindSecret("current_password");
  const SecretString password = members->Secret("password");
  const OrProblem<void> read = members->Finish();
  if (!read) co_return std::unexpected(read.error());
  const std::shared_ptr<const SignIn> sign_in = services_.factors.Find(live->account->id);
  const bool has_one = !PasswordHashOf(*live->account, sign_in.get()).empty();
  if (has_one && !current) {
    co_return ProblemWith(ProblemType::kInvalidValue, "current_password is missing",
                          "current_password");
  }
  const Caller caller = CallerFor(call.exchange.head(), *live);
  const SignInClient client = ClientOf(call.exchange.head());
  std::optional<NewSession> renewed;
  // The current password is a proof as any: counted where it is wrong, and the cookie is new after.
  const auto change = [&]() -> SignInResult<void> {
    if (has_one) {
      SignInResult<NewSession> proven =
          services_.sign_in.ReauthenticateByPassword(*live, *current, client);
      if (!proven) return std::unexpected(proven.error());
      renewed = std::move(*proven);
    }
    return services_.factors.SetPassword(live->account->id, password, live->session->id, caller);
  };
  const SignInResult<void> changed = co_await http::RunBlocking(services_.pool, change);
  if (!changed) co_return std::unexpected(PasswordProblem(changed.error()));
  Answer answer = Done();
  if (renewed) SetSessionCookies(services_, answer.response.fields, *renewed);
  co_return answer;
}

http::Awaitable<Outcome> FactorResource::OfferTotp(const Call& call) const {
  const OrProblem<LiveSession> live =
      services_.guard.Admit(call.exchange, "account.totp-offer", kChange);
  if (!live) co_return std::unexpected(live.error());
  const auto offer = [&] { return services_.factors.OfferTotp(live->account->id); };
  const Result<TotpOffer> offered = co_await http::RunBlocking(services_.pool, offer);
  if (!offered) co_return std::unexpected(ProblemFor(offered.error()));
  const Result<SecretString> picture = QrSvg(offered->uri, "QR code for an authenticator app");
  if (!picture) co_return std::unexpected(ProblemFor(picture.error()));
  Json json;
  json["uri"] = offered->uri.Expose();
  json["secret"] = offered->key_text.Expose();
  json["qr"] = picture->Expose();
  Answer answer = NoStoreAnswer(200, json);
  answer.holds_secret = true;
  co_return answer;
}

http::Awaitable<Outcome> FactorResource::ConfirmTotp(const Call& call) const {
  const OrProblem<LiveSession> live =
      services_.guard.Admit(call.exchange, "account.totp-confirm", kChange);
  if (!live) co_return std::unexpected(live.error());
  OrProblem<Members> members =
      co_await ReadMembers(call.exchange, services_.settings.body_size_max);
  if (!members) co_return std::unexpected(members.error());
  const std::string code = members->Text("code");
  const OrProblem<void> read = members->Finish();
  if (!read) co_return std::unexpected(read.error());
  const Caller caller = CallerFor(call.exchange.head(), *live);
  const auto confirm = [&] {
    return services_.factors.ConfirmTotp(live->account->id, code, caller);
  };
  const SignInResult<RecoveryCodes> codes = co_await http::RunBlocking(services_.pool, confirm);
  if (!codes) co_return std::unexpected(ProblemFor(codes.error()));
  co_return AnswerWithCodes(200, Json::object(), *codes);
}

http::Awaitable<Outcome> FactorResource::RemoveTotp(const Call& call) const {
  const OrProblem<LiveSession> live =
      services_.guard.Admit(call.exchange, "account.totp-remove", kChange);
  if (!live) co_return std::unexpected(live.error());
  const Caller caller = CallerFor(call.exchange.head(), *live);
  const auto remove = [&] { return services_.factors.RemoveTotp(live->account->id, caller); };
  const Result<void> removed = co_await http::RunBlocking(services_.pool, remove);
  co_return DoneOr(removed);
}

http::Awaitable<Outcome> FactorResource::ReplaceRecoveryCodes(const Call& call) const {
  const OrProblem<LiveSession> live =
      services_.guard.Admit(call.exchange, "account.recovery-codes", kChange);
  if (!live) co_return std::unexpected(live.error());
  const Caller caller = CallerFor(call.exchange.head(), *live);
  const auto replace = [&] {
    return services_.factors.ReplaceRecoveryCodes(live->account->id, caller);
  };
  const Result<RecoveryCodes> codes = co_await http::RunBlocking(services_.pool, replace);
  if (!codes) co_return std::unexpected(ProblemFor(codes.error()));
  co_return AnswerWithCodes(200, Json::object(), *codes);
}

}  // namespace latchkey::api
