#pragma once

// What an app's own API description says: its operations, and what each asks for.
//
//     OpenAPI 3.0, 3.1, 3.2 or Swagger 2, as JSON or YAML
//          │ MappingSettings: which fields state the requirements
//          v
//     OperationRule …, a base path, the scopes that the document declares
//
// Of an operation only its requirements are read. Alternatives stay alternatives; several schemes
// in one requirement object are needed together. Schemes that issue no scopes (Basic, API keys)
// are how the app's own clients come in, and are left out where there is an OAuth2 alternative.
// docs/apps.md has the rules.

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "openapi/document.h"
#include "operation/mapping_settings.h"
#include "operation/operation_rule.h"
#include "scope/catalogue.h"

namespace latchkey {

struct ApiDocument {
  std::string title;  ///< The document's own. May be empty.
  /// Of the first server's URL, or Swagger's basePath, without a slash at its end: `/2.0`. A
  /// suggestion: it says where the document's author serves it. May be empty.
  std::string base_path;
  /// Where the document states it: `origin:line:column: /servers/0/url`. Empty if it does not.
  std::string base_path_place;
  std::vector<OperationRule> operations;  ///< In the document's order.
  /// What an app without a catalogue file is built of: the scopes that the document's OAuth2
  /// schemes declare, then those that operations name.
  std::vector<Scope> scopes;
  std::vector<Permission> permissions;  ///< Those that operations name.
  /// How many operations state nothing, neither themselves nor by the document's `security`,
  /// though the document declares schemes that issue scopes: perhaps they were forgotten.
  std::size_t unstated = 0;
  std::vector<std::string> unstated_examples;  ///< The first of them: `GET /pages`.
};

/// ApiDocument::unstated_examples has no more.
inline constexpr std::size_t kUnstatedExamplesMax = 5;
/// A server's URL may have as many bytes, its variables filled in.
inline constexpr std::size_t kServerUrlSizeMax = 2048;

/// Larger documents are refused unread.
inline constexpr std::size_t kApiDocumentSizeMax = openapi::kDocumentSizeMax;
/// Documents of more operations are refused.
inline constexpr std::size_t kDocumentOperationsMax = 20'000;

/// Reads a document; `origin` names it in errors. With `catalogue`, each name must be one of its
/// scopes or permissions; null: the document makes the catalogue. Errors: kMalformed, as
/// `origin:line:column: /json/pointer: what is wrong`; kLimitExceeded.
[[nodiscard]] Result<ApiDocument> ReadApiDocument(std::string_view text, std::string_view origin,
                                                  const MappingSettings& mapping,
                                                  const Catalogue* catalogue = nullptr);

}  // namespace latchkey
