#pragma once

// What the bytes on a connection mean. The loop moves bytes and knows no protocol; a Conversation
// knows a protocol and no sockets.
//
//     loop ── bytes received ──> Conversation::Serve ── answers ──> loop
//
// A conversation keeps nothing about a connection between two calls: what it did not use comes
// again, with more behind it.
//
// Thread safety: one object belongs to one thread.

#include <cstddef>
#include <string>
#include <string_view>

#include "gate/dialect.h"

namespace latchkey::gate {

/// What one call made of the bytes.
struct Turn {
  /// How many were used; the rest is an unfinished request, or was not looked at.
  std::size_t used = 0;
  /// The connection ends after the answer.
  bool close = false;
  /// It ends with something unread: the other side is given time to read the answer first.
  bool linger = false;
  /// There may be a whole request in the rest: call again once the answers are sent.
  bool more = false;
};

class Conversation {
 public:
  virtual ~Conversation() = default;

  /// Appends answers to `output`. `stopping`: the last answer ends the connection.
  virtual Turn Serve(const Peer& peer, std::string_view input, bool stopping,
                     std::string& output) = 0;

  /// What is said to somebody whose request did not become whole in time, before it is cut off.
  virtual void AppendTimeout(const Peer& peer, std::string& output) = 0;

  /// What is said to a connection beyond the limit; may be empty.
  [[nodiscard]] virtual std::string_view turn_away() const = 0;

  /// A request that is larger than this is refused by Serve() itself.
  [[nodiscard]] virtual std::size_t request_size_max() const = 0;

  /// Called after every round of the loop, and at least once a second: hands over what was noted
  /// for the access log. `now`: when the round began.
  virtual void Settle(std::chrono::steady_clock::time_point now, bool at_once) = 0;
};

}  // namespace latchkey::gate
