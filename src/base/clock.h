#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>

#include "base/instant.h"

namespace latchkey {

/// The time of day as a port: only server/ and cli/ hold the real one, tests turn their own.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Instant Now() const = 0;
};

/// The system's CLOCK_REALTIME.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Instant Now() const override;
};

/// The system's CLOCK_REALTIME_COARSE: behind by at most a few milliseconds (one tick of the
/// kernel), at a quarter of the cost. For what is asked on every request.
class CoarseSystemClock final : public Clock {
 public:
  [[nodiscard]] Instant Now() const override;
};

/// The time since the machine started, while it was suspended, too: for what must not last longer
/// than it was given, whatever is done to the time of day. Of this machine alone.
struct BootTimeline {};
using BootInstant = std::chrono::time_point<BootTimeline, std::chrono::milliseconds>;

/// It as a port: only server/ holds the real one, tests turn their own. Never goes back.
class BootClock {
 public:
  virtual ~BootClock() = default;
  [[nodiscard]] virtual BootInstant Now() const = 0;
};

/// The system's CLOCK_BOOTTIME.
class SystemBootClock final : public BootClock {
 public:
  [[nodiscard]] BootInstant Now() const override;
};

/// Never goes back by less than a day, so that setting the machine's clock back a little does not
/// revive what has expired. A longer step back is taken as the correction of a clock that was
/// wrong, and followed.
///
/// Thread safety: any number of threads.
class HighWaterClock final : public Clock {
 public:
  /// `clock` outlives this object.
  explicit HighWaterClock(const Clock& clock) : clock_(clock) {}
  [[nodiscard]] Instant Now() const override;

 private:
  const Clock& clock_;
  mutable std::atomic<std::int64_t> highest_{0};  // Milliseconds since 1970.
};

}  // namespace latchkey
