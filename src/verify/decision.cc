#include "verify/decision.h"

#include <span>
#include <utility>

namespace latchkey {
namespace {

/// The names of the alternative that is nearest to what is held; where the operation is not open to
/// the kind at all, what it asks of the other.
std::vector<std::string> NeededNames(const HolderView& holder, const Requirement& requirement) {
  const Catalogue& catalogue = *requirement.catalogue;
  const bool app_password = holder.kind == CredentialKind::kAppPassword;
  const std::vector<GrantSet>& own = app_password ? requirement.permissions : requirement.scopes;
  const std::vector<GrantSet>& other = app_password ? requirement.scopes : requirement.permissions;
  if (const GrantSet* nearest = NearestAlternative(own, holder.grants->closed)) {
    return app_password ? catalogue.PermissionNames(*nearest) : catalogue.ScopeNames(*nearest);
  }
  if (other.empty()) return {};
  return app_password ? catalogue.ScopeNames(other.front())
                      : catalogue.PermissionNames(other.front());
}

}  // namespace

std::string_view MistakeText(Mistake mistake) {
  switch (mistake) {
    case Mistake::kNone: return {};
    case Mistake::kCutShort: return FaultText(CredentialFault::kCutShort);
    case Mistake::kTooLong: return FaultText(CredentialFault::kTooLong);
    case Mistake::kCharacterChanged: return FaultText(CredentialFault::kChanged);
    case Mistake::kLineBreak:
      return "the credential ends in a line break: \"echo\" adds one, use printf %s";
    case Mistake::kUserMissing:
      return "an app password goes with its account's username: send Basic username:app-password";
    case Mistake::kNotOwnerOfToken:
      return "the user part is not the owner of this API token: send the account's e-mail or "
             "username, or x-token-auth";
    case Mistake::kNotOwnerOfPassword:
      return "the user part is not the owner of this app password: send the account's username or "
             "e-mail";
  }
  std::unreachable();
}

std::vector<std::string> RequiredNames(const Decision& decision, const Requirement& requirement) {
  const bool named = decision.cause == Cause::kMissingScope || decision.cause == Cause::kWrongApp;
  if (decision.allowed || !named || !decision.proven) return {};
  return NeededNames(*decision.proven, requirement);
}

std::string Explain(const Decision& decision, const Requirement& requirement) {
  if (decision.allowed) return {};
  Denial denial{.cause = decision.cause,
                .proven = {},
                .required = RequiredNames(decision, requirement),
                .revoked_at = decision.revoked_at,
                .detail = std::string{MistakeText(decision.mistake)},
                .retry_after = decision.retry_after};
  if (decision.proven) {
    // The account is not among what is explained.
    denial.proven = Holder{.id = decision.proven->id,
                           .kind = decision.proven->kind,
                           .account = nullptr,
                           .catalogue = decision.proven->grants->catalogue,
                           .granted = decision.proven->grants->closed,
                           .expires_at = decision.proven->expires_at};
  }
  return Explain(denial);
}

}  // namespace latchkey
