#pragma once

// How long a node may answer from its memory.
//
// A node that several share a database with knows what the others changed as far as it followed
// them. Each second it proves that it still does: it commits a write that must reach a standby, and
// then takes in every change up to there. From the moment before that write on it is fresh. Once
// that is longer ago than the limit, it answers nothing at all: a verdict of then might allow what
// was revoked meanwhile.
//
// Thread safety: any number of threads; those who ask read one atomic and the clock.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <optional>

#include "base/clock.h"

namespace latchkey {

class Lease {
 public:
  /// Nothing is fresh until the first Renew(). `clock` outlives the lease.
  Lease(const BootClock& clock, std::chrono::milliseconds limit) : clock_(clock), limit_(limit) {}

  /// Everything that was committed before `since` is in memory. An older one than is known already
  /// changes nothing.
  void Renew(BootInstant since);
  /// Nothing is fresh any more, until a Renew().
  void End();

  /// Whether answers may be given now.
  [[nodiscard]] bool IsLive() const;
  /// How old what is in memory may be; nothing: never renewed, or ended.
  [[nodiscard]] std::optional<std::chrono::milliseconds> Age() const;
  [[nodiscard]] std::chrono::milliseconds limit() const { return limit_; }

 private:
  static constexpr std::int64_t kNever = -1;

  const BootClock& clock_;
  const std::chrono::milliseconds limit_;
  std::atomic<std::int64_t> fresh_since_{kNever};  // Milliseconds on the clock.
};

}  // namespace latchkey
