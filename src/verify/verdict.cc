#include "verify/verdict.h"

#include <utility>

#include "base/text.h"

namespace latchkey {
namespace {

/// "this API token", or "the credential" before the client has proved anything.
std::string Subject(const Denial& denial) {
  if (!denial.proven) return "the credential";
  return "this " + std::string{KindTitle(denial.proven->kind)};
}

std::string ExplainMissingScope(const Denial& denial) {
  std::string text = Subject(denial) + " needs " + JoinNames(denial.required);
  if (denial.proven) {
    const std::vector<std::string> granted = denial.proven->GrantedNames();
    text += granted.empty() ? "; it has none" : "; it has " + JoinNames(granted);
  }
  return text;
}

std::string ExplainExpired(const Denial& denial) {
  if (!denial.proven || !denial.proven->expires_at) return Subject(denial) + " expired";
  return Subject(denial) + " expired on " + FormatInstant(*denial.proven->expires_at);
}

}  // namespace

std::string_view CauseName(Cause cause) {
  switch (cause) {
    case Cause::kAbsent: return "absent";
    case Cause::kMistyped: return "mistyped";
    case Cause::kUnknown: return "unknown";
    case Cause::kWrongUser: return "wrong-user";
    case Cause::kExpired: return "expired";
    case Cause::kRevoked: return "revoked";
    case Cause::kSuspended: return "suspended";
    case Cause::kWrongApp: return "wrong-app";
    case Cause::kMissingScope: return "missing-scope";
    case Cause::kNotPermitted: return "not-permitted";
    case Cause::kNotVisible: return "not-visible";
    case Cause::kThrottled: return "throttled";
    case Cause::kStale: return "stale";
  }
  std::unreachable();
}

std::vector<std::string> Holder::GrantedNames() const {
  switch (kind) {
    case CredentialKind::kApiToken: return catalogue->ScopeNames(granted);
    case CredentialKind::kAppPassword: return catalogue->PermissionNames(granted);
  }
  std::unreachable();
}

std::string Explain(const Denial& denial) {
  switch (denial.cause) {
    case Cause::kAbsent: return "a credential is needed: an API token or an app password";
    case Cause::kMistyped: return denial.detail;
    case Cause::kUnknown: return "the credential is not valid";
    case Cause::kWrongUser: return denial.detail;
    case Cause::kExpired: return ExplainExpired(denial);
    case Cause::kRevoked:
      return Subject(denial) + " was revoked" +
             (denial.revoked_at ? " on " + FormatInstant(*denial.revoked_at) : "");
    case Cause::kSuspended:
      return "the account that " + Subject(denial) + " belongs to is suspended";
    case Cause::kWrongApp:
      return Subject(denial) + " is for the app " +
             (denial.proven ? denial.proven->catalogue->app() : "") + "; this needs " +
             JoinNames(denial.required);
    case Cause::kMissingScope: return ExplainMissingScope(denial);
    case Cause::kNotPermitted: return "your role in this workspace does not allow this";
    case Cause::kNotVisible: return "it does not exist, or you do not have access to it";
    case Cause::kThrottled:
      return "too many failed attempts; try again in " +
             std::to_string(denial.retry_after.count()) + " seconds";
    case Cause::kStale: return "this node cannot check credentials at present; try again";
  }
  std::unreachable();
}

}  // namespace latchkey
