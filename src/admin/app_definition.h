#pragma once

// From the texts that an administrator gives (a catalogue file, an OpenAPI document) to the
// definition of an app.

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "app/app.h"
#include "base/result.h"
#include "catalogue/loader.h"
#include "openapi/api_document.h"
#include "scope/catalogue.h"

namespace latchkey::admin {

/// Larger texts are refused unread.
inline constexpr std::size_t kAppCatalogueSizeMax = kCatalogueFileSizeMax;
inline constexpr std::size_t kAppDocumentSizeMax = kApiDocumentSizeMax;

struct AppTexts {
  std::string name;
  std::optional<std::string> catalogue;  ///< TOML.
  std::string catalogue_file;            ///< What errors call it.
  std::optional<std::string> openapi;    ///< JSON or YAML.
  std::string openapi_file;
  std::optional<std::string> base_path;  ///< Goes before what the document says.
};

/// What a document leaves to be asked about.
struct DocumentNotes {
  /// As ApiDocument's: operations that state nothing where others could.
  std::size_t unstated = 0;
  std::vector<std::string> unstated_examples = {};
};

/// Writes to `notes`, unless it is null. Errors: kMalformed and kInvalidArgument, as
/// `file:line:column: /json/pointer: what is wrong`; kInvalidArgument if neither text is given, the
/// catalogue is another app's, or a built-in app is given a catalogue; kLimitExceeded.
[[nodiscard]] Result<AppDefinition> ReadAppDefinition(const AppTexts& texts,
                                                      const Catalogues& catalogues,
                                                      DocumentNotes* notes = nullptr);

}  // namespace latchkey::admin
