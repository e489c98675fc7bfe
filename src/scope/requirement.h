#pragma once

// What an operation asks of a credential, in both vocabularies.
//
//     scopes       [{read:page}, {admin:page}]   an API token must hold one of these sets, whole
//     permissions  [{page}]                      an app password, likewise
//
//     []     no set at all: not open to this kind of credential
//     [{}]   one empty set: any live credential of the app will do

#include <algorithm>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "scope/catalogue.h"
#include "scope/grant_set.h"

namespace latchkey {

/// Names in alternatives, as documents state them: one of these lists, whole.
using NameAlternatives = std::vector<std::vector<std::string>>;

/// Holds positions of one app's catalogue. They stay true when that catalogue is replaced by one
/// built with it as `previous`; two requirements are of the same app when Catalogue::app() is the
/// same, whatever the pointers.
struct Requirement {
  const Catalogue* catalogue;         ///< The app's; never null.
  std::vector<GrantSet> scopes;       ///< Of an API token.
  std::vector<GrantSet> permissions;  ///< Of an app password.

  /// One alternative each; no permissions: not open to app passwords. Errors: as
  /// Catalogue::ScopeSet and PermissionSet. Needed permissions come with what they imply, which
  /// changes no answer: whoever holds the one holds the others.
  [[nodiscard]] static Result<Requirement> Build(
      const Catalogue& catalogue, const std::vector<std::string>& scopes,
      const std::optional<std::vector<std::string>>& permissions);

  /// Any number of alternatives each. Errors: as Build.
  [[nodiscard]] static Result<Requirement> BuildAny(const Catalogue& catalogue,
                                                    const NameAlternatives& scopes,
                                                    const NameAlternatives& permissions);

  /// Open to every live credential of the app, of both kinds.
  [[nodiscard]] static Requirement AnyOf(const Catalogue& catalogue);
};

/// Whether `held` has every member of one of `alternatives`. No alternative: never. Allocates
/// nothing.
[[nodiscard]] inline bool CoversAny(std::span<const GrantSet> alternatives,
                                    const GrantSet& held) noexcept {
  return std::ranges::any_of(alternatives,
                             [&held](const GrantSet& needed) { return held.Covers(needed); });
}

/// The alternative of which `held` lacks the fewest members, the first of them on a tie: the one
/// that a denial names. Null if there is none.
[[nodiscard]] const GrantSet* NearestAlternative(std::span<const GrantSet> alternatives,
                                                 const GrantSet& held) noexcept;

}  // namespace latchkey
