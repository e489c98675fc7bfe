#pragma once

// Catalogue files: the TOML text of an app's scopes and permissions, and the files that the program
// carries.
//
//     app = "bitbucket"
//     title = "Bitbucket"
//     [[scope]]                    # zero or more: name, title, description, group
//     [[permission]]               # zero or more: the same, and implies = [names], scopes =
//     [names]
//
// Every key but those two is required and an unknown one is refused: a misspelt key that passes in
// silence would be a right that nobody meant. docs/catalogues.md describes the file. What the names
// mean together (twice the same, an implication of something unknown) is Catalogue::Build's to
// decide.

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "scope/catalogue.h"

namespace latchkey {

/// Larger files are refused unread. The built-in one has 14 KiB.
inline constexpr std::size_t kCatalogueFileSizeMax = std::size_t{1024} * 1024;

/// Reads one catalogue file. `origin` names it in errors: "catalogues/bitbucket.toml".
/// Errors: kMalformed, as `origin:line:column: what is wrong`; kLimitExceeded.
[[nodiscard]] Result<CatalogueData> ParseCatalogue(std::string_view toml, std::string_view origin);

/// The catalogues that the program carries: `bitbucket` and `latchkey`.
/// Errors: as ParseCatalogue and Catalogues::Build; none in a program whose tests passed.
[[nodiscard]] Result<Catalogues> LoadBuiltInCatalogues();

}  // namespace latchkey
