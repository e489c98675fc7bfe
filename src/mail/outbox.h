#pragma once

// Letters on their way: a bounded queue in memory and one thread that empties it.
//
//     Post() ─> queue ─> Transport::Send ─┬─> gone
//                 ^                       ├─> kUnavailable: back, due after a delay that doubles
//                 └───────────────────────┘   anything else, or the last attempt: dropped, alarm
//
// A letter tells; it decides nothing. So nobody waits for one, and one that is lost at a stop or in
// a crash is lost: links can be made again.
//
// Thread safety: all members may be called by several threads at once.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string_view>
#include <thread>

#include "base/result.h"
#include "mail/message.h"
#include "mail/transport.h"

namespace latchkey::mail {

class Outbox {
 public:
  struct Options {
    std::size_t queue_max = 1000;
    int attempts_max = 8;  ///< With these delays, over about 20 minutes.
    std::chrono::milliseconds delay_first{10'000};
    std::chrono::milliseconds delay_max{600'000};
  };

  struct Counts {
    std::uint64_t sent = 0;
    std::uint64_t dropped = 0;
    std::size_t waiting = 0;  ///< Queued, the one under way included.
  };

  /// Told of each letter that was dropped and why, on the outbox's thread or on the one that
  /// posted; it must not post. The text names no recipient and quotes no body.
  using Alarm = std::function<void(const Error& error)>;

  /// `transport` outlives this object. Starts the thread.
  Outbox(Transport& transport, Options options, Alarm alarm);
  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;
  /// Waits for the letter that is under way, at most as long as the transport's time limit; drops
  /// the rest.
  ~Outbox();

  /// Takes the letter, or drops it with an alarm if the queue is full. Never waits for a server.
  void Post(Message message);

  [[nodiscard]] Counts counts() const;

 private:
  using Steady = std::chrono::steady_clock;

  struct Letter {
    Message message;
    int attempts = 0;
    Steady::time_point due;
  };

  void Run();
  /// Waits for a letter that is due; nothing when it is time to stop.
  [[nodiscard]] std::optional<Letter> TakeDue(std::unique_lock<std::mutex>& lock);
  void Settle(Letter letter, const Result<void>& sent);
  void Drop(const Error& error);

  Transport& transport_;
  const Options options_;
  const Alarm alarm_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Letter> queue_;
  Counts counts_;
  bool stopping_ = false;
  std::thread thread_;  // Last: it uses the others.
};

}  // namespace latchkey::mail
