#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>

#include "oidc/fetcher.h"

namespace latchkey::oidc {

/// Whether `url` is https, or http to localhost, 127.0.0.1 or [::1]; without user, fragment, space
/// or control character.
[[nodiscard]] bool MayBeAsked(std::string_view url);

/// By libcurl, a connection a request. Certificates and host names are verified; no redirect, no
/// cookie, no proxy from the environment. Thread safety: all members may be called by several
/// threads at once.
class CurlFetcher final : public Fetcher {
 public:
  struct Options {
    std::chrono::milliseconds connect_timeout{5'000};
    std::chrono::milliseconds timeout{10'000};  ///< From connecting to the end.
    std::size_t body_max = 256UZ * 1024;
    std::string ca_file = {};  ///< PEM. Empty: the system's.
  };

  explicit CurlFetcher(Options options) : options_(std::move(options)) {}

  [[nodiscard]] Result<FetchAnswer> Fetch(const FetchRequest& request) override;

 private:
  Options options_;
};

}  // namespace latchkey::oidc
