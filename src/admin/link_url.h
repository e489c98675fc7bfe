#pragma once

#include <string>

#include "base/secret.h"

namespace latchkey::admin {

/// Where a one-time link leads. Its text stands in the fragment, which no browser sends and no
/// server logs. `public_url` has no slash at its end.
[[nodiscard]] inline SecretString LinkUrl(const std::string& public_url, const SecretString& text) {
  std::string url = public_url + "/link#";
  url.reserve(url.size() + text.size() + 1);  // No copy is left behind.
  url.append(text.Expose());
  return SecretString{std::move(url)};
}

}  // namespace latchkey::admin
