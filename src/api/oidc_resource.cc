#include "api/oidc_resource.h"

#include <algorithm>
#include <chrono>
#include <utility>
#include <variant>
#include <vector>

#include "api/cookies.h"
#include "api/next_path.h"
#include "api/query.h"
#include "api/sign_in_resource.h"
#include "problem/denial_response.h"
#include "signin/ticket.h"

namespace latchkey::api {
namespace {

constexpr std::chrono::minutes kLifetime{10};

std::string QueryValue(const http::RequestHead& head, std::string_view name) {
  std::vector<std::string> values = head.target.QueryValues(name);
  return values.size() == 1 ? std::move(values.front()) : std::string{};
}

/// The page that asks for the second step, and then leads to `next`, which may have a query of its
/// own.
std::string SecondStepOf(const std::string& next) {
  return "/login/second-step?next=" + EscapeQuery(next);
}

Answer Redirect(std::string location) {
  Answer answer;
  answer.response.status = 302;
  answer.response.fields.Set("Location", std::move(location));
  answer.response.fields.Set("Cache-Control", "no-store");
  return answer;
}

/// Back to where one signs in, with what went wrong.
Answer Back(const Settings& settings, std::string_view code) {
  Answer answer = Redirect(settings.public_url + "/login?error=" + std::string{code});
  ClearCookie(answer.response.fields, kOidcCookie);
  return answer;
}

/// One of those who wait, for as long as it lives.
class Waiter {
 public:
  explicit Waiter(std::atomic<std::size_t>& waiting) : waiting_(waiting), number_(++waiting) {}
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() { --waiting_; }

  [[nodiscard]] std::size_t number() const { return number_; }

 private:
  std::atomic<std::size_t>& waiting_;
  std::size_t number_;
};

std::string_view CodeFor(const SignInRefusal& refusal) {
  switch (refusal.cause) {
    case SignInRefusal::Cause::kThrottled:
    case SignInRefusal::Cause::kBusy: return "throttled";
    case SignInRefusal::Cause::kSignInFailed:
    case SignInRefusal::Cause::kSecondStepFailed: return "oidc-unknown";
    case SignInRefusal::Cause::kAttemptOver:
    case SignInRefusal::Cause::kLinkOver: return "oidc-over";
    case SignInRefusal::Cause::kWeakPassword:
    case SignInRefusal::Cause::kError: return "oidc-failed";
  }
  std::unreachable();
}

}  // namespace

void OidcResource::AddTo(Routes& routes) const {
  Adder add{routes, *this};
  add("GET", "/login/oidc/{provider}", &OidcResource::Begin);
  add("GET", "/login/oidc/{provider}/callback", &OidcResource::Complete);
}

const OidcProvider* OidcResource::Find(std::string_view name) const {
  const auto found = std::ranges::find(services_.oidc, name, &OidcProvider::name);
  return found == services_.oidc.end() ? nullptr : &*found;
}

http::Awaitable<Outcome> OidcResource::Begin(const Call& call) const {
  call.exchange.Annotate("action", "session.oidc-begin");
  const OidcProvider* provider = Find(call.params["provider"]);
  if (provider == nullptr) {
    co_return ProblemWith(ProblemType::kNotFound, "there is no such provider here");
  }
  const std::vector<std::string> asker{AddressBucket(call.exchange.head().client_address)};
  if (begun_.Reserve(asker, services_.clock.Now()).count() != 0) {
    co_return Back(services_.settings, "throttled");
  }
  Result<Ticket> ticket = Ticket::Draw(services_.random);
  if (!ticket) co_return std::unexpected(ProblemFor(ticket.error()));
  // Who is signed in already comes to prove himself: not by a session that the provider still has.
  const oidc::Prompt prompt = services_.guard.Find(call.exchange.head()) ? oidc::Prompt::kProveAgain
                                                                         : oidc::Prompt::kAsItLikes;
  const auto begin = [&] { return provider->provider->Begin(prompt); };
  std::optional<Result<oidc::Attempt>> begun = co_await Wait(begin);
  if (!begun) co_return Back(services_.settings, "oidc-busy");
  Result<oidc::Attempt>& attempt = *begun;
  if (!attempt) co_return Back(services_.settings, "oidc-failed");
  Answer answer = Redirect(attempt->url);
  {
    const std::string id{ticket->id()};
    Pending pending{.cookie = ticket->digest(),
                    .provider = provider->name,
                    .next = SafeNext(QueryValue(call.exchange.head(), "next")),
                    .attempt = std::move(*attempt)};
    const std::scoped_lock lock{mutex_};
    pending_.Put(id, std::move(pending), services_.clock.Now() + kLifetime);
  }
  const auto cookie = std::move(*ticket).Reveal();
  SetCookie(answer.response.fields, {.name = kOidcCookie,
                                     .value = cookie.Expose(),
                                     .max_age = kLifetime,
                                     .same_site = SameSite::kLax});
  co_return answer;
}

template <typename F>
http::Awaitable<std::optional<std::invoke_result_t<F&>>> OidcResource::Wait(F function) const {
  const Waiter waiter{waiting_};
  if (waiter.number() > kWaitingMax) co_return std::nullopt;
  co_return co_await http::RunBlocking(services_.outside_pool, std::move(function));
}

std::optional<OidcResource::Pending> OidcResource::Take(const http::RequestHead& head) const {
  const Result<Ticket> ticket = Ticket::Parse(FindCookie(head.fields, kOidcCookie));
  if (!ticket) return std::nullopt;
  const std::string state = QueryValue(head, "state");
  const std::scoped_lock lock{mutex_};
  Pending* pending = pending_.Find(ticket->id(), services_.clock.Now());
  if (pending == nullptr || !EqualInConstantTime(pending->cookie, ticket->digest())) {
    return std::nullopt;
  }
  Pending taken = std::move(*pending);
  // Whatever comes of it, it is used up.
  pending_.Erase(ticket->id());
  if (!EqualInConstantTime(AsBytes(taken.attempt.state), AsBytes(state))) return std::nullopt;
  return taken;
}

SignInResult<SignInOutcome> OidcResource::ProveAgain(const LiveSession& live,
                                                     const VerifiedIdentity& identity,
                                                     const SignInClient& client) const {
  SignInResult<NewSession> renewed =
      services_.sign_in.ReauthenticateByIdentity(live, identity, client);
  if (!renewed) return std::unexpected(renewed.error());
  return SignInOutcome{std::move(*renewed)};
}

Outcome OidcResource::Finish(const http::RequestHead& head, const Pending& pending,
                             const OidcProvider& provider) const {
  oidc::Callback callback{.code = SecretString{QueryValue(head, "code")}};
  if (const std::string issuer = QueryValue(head, "iss"); !issuer.empty()) callback.issuer = issuer;
  Result<oidc::Identity> identity = provider.provider->Complete(callback, pending.attempt);
  if (!identity) return Back(services_.settings, "oidc-failed");
  const VerifiedIdentity verified{.issuer = std::move(identity->issuer),
                                  .subject = std::move(identity->subject),
                                  .email = identity->email_verified ? identity->email : ""};
  const SignInClient client = ClientOf(head);
  const std::optional<LiveSession> live = services_.guard.Find(head);
  // Begun before somebody signed in here: the provider was not asked to see him again.
  if (live && !pending.attempt.proof_since) return Back(services_.settings, "oidc-over");
  const SignInResult<SignInOutcome> outcome =
      live ? ProveAgain(*live, verified, client)
           : services_.sign_in.SignInByIdentity(verified, /*stay=*/false, client);
  if (!outcome) return Back(services_.settings, CodeFor(outcome.error()));
  const bool signed_in = std::holds_alternative<NewSession>(*outcome);
  Outcome answered = AnswerSignIn(services_, outcome);
  if (!answered) return answered;
  // The cookies of that answer, in a redirect.
  Answer answer = Redirect(services_.settings.public_url +
                           (signed_in ? pending.next : SecondStepOf(pending.next)));
  for (const auto& [name, value] : answered->response.fields.lines()) {
    if (name == "Set-Cookie") answer.response.fields.Add(name, value);
  }
  ClearCookie(answer.response.fields, kOidcCookie);
  return answer;
}

http::Awaitable<Outcome> OidcResource::Complete(const Call& call) const {
  call.exchange.Annotate("action", "session.oidc");
  const http::RequestHead& head = call.exchange.head();
  const OidcProvider* provider = Find(call.params["provider"]);
  if (provider == nullptr) {
    co_return ProblemWith(ProblemType::kNotFound, "there is no such provider here");
  }
  const std::optional<Pending> pending = Take(head);
  if (!pending || pending->provider != provider->name) {
    co_return Back(services_.settings, "oidc-over");
  }
  const std::vector<std::string> asker{AddressBucket(head.client_address)};
  begun_.TakeBack(asker);
  if (const std::string error = QueryValue(head, "error"); !error.empty()) {
    const bool denied = error == "access_denied" || error == "login_required";
    co_return Back(services_.settings, denied ? "oidc-denied" : "oidc-failed");
  }
  const auto finish = [&] { return Finish(head, *pending, *provider); };
  std::optional<Outcome> outcome = co_await Wait(finish);
  if (!outcome) co_return Back(services_.settings, "oidc-busy");
  co_return *std::move(outcome);
}

}  // namespace latchkey::api
