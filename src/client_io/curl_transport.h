#pragma once

#include <chrono>
#include <string>

#include "client/ports.h"

namespace latchkey::client {

/// By libcurl. Certificates and host names are verified, redirects not followed. An HTTP proxy of
/// the environment is used, as git does, but never for this machine itself.
class CurlTransport final : public Transport {
 public:
  struct Options {
    /// git is to end within seconds where nobody answers.
    std::chrono::milliseconds connect_timeout{2'500};
    std::chrono::milliseconds timeout{4'000};
    std::string ca_file = {};     ///< PEM, where a request names none. Empty: the system's.
    std::string user_agent = {};  ///< `latchkey/0.1.0`
  };

  explicit CurlTransport(Options options) : options_(std::move(options)) {}

  [[nodiscard]] std::expected<HttpAnswer, Fault> Send(const HttpRequest& request) override;

 private:
  Options options_;
};

}  // namespace latchkey::client
