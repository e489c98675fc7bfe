#pragma once

// The gate's own listener: HTTP/1.1 on TCP and Unix sockets, and FastCGI for Apache, in threads of
// its own beside the main server's.
//
//     Create ── binds and listens ── Start ── N threads, one Loop each ── Stop ── joined
//
// On TCP each thread has a socket of its own (SO_REUSEPORT); a Unix socket is shared.

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "gate/access_lines.h"
#include "gate/answer.h"
#include "gate/gatekeeper.h"
#include "gate/listen_address.h"
#include "http/server.h"

namespace latchkey::gate {

/// Where FastCGI is spoken, and for which app.
struct FastCgiAddress {
  ListenAddress address;
  std::string app;
  friend bool operator==(const FastCgiAddress&, const FastCgiAddress&) = default;
};

/// `127.0.0.1:8201=bitbucket`. Errors: as ParseListenAddress.
[[nodiscard]] Result<FastCgiAddress> ParseFastCgiAddress(std::string_view text);

struct GateSettings {
  std::vector<ListenAddress> listen;
  std::vector<FastCgiAddress> fastcgi;
  unsigned threads = 0;  ///< 0: one per core.
  /// Of the Unix sockets' files. Who may open one may ask, for any client: the directory decides
  /// who gets there.
  mode_t socket_mode = 0666;
  /// Who may ask over TCP, and whose X-Forwarded-For entries are read over: addresses and CIDR
  /// blocks.
  std::vector<std::string> trusted_proxies{"127.0.0.0/8", "::1/128"};
  HeaderNames names;
  std::string realm = "Latchkey";
  http::Limits limits;
  std::chrono::seconds grace{20};
};

class GateServer {
 public:
  /// What the gate answers with. All of them outlive the server.
  struct Parts {
    Gatekeeper& gatekeeper;
    const Clock& clock;
  };

  /// Binds and listens; nothing is accepted before Start(). Errors: kInUse, kInvalidArgument, kIo,
  /// naming the address.
  [[nodiscard]] static Result<std::unique_ptr<GateServer>> Create(GateSettings settings,
                                                                  const Parts& parts,
                                                                  AccessSink access);
  /// Stops.
  virtual ~GateServer() = default;

  virtual void Start() = 0;
  /// Stops accepting, answers what has arrived, ends within the grace. May be called again.
  virtual void Stop() = 0;

  /// Where it listens, with the ports that were taken for 0: first `listen`, then `fastcgi`.
  [[nodiscard]] virtual std::vector<ListenAddress> addresses() const = 0;
  [[nodiscard]] virtual std::size_t connection_count() const = 0;
};

}  // namespace latchkey::gate
