#pragma once

#include <boost/asio/ssl/context.hpp>
#include <memory>

#include "base/result.h"
#include "http/server.h"

namespace latchkey::http {

/// A context for accepting connections: TLS 1.2 and 1.3, forward secrecy and authenticated
/// encryption only, no compression, no renegotiation; of ALPN, http/1.1. Errors: kInvalidArgument,
/// naming the file that cannot be used and why.
[[nodiscard]] Result<std::shared_ptr<boost::asio::ssl::context>> LoadTlsContext(
    const TlsSettings& settings);

}  // namespace latchkey::http
