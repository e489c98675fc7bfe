#include "api/guard.h"

#include <optional>
#include <string>
#include <utility>

#include "credential/authorization.h"
#include "problem/denial_response.h"

namespace latchkey::api {
namespace {

/// Without the white space around it, which is not part of the value (RFC 9110 section 5.5).
std::string_view AuthorizationOf(const http::Fields& fields) {
  const std::string_view value = fields.Find("Authorization").value_or("");
  const std::size_t first = value.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return value.substr(first, value.find_last_not_of(" \t") - first + 1);
}

void NoteHolder(http::Exchange& exchange, const Holder& holder) {
  exchange.Annotate("account", holder.account->username);
  exchange.Annotate("credential", holder.id.text());
}

/// Where the pages make a credential that passes. Names of the built-in apps need no escaping.
std::string MakerPath(const Denial& denial, const Requirement& requirement) {
  if (!denial.proven || denial.required.empty()) return {};
  std::string path;
  if (denial.proven->kind == CredentialKind::kApiToken) {
    path.append("/settings/security/api-tokens/new?app=").append(requirement.catalogue->app());
    path += "&scopes=";
  } else {
    path = "/settings/personal/app-passwords/new?permissions=";
  }
  for (const std::string& name : denial.required) {
    if (path.back() != '=') path += ',';
    path += name;
  }
  return path;
}

}  // namespace

OrProblem<Grant> Guard::Admit(http::Exchange& exchange, const Requirement& requirement,
                              std::string_view action) const {
  const http::RequestHead& head = exchange.head();
  exchange.Annotate("action", action);
  const std::optional<Presented> presented = ParseAuthorization(AuthorizationOf(head.fields));
  Verdict verdict = verifier_.Verify(
      Attempt{.presented = presented, .client_address = head.client_address, .now = clock_.Now()},
      requirement);
  if (verdict) {
    NoteHolder(exchange, verdict->holder());
    usage_.Note(verdict->holder().id, clock_.Now(), head.client_address,
                head.fields.Find("User-Agent").value_or(""));
    return std::move(*verdict);
  }
  const Denial& denial = verdict.error();
  exchange.Annotate("cause", CauseName(denial.cause));
  if (denial.proven) NoteHolder(exchange, *denial.proven);
  Problem problem = ProblemFor(denial);
  const std::string path = public_url_.empty() ? std::string{} : MakerPath(denial, requirement);
  if (!path.empty()) problem.make_one.append(public_url_).append(path);
  return std::unexpected(std::move(problem));
}

OrProblem<void> RequireOneCredential(const http::RequestHead& head) {
  if (head.fields.Count("Authorization") <= 1) return {};
  return ProblemWith(ProblemType::kTwoCredentials,
                     "the request has more than one Authorization field: send one");
}

Caller CallerFor(const http::RequestHead& head, const Holder& holder) {
  return {.actor = "credential:" + holder.id.text(),
          .origin = head.client_address,
          .request_id = head.request_id,
          .holder = &holder};
}

}  // namespace latchkey::api
