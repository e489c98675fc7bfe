#pragma once

// Catalogue files: the TOML text of an app's scopes and permissions, where its OpenAPI document
// states them, and how the gate treats its requests. And the files that the program carries.
//
//     app = "bitbucket"
//     title = "Bitbucket"
//     [openapi]                    # may be missing: MappingSettings
//     [gate]                       # may be missing: GateTable
//     [[scope]]                    # zero or more: name, title, description, group
//     [[permission]]               # zero or more: the same, and implies = [names], scopes =
//     [names]
//
// Of a scope or permission every key but the last two is required, and an unknown key is refused
// everywhere: a misspelt key that passes in silence would be a right that nobody meant.
// docs/catalogues.md and docs/apps.md describe the file. What the names mean together (twice the
// same, an implication of something unknown) is Catalogue::Build's to decide.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "operation/mapping_settings.h"
#include "operation/path_rules.h"
#include "scope/catalogue.h"

namespace latchkey {

/// Larger files are refused unread. The built-in one has 14 KiB.
inline constexpr std::size_t kCatalogueFileSizeMax = std::size_t{1024} * 1024;

/// What the table `[gate]` says.
struct GateTable {
  /// What stands before every template, without a slash at its end: `/2.0`. May be empty.
  std::string base_path;
  /// `unmatched = "any-credential"`; the default, `"refuse"`, is false.
  bool any_credential_where_unmatched = false;
  /// `paths = ["encoded_slash", …]`
  PathRules paths;

  friend bool operator==(const GateTable&, const GateTable&) = default;
};

struct CatalogueFile {
  CatalogueData data;
  MappingSettings mapping;
  GateTable gate;
};

/// Reads one catalogue file. `origin` names it in errors: "catalogues/bitbucket.toml".
/// Errors: kMalformed, as `origin:line:column: what is wrong`; kLimitExceeded.
[[nodiscard]] Result<CatalogueFile> ParseCatalogue(std::string_view toml, std::string_view origin);

/// The files that the program carries: `bitbucket` and `latchkey`.
/// Errors: as ParseCatalogue; none in a program whose tests passed.
[[nodiscard]] Result<std::vector<CatalogueFile>> ReadBuiltInCatalogues();

/// The catalogues that the program carries: `bitbucket` and `latchkey`.
/// Errors: as ParseCatalogue and Catalogues::Build; none in a program whose tests passed.
[[nodiscard]] Result<Catalogues> LoadBuiltInCatalogues();

}  // namespace latchkey
