#pragma once

// Counts failed attempts, so that guessing and broken clients cost little.
//
// A key (a client address, or an account) may fail `failures_max` times within a window; after that
// its failures are answered with "throttled" until the window ends. A right credential is never
// throttled: with 131 random bits there is nothing to guess, and so nobody can lock somebody else
// out.
//
// Memory is bounded: past `keys_max` the keys with the oldest windows are forgotten first.
//
// Thread safety: any number of threads.

#include <chrono>
#include <cstdint>
#include <limits>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/instant.h"

namespace latchkey {

struct ThrottleSettings {
  std::uint32_t failures_max = 30;
  std::chrono::seconds window{60};
  std::size_t keys_max = 100'000;
};

/// Nobody is ever throttled.
inline constexpr ThrottleSettings kNoThrottle{
    .failures_max = std::numeric_limits<std::uint32_t>::max(),
    .window = std::chrono::seconds{60},
    .keys_max = 1};

class Throttle {
 public:
  explicit Throttle(ThrottleSettings settings) : settings_(settings) {}

  /// Counts one failure of `key`. Returns how long until its window ends if the key has had more
  /// than it may, else zero.
  [[nodiscard]] std::chrono::seconds CountFailure(std::string_view key, Instant now);

  [[nodiscard]] std::size_t size() const;

 private:
  struct Window {
    std::string key;
    Instant begin;
    std::uint32_t failures;
  };

  ThrottleSettings settings_;
  mutable std::mutex mutex_;
  std::list<Window> windows_;  // Oldest first.
  std::unordered_map<std::string_view, std::list<Window>::iterator> by_key_;
};

}  // namespace latchkey
