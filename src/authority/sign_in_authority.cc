#include "authority/sign_in_authority.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "signin/device.h"
#include "signin/ticket.h"

namespace latchkey {
namespace {

using Why = SignInRefusal::Cause;

std::unexpected<SignInRefusal> AttemptOver() {
  return std::unexpected(
      SignInRefusal{.cause = Why::kAttemptOver,
                    .retry_after = {},
                    .error = {.code = Error::Code::kNotFound,
                              .message = "this sign-in is over",
                              .hint = "It lasts five minutes and five tries. Begin again."}});
}

/// What the owner of a refused proof may read; the same whatever was wrong.
SignInRefusal RefusalFor(SignInEvent::Outcome outcome, std::chrono::seconds retry_after) {
  const std::string wait = std::to_string(retry_after.count()) + " s";
  switch (outcome) {
    case SignInEvent::Outcome::kSecondStepFailed:
      return {.cause = Why::kSecondStepFailed,
              .retry_after = {},
              .error = {.code = Error::Code::kPermissionDenied,
                        .message = "this is not the right second step",
                        .hint = "A code works once: wait for the next one, and check the time of "
                                "your device."}};
    case SignInEvent::Outcome::kThrottled:
      return {.cause = Why::kThrottled,
              .retry_after = retry_after,
              .error = {.code = Error::Code::kLimitExceeded,
                        .message = "too many failed sign-ins",
                        .hint = "Try again in " + wait + "."}};
    case SignInEvent::Outcome::kBusy:
      return {.cause = Why::kBusy,
              .retry_after = retry_after,
              .error = {.code = Error::Code::kUnavailable,
                        .message = "too many people are signing in at this moment",
                        .hint = "Try again in " + wait + "."}};
    case SignInEvent::Outcome::kSignedIn:
    case SignInEvent::Outcome::kSecondStepAsked:
    case SignInEvent::Outcome::kFailed: break;
  }
  return {.cause = Why::kSignInFailed,
          .retry_after = {},
          .error = {.code = Error::Code::kPermissionDenied,
                    .message = "no account signs in with that",
                    .hint = "Check name and password. An administrator can send a new link."}};
}

/// Whether the account may sign in at all: service accounts have credentials only.
bool MaySignIn(const Account* account) {
  return account != nullptr && account->state == AccountState::kActive &&
         account->kind == AccountKind::kPerson;
}

bool IsBusy(const Error& error) { return error.code == Error::Code::kLimitExceeded; }

}  // namespace

std::string_view OutcomeName(SignInEvent::Outcome outcome) {
  switch (outcome) {
    case SignInEvent::Outcome::kSignedIn: return "signed-in";
    case SignInEvent::Outcome::kSecondStepAsked: return "second-step-asked";
    case SignInEvent::Outcome::kFailed: return "failed";
    case SignInEvent::Outcome::kSecondStepFailed: return "second-step-failed";
    case SignInEvent::Outcome::kThrottled: return "throttled";
    case SignInEvent::Outcome::kBusy: return "busy";
  }
  std::unreachable();
}

void SignInAuthority::Tell(Outcome outcome, const Step& step, const SignInClient& client,
                           std::string new_device) const {
  if (!parts_.on_event) return;
  parts_.on_event({.outcome = outcome,
                   .method = step.method,
                   .account = step.account,
                   .address = client.address,
                   .request_id = client.request_id,
                   .new_device = std::move(new_device)});
}

std::unexpected<SignInRefusal> SignInAuthority::Failed(Outcome outcome, const Step& step,
                                                       const SignInClient& client,
                                                       std::chrono::seconds retry_after) const {
  Tell(outcome, step, client);
  return std::unexpected(RefusalFor(outcome, retry_after));
}

SignInAuthority::Buckets SignInAuthority::BucketsOf(const AccountId& account,
                                                    const SignInClient& client) const {
  const std::string device = KnownDevice(parts_.device_key, account, client.device);
  if (!device.empty()) return {DeviceBucket(account, device)};
  return {AccountBucket(account), AddressBucket(client.address)};
}

SignInAuthority::Buckets SignInAuthority::BucketsOfName(const Account* account,
                                                        std::string_view user,
                                                        const SignInClient& client) const {
  if (account != nullptr && !KnownDevice(parts_.device_key, account->id, client.device).empty()) {
    return BucketsOf(account->id, client);
  }
  return {NameBucket(user), AddressBucket(client.address)};
}

SignInAuthority::Buckets SignInAuthority::RowsOf(const Account& account,
                                                 const SignInClient& client) const {
  Buckets rows = BucketsOf(account.id, client);
  if (!KnownDevice(parts_.device_key, account.id, client.device).empty()) return rows;
  rows.push_back(NameBucket(account.username));
  rows.push_back(NameBucket(account.email));
  return rows;
}

SignInResult<void> SignInAuthority::Attend(const Step& step, const Prove& prove,
                                           const SignInClient& client) {
  const std::chrono::seconds wait = parts_.throttle.Reserve(step.buckets, parts_.clock.Now());
  if (wait.count() != 0) return Failed(Outcome::kThrottled, step, client, wait);
  const Result<bool> proven = prove();
  if (proven && *proven) return {};
  if (proven) return Failed(step.failed, step, client);
  parts_.throttle.TakeBack(step.buckets);
  constexpr std::chrono::seconds kBusyFor{2};
  if (IsBusy(proven.error())) return Failed(Outcome::kBusy, step, client, kBusyFor);
  return Refuse(proven.error());
}

SignInResult<SignInOutcome> SignInAuthority::BeginByPassword(std::string_view user,
                                                             const SecretString& password,
                                                             bool stay,
                                                             const SignInClient& client) {
  const std::shared_ptr<const Account> account = parts_.directory.FindAccountByName(user);
  const Step step{.account = account ? account->id : AccountId{},
                  .method = "password",
                  .failed = Outcome::kFailed,
                  .buckets = BucketsOfName(account.get(), user, client)};
  const auto prove = [&]() -> Result<bool> {
    const std::shared_ptr<const SignIn> sign_in = parts_.sign_ins.FindSignIn(step.account);
    // Without an account, or a hash, the same work is done for nothing.
    const Result<bool> matches = parts_.passwords.Matches(
        password, account ? PasswordHashOf(*account, sign_in.get()) : std::string_view{});
    if (!matches) return matches;
    // One that is too short to be the only step, and whose second step an operator took away.
    const bool suffices = !sign_in || sign_in->password_suffices();
    return *matches && suffices && MaySignIn(account.get());
  };
  if (SignInResult<void> attended = Attend(step, prove, client); !attended) {
    return std::unexpected(std::move(attended.error()));
  }
  // One step of two proves nothing yet; Complete() ends the row of failures.
  parts_.throttle.TakeBack(step.buckets);
  return Proceed({.account = step.account, .methods = {step.method}, .stay = stay}, client);
}

SignInResult<SignInOutcome> SignInAuthority::Proceed(SignInAttempt attempt,
                                                     const SignInClient& client) {
  std::vector<std::string> steps = parts_.factors.SecondSteps(attempt.account);
  if (steps.empty()) {
    SignInResult<NewSession> session = Complete(attempt, client);
    if (!session) return std::unexpected(std::move(session.error()));
    return SignInOutcome{*std::move(session)};
  }
  const Instant now = parts_.clock.Now();
  Tell(Outcome::kSecondStepAsked,
       {.account = attempt.account, .method = attempt.methods.back(), .failed = {}, .buckets = {}},
       client);
  Result<SecretString> cookie = attempts_.Begin(std::move(attempt), now, parts_.random);
  if (!cookie) return Refuse(cookie.error());
  return SignInOutcome{PendingAttempt{.cookie = std::move(*cookie),
                                      .methods = std::move(steps),
                                      .expires_at = now + Attempts::kLifetime}};
}

SignInResult<NewSession> SignInAuthority::Complete(const SignInAttempt& attempt,
                                                   const SignInClient& client) {
  const Step step{.account = attempt.account,
                  .method = attempt.methods.back(),
                  .failed = Outcome::kFailed,
                  .buckets = BucketsOf(attempt.account, client)};
  const std::shared_ptr<const Account> account = parts_.directory.FindAccount(attempt.account);
  // It may have been suspended since the first step.
  if (!MaySignIn(account.get())) return Failed(Outcome::kFailed, step, client);
  if (!attempt.issuer.empty()) {
    Result<void> linked = parts_.factors.LinkIdentity(attempt.account, attempt.issuer,
                                                      attempt.subject, client.As(attempt.account));
    if (!linked) return Refuse(linked.error());
  }
  Result<NewSession> session = parts_.sessions.Begin(
      {.account = attempt.account, .methods = attempt.methods, .stay = attempt.stay}, client);
  if (!session) return Refuse(session.error());
  parts_.throttle.EndRow(RowsOf(*account, client));
  const bool known = !KnownDevice(parts_.device_key, attempt.account, client.device).empty();
  const bool by_link = attempt.methods.front() == "link";
  Tell(Outcome::kSignedIn, step, client, known || by_link ? std::string{} : session->session.name);
  return *std::move(session);
}

std::optional<AccountId> SignInAuthority::FindAttempt(std::string_view cookie) const {
  const std::optional<SignInAttempt> attempt = attempts_.Find(cookie, parts_.clock.Now());
  if (!attempt) return std::nullopt;
  return attempt->account;
}

SignInResult<NewSession> SignInAuthority::FinishBy(
    std::string_view cookie, const std::string& method,
    const std::function<Result<bool>(const AccountId&, const Caller&)>& prove,
    const SignInClient& client) {
  const Instant now = parts_.clock.Now();
  std::optional<SignInAttempt> attempt = attempts_.Find(cookie, now);
  if (!attempt) return AttemptOver();
  const Step step{.account = attempt->account,
                  .method = method,
                  .failed = Outcome::kSecondStepFailed,
                  .buckets = BucketsOf(attempt->account, client)};
  bool over = false;
  const auto prove_once = [&]() -> Result<bool> {
    over = !attempts_.TakeTry(cookie, now);
    if (over) return false;
    return prove(attempt->account, client.As(attempt->account));
  };
  SignInResult<void> attended = Attend(step, prove_once, client);
  if (over) return AttemptOver();
  if (!attended) return std::unexpected(std::move(attended.error()));
  parts_.throttle.TakeBack(step.buckets);
  if (!attempts_.End(cookie, now)) return AttemptOver();
  attempt->methods.push_back(method);
  return Complete(*attempt, client);
}

SignInResult<NewSession> SignInAuthority::FinishByTotp(std::string_view attempt,
                                                       std::string_view code,
                                                       const SignInClient& client) {
  const auto prove = [&](const AccountId& account, const Caller& caller) {
    return parts_.factors.ProveTotp(account, code, caller);
  };
  return FinishBy(attempt, "totp", prove, client);
}

SignInResult<NewSession> SignInAuthority::FinishByRecoveryCode(std::string_view attempt,
                                                               std::string_view code,
                                                               const SignInClient& client) {
  const auto prove = [&](const AccountId& account, const Caller& caller) {
    return parts_.factors.ProveRecoveryCode(account, code, caller);
  };
  return FinishBy(attempt, "recovery-code", prove, client);
}

SignInResult<NewSession> SignInAuthority::FinishByPasskey(std::string_view attempt,
                                                          const VerifiedPasskey& passkey,
                                                          const SignInClient& client) {
  const auto prove = [&](const AccountId& account, const Caller& caller) {
    return parts_.factors.ProvePasskey(account, passkey.id, passkey.sign_count, caller);
  };
  return FinishBy(attempt, "passkey", prove, client);
}

SignInResult<NewSession> SignInAuthority::RefusePasskey(std::string_view attempt,
                                                        const SignInClient& client) {
  const auto prove = [](const AccountId&, const Caller&) -> Result<bool> { return false; };
  return FinishBy(attempt, "passkey", prove, client);
}

SignInResult<NewSession> SignInAuthority::SignInByPasskey(const VerifiedPasskey& passkey, bool stay,
                                                          const SignInClient& client) {
  const std::shared_ptr<const SignIn> sign_in = parts_.sign_ins.FindByPasskey(passkey.id);
  Step step{.account = sign_in ? sign_in->account : AccountId{},
            .method = "passkey",
            .failed = Outcome::kFailed,
            .buckets = {AddressBucket(client.address)}};
  if (sign_in) step.buckets = BucketsOf(sign_in->account, client);
  const auto prove = [&]() -> Result<bool> {
    if (!sign_in || !passkey.user_verified) return false;
    if (!MaySignIn(parts_.directory.FindAccount(step.account).get())) return false;
    return parts_.factors.ProvePasskey(step.account, passkey.id, passkey.sign_count,
                                       client.As(step.account));
  };
  if (SignInResult<void> attended = Attend(step, prove, client); !attended) {
    return std::unexpected(std::move(attended.error()));
  }
  parts_.throttle.TakeBack(step.buckets);
  return Complete({.account = step.account, .methods = {step.method}, .stay = stay}, client);
}

SignInAttempt SignInAuthority::AttemptFor(const VerifiedIdentity& identity, bool stay) const {
  SignInAttempt attempt{.account = {}, .methods = {"oidc"}, .stay = stay};
  if (const auto linked = parts_.sign_ins.FindByIdentity(identity.issuer, identity.subject)) {
    attempt.account = linked->account;
    return attempt;
  }
  const auto account = parts_.directory.FindAccountByName(identity.email);
  if (identity.email.empty() || !account || !EqualsIgnoringCase(account->email, identity.email)) {
    return attempt;
  }
  // Somebody else at that provider has this address now: whose it was signs in no more by it.
  const std::shared_ptr<const SignIn> sign_in = parts_.sign_ins.FindSignIn(account->id);
  const auto of_issuer = [&](const ExternalIdentity& one) { return one.issuer == identity.issuer; };
  if (sign_in && std::ranges::any_of(sign_in->identities, of_issuer)) return attempt;
  attempt.account = account->id;
  attempt.issuer = identity.issuer;
  attempt.subject = identity.subject;
  return attempt;
}

SignInResult<SignInOutcome> SignInAuthority::SignInByIdentity(const VerifiedIdentity& identity,
                                                              bool stay,
                                                              const SignInClient& client) {
  SignInAttempt attempt = AttemptFor(identity, stay);
  if (MaySignIn(parts_.directory.FindAccount(attempt.account).get())) {
    return Proceed(std::move(attempt), client);
  }
  return Failed(
      Outcome::kFailed,
      {.account = attempt.account, .method = "oidc", .failed = Outcome::kFailed, .buckets = {}},
      client);
}

SignInResult<SignInOutcome> SignInAuthority::BeginProven(const AccountId& account,
                                                         const std::string& method, bool stay,
                                                         const SignInClient& client) {
  return Proceed({.account = account, .methods = {method}, .stay = stay}, client);
}

SignInResult<NewSession> SignInAuthority::ReauthenticateBy(const LiveSession& live,
                                                           const std::string& method,
                                                           Outcome failed, const Prove& prove,
                                                           const SignInClient& client) {
  const AccountId& account = live.session->account;
  // Whoever is signed in is locked out by nobody.
  const Step step{.account = account,
                  .method = method,
                  .failed = failed,
                  .buckets = {DeviceBucket(account, live.session->id)}};
  if (SignInResult<void> attended = Attend(step, prove, client); !attended) {
    return std::unexpected(std::move(attended.error()));
  }
  Result<NewSession> session = parts_.sessions.Renew(live, method, client);
  if (!session) return Refuse(session.error());
  parts_.throttle.EndRow(step.buckets);
  Tell(Outcome::kSignedIn, step, client);
  return *std::move(session);
}

Result<bool> SignInAuthority::ProvePassword(const LiveSession& live,
                                            const SecretString& password) const {
  const std::shared_ptr<const SignIn> sign_in = parts_.sign_ins.FindSignIn(live.session->account);
  return parts_.passwords.Matches(password, PasswordHashOf(*live.account, sign_in.get()));
}

SignInResult<NewSession> SignInAuthority::ReauthenticateByPassword(const LiveSession& live,
                                                                   const SecretString& password,
                                                                   const SignInClient& client) {
  const auto prove = [&] { return ProvePassword(live, password); };
  return ReauthenticateBy(live, "password", Outcome::kFailed, prove, client);
}

SignInResult<NewSession> SignInAuthority::ReauthenticateByTotp(const LiveSession& live,
                                                               std::string_view code,
                                                               const SignInClient& client) {
  const AccountId& account = live.session->account;
  const auto prove = [&] { return parts_.factors.ProveTotp(account, code, client.As(account)); };
  return ReauthenticateBy(live, "totp", Outcome::kSecondStepFailed, prove, client);
}

SignInResult<NewSession> SignInAuthority::ReauthenticateByPasskey(const LiveSession& live,
                                                                  const VerifiedPasskey& passkey,
                                                                  const SignInClient& client) {
  const AccountId& account = live.session->account;
  const auto prove = [&] {
    return parts_.factors.ProvePasskey(account, passkey.id, passkey.sign_count, client.As(account));
  };
  return ReauthenticateBy(live, "passkey", Outcome::kSecondStepFailed, prove, client);
}

SignInResult<NewSession> SignInAuthority::ReauthenticateByIdentity(const LiveSession& live,
                                                                   const VerifiedIdentity& identity,
                                                                   const SignInClient& client) {
  const auto prove = [&]() -> Result<bool> {
    const auto linked = parts_.sign_ins.FindByIdentity(identity.issuer, identity.subject);
    return linked && linked->account == live.session->account;
  };
  return ReauthenticateBy(live, "oidc", Outcome::kFailed, prove, client);
}

SignInResult<void> SignInAuthority::ChangePassword(const LiveSession& live,
                                                   const SecretString& current,
                                                   const SecretString& password,
                                                   const SignInClient& client) {
  const AccountId& account = live.session->account;
  const std::shared_ptr<const SignIn> sign_in = parts_.sign_ins.FindSignIn(account);
  if (!PasswordHashOf(*live.account, sign_in.get()).empty()) {
    const Step step{.account = account,
                    .method = "password",
                    .failed = Outcome::kFailed,
                    .buckets = {DeviceBucket(account, live.session->id)}};
    const auto prove = [&] { return ProvePassword(live, current); };
    if (SignInResult<void> attended = Attend(step, prove, client); !attended) return attended;
    parts_.throttle.TakeBack(step.buckets);
  }
  return parts_.factors.SetPassword(account, password, live.session->id, client.As(account));
}

Result<std::string> SignInAuthority::MakeChallenge(std::string_view owner) {
  return challenges_.Make(owner, parts_.clock.Now(), parts_.random);
}

std::optional<std::string> SignInAuthority::TakeChallenge(std::string_view owner) {
  return challenges_.Take(owner, parts_.clock.Now());
}

Result<SecretString> SignInAuthority::DrawChallengeOwner() {
  Result<Ticket> ticket = Ticket::Draw(parts_.random);
  if (!ticket) return std::unexpected(ticket.error());
  const auto text = (*std::move(ticket)).Reveal();
  return SecretString{text.Expose()};
}

}  // namespace latchkey
