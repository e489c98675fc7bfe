#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace latchkey::oidc {

struct FetchRequest {
  std::string url;
  /// Header lines without line break; may hold a secret.
  std::vector<SecretString> fields = {};
  /// application/x-www-form-urlencoded. Set: POST, else GET.
  SecretString form = {};
};

struct FetchAnswer {
  int status = 0;
  SecretString body;
};

/// HTTP to a provider. The real one is curl_fetcher.h.
class Fetcher {
 public:
  virtual ~Fetcher() = default;

  /// Blocks until the answer is there, or a time limit. Follows no redirect.
  /// Errors: kUnavailable if nothing came; kLimitExceeded if too much came; kInvalidArgument for an
  /// address that may not be asked.
  [[nodiscard]] virtual Result<FetchAnswer> Fetch(const FetchRequest& request) = 0;
};

}  // namespace latchkey::oidc
