#pragma once

// What an operation asks of a credential, in both vocabularies.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "scope/catalogue.h"
#include "scope/grant_set.h"

namespace latchkey {

/// All of these scopes from an API token, all of these permissions from an app password. Holds
/// positions of one app's catalogue: build it anew when the catalogue changes.
struct Requirement {
  const Catalogue* catalogue;  ///< The app's; never null.
  GrantSet scopes;             ///< Empty: any live API token will do.
  /// Nothing: not open to app passwords at all. Empty: any live app password will do.
  std::optional<GrantSet> permissions;

  /// Errors: as Catalogue::ScopeSet and PermissionSet. Needed permissions come with what they
  /// imply, which changes no answer: whoever holds the one holds the others.
  [[nodiscard]] static Result<Requirement> Build(
      const Catalogue& catalogue, const std::vector<std::string>& scopes,
      const std::optional<std::vector<std::string>>& permissions);
};

}  // namespace latchkey
