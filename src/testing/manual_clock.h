#pragma once

// Thread safety: all members may be called by several threads at once.

#include <atomic>
#include <chrono>

#include "base/clock.h"

namespace latchkey {

/// A clock that stands still until the test turns it. It starts on 2026-11-24 at 09:00 UTC.
class ManualClock final : public Clock {
 public:
  static constexpr Instant kStart{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24} +
                                  std::chrono::hours{9}};

  explicit ManualClock(Instant now = kStart) : now_(now.time_since_epoch()) {}

  [[nodiscard]] Instant Now() const override { return Instant{now_.load()}; }

  void Set(Instant now) { now_ = now.time_since_epoch(); }
  /// A negative `step` turns it back, as an operator or a time server may.
  void Advance(std::chrono::milliseconds step) { Set(Now() + step); }

 private:
  std::atomic<std::chrono::milliseconds> now_;
};

/// The time since the machine started, likewise. It starts at an hour.
class ManualBootClock final : public BootClock {
 public:
  [[nodiscard]] BootInstant Now() const override { return BootInstant{now_.load()}; }
  void Advance(std::chrono::milliseconds step) { now_ = now_.load() + step; }

 private:
  std::atomic<std::chrono::milliseconds> now_{std::chrono::hours{1}};
};

}  // namespace latchkey
