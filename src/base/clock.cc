#include "base/clock.h"

#include <ctime>

namespace latchkey {

Instant SystemClock::Now() const {
  return std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
}

Instant CoarseSystemClock::Now() const {
  timespec now{};
  // The clock is of Linux; a kernel without it would fail here, and time is not to be guessed.
  if (::clock_gettime(CLOCK_REALTIME_COARSE, &now) != 0) return SystemClock{}.Now();
  return std::chrono::time_point_cast<std::chrono::milliseconds>(
      std::chrono::sys_time<std::chrono::nanoseconds>{std::chrono::seconds{now.tv_sec} +
                                                      std::chrono::nanoseconds{now.tv_nsec}});
}

BootInstant SystemBootClock::Now() const {
  timespec now{};
  // Linux has it since 2.6.39; where it failed, a time that never moves would keep a lease alive,
  // and the steady clock does not.
  if (::clock_gettime(CLOCK_BOOTTIME, &now) != 0) {
    return BootInstant{std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now().time_since_epoch())};
  }
  return BootInstant{std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::seconds{now.tv_sec} + std::chrono::nanoseconds{now.tv_nsec})};
}

Instant HighWaterClock::Now() const {
  constexpr std::chrono::milliseconds kStepMax = std::chrono::days{1};
  const std::int64_t now = clock_.Now().time_since_epoch().count();
  std::int64_t highest = highest_.load(std::memory_order_relaxed);
  while (true) {
    const bool small_step_back = now < highest && highest - now < kStepMax.count();
    if (small_step_back) return Instant{std::chrono::milliseconds{highest}};
    if (now == highest || highest_.compare_exchange_weak(highest, now, std::memory_order_relaxed)) {
      return Instant{std::chrono::milliseconds{now}};
    }
  }
}

}  // namespace latchkey
