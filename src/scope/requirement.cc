#include "scope/requirement.h"

namespace latchkey {

Result<Requirement> Requirement::Build(const Catalogue& catalogue,
                                       const std::vector<std::string>& scopes,
                                       const std::optional<std::vector<std::string>>& permissions) {
  Requirement requirement{.catalogue = &catalogue, .scopes = {}, .permissions = {}};
  const Result<GrantSet> scope_set = catalogue.ScopeSet(scopes);
  if (!scope_set) return std::unexpected(scope_set.error());
  requirement.scopes = *scope_set;
  if (permissions) {
    const Result<GrantSet> permission_set = catalogue.PermissionSet(*permissions);
    if (!permission_set) return std::unexpected(permission_set.error());
    requirement.permissions = *permission_set;
  }
  return requirement;
}

}  // namespace latchkey
