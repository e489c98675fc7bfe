#pragma once

// One thread of the gate: an epoll loop that accepts, reads, has a Conversation answer, and writes.
//
//     accept ── waiting for a request ── Serve ── send ──> waiting again, or closed
//                   │ head_timeout          │ the kernel takes no more
//                   │ keep_alive_timeout    └─> writing: reads nothing until all is sent
//                   v                            │ write_timeout
//                 closed                         v
//
// What came in one read is answered by one write, however many requests it held. An idle connection
// keeps no buffer. A connection that ends with something unread lingers for two seconds, so that
// the answer is not lost to a reset.
//
// Thread safety: Run() in one thread; Stop() from any.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "gate/conversation.h"
#include "http/client_address.h"
#include "http/server.h"
#include "system/file_descriptor.h"

namespace latchkey::gate {

/// Connections of peers that are told no, and no more.
inline constexpr std::size_t kUntrustedMax = 64;

/// What all loops of a server share.
struct LoopShared {
  http::Limits limits;
  std::chrono::seconds grace{20};
  const http::TrustedProxies& proxies;
  /// Open connections, counted apart: nobody who may not ask can take the places of those who
  /// may, nor one way in those of the other. `limits.connections_max` each; see kUntrustedMax.
  std::atomic<std::size_t> local_connections{0};
  std::atomic<std::size_t> trusted_connections{0};
  std::atomic<std::size_t> untrusted_connections{0};
  /// Known to all loops at once: from the first Stop() on, every answer is its connection's last.
  std::atomic<bool> stop_asked{false};
};

class Loop {
 public:
  /// A socket to accept from, and who serves its connections. Several loops may share one socket.
  struct Listener {
    int socket;
    bool local;
    Conversation* conversation;
  };

  /// Sockets, conversations and `shared` outlive the loop. Errors: kIo.
  [[nodiscard]] static Result<std::unique_ptr<Loop>> Create(LoopShared& shared,
                                                            const std::vector<Listener>& listeners);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  /// Returns after Stop(), when every connection is closed or the grace is over.
  void Run();
  /// Of all the loops that share `shared`; each is woken by its own.
  void Stop();

 private:
  using Clock = std::chrono::steady_clock;
  struct Connection;
  using Connections = std::list<Connection>;
  /// Connections that wait for the same thing for the same time, the next to run out in front.
  struct Queue {
    Connections connections;
    std::chrono::milliseconds patience{0};
  };

  /// Events carry a pointer to one of these.
  struct Source {
    enum class Kind : std::uint8_t { kListener, kConnection, kWake };
    Kind kind;
  };
  struct ListenerSource;

  explicit Loop(LoopShared& shared);
  Result<void> Open(const std::vector<Listener>& listeners);

  void Handle(Source& source, std::uint32_t events);
  void Accept(ListenerSource& listener);
  void Admit(ListenerSource& listener, FileDescriptor socket, const Peer& peer);
  void OnConnection(Connection& connection, std::uint32_t events);
  void Receive(Connection& connection, std::uint32_t events);
  /// Serves `input` and sends the answers, as long as it can. False: the connection does not wait
  /// for more to read now; it may be gone.
  bool Process(Connection& connection, std::string_view input);
  enum class Sent : std::uint8_t {
    kAll,
    kPartly,  ///< The connection is in writing_ now, with the rest.
    kGone,    ///< It is closed, and no more.
  };
  [[nodiscard]] Sent Send(Connection& connection, std::string& output);
  void ContinueSending(Connection& connection);
  void Discard(Connection& connection);
  void Finish(Connection& connection, bool linger);
  void MoveTo(Connection& connection, Queue& queue);
  void Watch(Connection& connection, std::uint32_t events);
  void Close(Connection& connection);
  [[nodiscard]] std::atomic<std::size_t>& CountOf(const Peer& peer);

  [[nodiscard]] int WaitTime() const;
  void ExpireAll();
  void Expire(Queue& queue);
  void PauseAccepting();
  void ResumeAccepting();
  void BeginStop();
  void SettleAll(bool at_once);
  [[nodiscard]] bool idle() const;

  LoopShared& shared_;
  FileDescriptor epoll_;
  FileDescriptor wake_;
  Source wake_source_{Source::Kind::kWake};
  std::vector<std::unique_ptr<ListenerSource>> listeners_;
  Queue arriving_;  // A request has begun to arrive, or must soon.
  Queue waiting_;   // Between requests.
  Queue writing_;
  Queue lingering_;
  std::vector<char> input_;
  std::string output_;
  Clock::time_point now_{};
  Clock::time_point accept_again_{};
  bool accepting_ = true;
  bool stopping_ = false;
  Clock::time_point stop_deadline_{};
};

}  // namespace latchkey::gate
