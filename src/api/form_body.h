#pragma once

// Request bodies of the OAuth 2.0 endpoints: application/x-www-form-urlencoded, read strictly.
//
//     token=lkat_…&token_type_hint=access_token
//
// A parameter that stands twice is refused (RFC 6749 section 3.2), as is a broken escape, a NUL,
// ill-formed UTF-8, or more than 16 parameters. One without a value counts as not sent, and one
// that nobody asked for is not looked at (both by the same section). Values are wiped: one of them
// is a secret.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "api/call.h"
#include "base/secret.h"
#include "http/exchange.h"
#include "problem/problem.h"

namespace latchkey::api {

class FormBody {
 public:
  static constexpr std::size_t kParametersMax = 16;

  /// Nothing if it is refused.
  [[nodiscard]] static std::optional<FormBody> Parse(std::string_view text);

  /// Null if it was not sent.
  [[nodiscard]] const SecretString* Find(std::string_view name) const;

 private:
  std::vector<std::pair<std::string, SecretString>> parameters_;
};

/// Reads and parses the body. Nothing if it is refused, which is answered with OAuthError().
/// Problems: kUnsupportedMediaType, kTooLarge, kMalformed (its framing).
[[nodiscard]] http::Awaitable<OrProblem<std::optional<FormBody>>> ReadFormBody(
    http::Exchange& exchange, std::size_t size_max);

/// RFC 6749 section 5.2: 400 with {"error","error_description"}.
[[nodiscard]] Outcome OAuthError(std::string_view error, std::string_view description);

}  // namespace latchkey::api
