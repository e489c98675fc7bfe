#include "api/session_guard.h"

#include <string>
#include <utility>

#include "api/cookies.h"
#include "api/cross_site.h"
#include "problem/denial_response.h"

namespace latchkey::api {
namespace {

std::unexpected<Problem> NotSignedIn(std::string_view detail) {
  return ProblemWith(ProblemType::kSignInRequired, detail);
}

bool HasAuthorization(const http::RequestHead& head) {
  return head.fields.Count("Authorization") > 0;
}

}  // namespace

std::optional<LiveSession> SessionGuard::FindInMemory(const http::RequestHead& head) const {
  if (HasAuthorization(head)) return std::nullopt;
  const std::string_view cookie = FindCookie(head.fields, kSessionCookie);
  if (cookie.empty()) return std::nullopt;
  return parts_.sessions.Find(cookie, head.client_address);
}

std::optional<LiveSession> SessionGuard::Find(const http::RequestHead& head) const {
  std::optional<LiveSession> live = FindInMemory(head);
  if (IsStale()) return std::nullopt;
  return live;
}

OrProblem<std::optional<LiveSession>> SessionGuard::Look(http::Exchange& exchange) const {
  std::optional<LiveSession> live = FindInMemory(exchange.head());
  if (IsStale()) {
    exchange.Annotate("cause", CauseName(Cause::kStale));
    return std::unexpected(ProblemFor(Denial{.cause = Cause::kStale}));
  }
  return live;
}

bool SessionGuard::OwesSecondStep(const Account& account) const {
  return parts_.sign_ins.policy()->second_step_required &&
         !parts_.factors.HasSecondStep(account.id);
}

OrProblem<LiveSession> SessionGuard::Admit(http::Exchange& exchange, std::string_view action,
                                           Need need) const {
  const http::RequestHead& head = exchange.head();
  exchange.Annotate("action", action);
  if (HasAuthorization(head)) {
    return NotSignedIn(
        "this is for people who are signed in: send the session's cookie and no Authorization "
        "field");
  }
  OrProblem<std::optional<LiveSession>> found = Look(exchange);
  if (!found) return std::unexpected(std::move(found.error()));
  std::optional<LiveSession>& live = *found;
  if (!live) return NotSignedIn("you are not signed in, or your session has ended: sign in again");
  exchange.Annotate("account", live->account->username);
  exchange.Annotate("session", live->session->id);
  if (!IsReading(head.method)) {
    const OrProblem<void> own = RequireOwnPage(head, parts_.settings.public_url);
    if (!own) return std::unexpected(own.error());
  }
  if (need.admin && !live->account->admin) {
    return ProblemWith(ProblemType::kPermissionDenied,
                       "only an administrator may do this: ask one to do it");
  }
  if (!need.before_second_step && OwesSecondStep(*live->account)) {
    return ProblemWith(ProblemType::kSecondStepRequired,
                       "this installation asks everybody for a second step: set one up first, on "
                       "the page Security");
  }
  if (need.fresh_proof && parts_.clock.Now() >= live->reauthenticate_after) {
    return ProblemWith(ProblemType::kReauthenticationRequired,
                       "it is a while since you proved who you are: do it again, then repeat this");
  }
  return std::move(*live);
}

bool IsOfPerson(const http::RequestHead& head) {
  if (HasAuthorization(head)) return false;
  return !FindCookie(head.fields, kSessionCookie).empty() ||
         head.fields.Count("Sec-Fetch-Mode") > 0 || head.fields.Count(kCsrfField) > 0;
}

Caller CallerFor(const http::RequestHead& head, const LiveSession& live) {
  Caller caller = OperatorFor(head, live);
  caller.account = live.account->id;
  return caller;
}

Caller OperatorFor(const http::RequestHead& head, const LiveSession& live) {
  return {.actor = "account:" + live.account->id,
          .origin = head.client_address,
          .request_id = head.request_id,
          .session = live.session->id};
}

SignInClient ClientOf(const http::RequestHead& head) {
  return {.address = head.client_address,
          .user_agent = std::string{head.fields.Find("User-Agent").value_or("")},
          .request_id = head.request_id,
          .device = std::string{FindCookie(head.fields, kDeviceCookie)}};
}

}  // namespace latchkey::api
