#pragma once

// From the texts that an administrator gives (a catalogue file, an OpenAPI document) to the
// definition of an app.

#include <optional>
#include <string>

#include "app/app.h"
#include "base/result.h"
#include "scope/catalogue.h"

namespace latchkey::admin {

struct AppTexts {
  std::string name;
  std::optional<std::string> catalogue;  ///< TOML.
  std::string catalogue_file;            ///< What errors call it.
  std::optional<std::string> openapi;    ///< JSON or YAML.
  std::string openapi_file;
  std::optional<std::string> base_path;  ///< Goes before what the document says.
};

/// Errors: kMalformed and kInvalidArgument, as `file:line:column: /json/pointer: what is wrong`;
/// kInvalidArgument if neither text is given, the catalogue is another app's, or a built-in app is
/// given a catalogue; kLimitExceeded.
[[nodiscard]] Result<AppDefinition> ReadAppDefinition(const AppTexts& texts,
                                                      const Catalogues& catalogues);

}  // namespace latchkey::admin
