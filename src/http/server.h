#pragma once

// The HTTP/1.1 server: sockets, framing, limits, TLS, request ids, access log. Knows nothing of
// credentials.
//
// Run() blocks in `threads` threads. Stop() may be called from any thread or signal handler
// executor: it stops accepting, lets requests under way end within `grace`, then closes.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "http/exchange.h"

namespace latchkey::http {

struct Limits {
  std::size_t target_size_max = 8192;             ///< Bytes; 414 beyond.
  std::size_t head_size_max = 16384;              ///< Bytes of request line and fields; 431 beyond.
  std::size_t field_count_max = 100;              ///< Lines; 431 beyond.
  std::size_t connections_max = 4096;             ///< In all; 503 and close beyond.
  std::size_t connections_per_address_max = 512;  ///< 429 and close beyond.
  std::chrono::seconds head_timeout{
      10};  ///< From the first moment a request may begin arriving; 408.
  std::chrono::seconds keep_alive_timeout{60};  ///< Idle between requests; closed without a word.
  std::chrono::seconds body_timeout{30};        ///< Longest silence within a body; 408.
  std::size_t body_rate_min =
      256;  ///< Bytes a second over the body's life after body_timeout; 408.
  std::chrono::seconds write_timeout{60};  ///< Longest time one write may stall; closed.
};

struct TlsSettings {
  std::string certificate_file;  ///< PEM, leaf first.
  std::string key_file;          ///< PEM.
};

struct ServerSettings {
  std::string listen_address = "127.0.0.1";
  std::uint16_t listen_port = 8080;  ///< 0 takes a free one; see Server::port().
  unsigned threads = 0;              ///< 0: one per core.
  std::optional<TlsSettings> tls;
  bool https = false;  ///< Clients come by https through a proxy: HSTS, as with `tls`.
  Limits limits;
  std::vector<std::string>
      trusted_proxies;  ///< CIDR blocks whose X-Forwarded-For and X-Request-Id count.
  /// Host names to answer for, lower case, without port. IP literals and localhost always pass;
  /// others get 421.
  std::vector<std::string> host_names;
  std::chrono::seconds grace{20};
};

/// What the access log is told, once for every request, also for those refused before a handler saw
/// them.
struct AccessRecord {
  std::string client_address;
  std::string request_id;
  std::string method;  ///< "-" when the head could not be read.
  /// Path without query, with anything that looks like a credential masked.
  std::string path;
  int status = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::chrono::microseconds duration{0};
  std::vector<std::pair<std::string, std::string>> annotations;
};

class Server {
 public:
  using AccessLog = std::function<void(const AccessRecord&)>;

  /// Binds and listens; nothing is accepted before Run(). `handler` outlives the server.
  /// Errors: kInUse (address taken), kInvalidArgument (address, certificate or key unusable: says
  /// which).
  [[nodiscard]] static Result<std::unique_ptr<Server>> Create(ServerSettings settings,
                                                              Handler& handler, AccessLog log);

  virtual ~Server() = default;

  /// Serves until Stop(). Returns when every connection is closed.
  virtual void Run() = 0;
  virtual void Stop() = 0;

  /// Reads certificate and key again; running connections keep theirs. On an error the old ones
  /// stay.
  virtual Result<void> ReloadTls() = 0;

  [[nodiscard]] virtual std::uint16_t port() const = 0;
  /// For other parts that need timers, signals or pipes on the same threads.
  [[nodiscard]] virtual boost::asio::any_io_executor executor() = 0;
  [[nodiscard]] virtual std::size_t connection_count() const = 0;
};

}  // namespace latchkey::http
