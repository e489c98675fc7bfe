#include "scope/requirement.h"

namespace latchkey {

Result<Requirement> Requirement::Build(const Catalogue& catalogue,
                                       const std::vector<std::string>& scopes,
                                       const std::optional<std::vector<std::string>>& permissions) {
  return BuildAny(catalogue, {scopes},
                  permissions ? NameAlternatives{*permissions} : NameAlternatives{});
}

Result<Requirement> Requirement::BuildAny(const Catalogue& catalogue,
                                          const NameAlternatives& scopes,
                                          const NameAlternatives& permissions) {
  Requirement requirement{.catalogue = &catalogue, .scopes = {}, .permissions = {}};
  for (const std::vector<std::string>& names : scopes) {
    const Result<GrantSet> set = catalogue.ScopeSet(names);
    if (!set) return std::unexpected(set.error());
    requirement.scopes.push_back(*set);
  }
  for (const std::vector<std::string>& names : permissions) {
    const Result<GrantSet> set = catalogue.PermissionSet(names);
    if (!set) return std::unexpected(set.error());
    requirement.permissions.push_back(*set);
  }
  return requirement;
}

Requirement Requirement::AnyOf(const Catalogue& catalogue) {
  return {.catalogue = &catalogue, .scopes = {GrantSet{}}, .permissions = {GrantSet{}}};
}

const GrantSet* NearestAlternative(std::span<const GrantSet> alternatives,
                                   const GrantSet& held) noexcept {
  const GrantSet* nearest = nullptr;
  std::size_t fewest = 0;
  for (const GrantSet& needed : alternatives) {
    const std::size_t missing = held.CountMissing(needed);
    if (nearest != nullptr && missing >= fewest) continue;
    nearest = &needed;
    fewest = missing;
  }
  return nearest;
}

}  // namespace latchkey
