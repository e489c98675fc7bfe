#pragma once

// Where an app's OpenAPI document states its requirements. A table `[openapi]` of the catalogue
// file; docs/apps.md describes it.

#include <string>
#include <string_view>
#include <vector>

namespace latchkey {

/// The source that is OpenAPI's own: requirements of OAuth2 and OpenID Connect schemes.
inline constexpr std::string_view kSecuritySource = "security";

/// A source is kSecuritySource, the name of an extension field (`x-atlassian-oauth2-scopes`: a list
/// of `{state, scheme, scopes}`, a list of names, or one name), or empty: stated nowhere.
struct MappingSettings {
  /// What an API token must hold.
  std::string scopes_from = std::string{kSecuritySource};
  /// What an app password must hold. Empty: an operation that names scopes is closed to them.
  std::string permissions_from = {};
  /// An extension field that lists which kinds of credential an operation takes; where it is there
  /// without `api-token`, the operation is not open to API tokens. Empty: none.
  std::string auth_types_from = {};
  /// The names of the security schemes that count; empty: every OAuth2 and OpenID Connect scheme.
  std::vector<std::string> schemes = {};
  /// Parameters that take one or more segments where they end a template: `path`.
  std::vector<std::string> greedy = {};

  friend bool operator==(const MappingSettings&, const MappingSettings&) = default;
};

}  // namespace latchkey
