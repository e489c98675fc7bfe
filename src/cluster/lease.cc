#include "cluster/lease.h"

namespace latchkey {

void Lease::Renew(BootInstant since) {
  const std::int64_t fresh = since.time_since_epoch().count();
  std::int64_t known = fresh_since_.load();
  while (known < fresh && !fresh_since_.compare_exchange_weak(known, fresh)) {
  }
}

void Lease::End() { fresh_since_ = kNever; }

bool Lease::IsLive() const {
  const std::optional<std::chrono::milliseconds> age = Age();
  return age && *age <= limit_;
}

std::optional<std::chrono::milliseconds> Lease::Age() const {
  const std::int64_t since = fresh_since_.load(std::memory_order_acquire);
  if (since == kNever) return std::nullopt;
  return clock_.Now().time_since_epoch() - std::chrono::milliseconds{since};
}

}  // namespace latchkey
