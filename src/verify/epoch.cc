#include "verify/epoch.h"

#include <algorithm>
#include <iterator>
#include <limits>

namespace latchkey {

EpochDomain::~EpochDomain() {
  for (const Retired& retired : retired_) retired.give_back();
}

void EpochDomain::Retire(std::function<void()> give_back) {
  {
    const std::scoped_lock lock{mutex_};
    const std::uint64_t epoch = epoch_.fetch_add(1, std::memory_order_seq_cst);
    retired_.push_back({.epoch = epoch, .give_back = std::move(give_back)});
    retired_count_.store(retired_.size(), std::memory_order_relaxed);
  }
  Reclaim();
}

void EpochDomain::Reclaim() {
  if (retired() == 0) return;
  // Given back without the lock: a gigabyte takes the kernel a while.
  for (const Retired& retired : TakeFree()) retired.give_back();
}

std::uint64_t EpochDomain::OldestGuard() const {
  std::uint64_t oldest = std::numeric_limits<std::uint64_t>::max();
  readers_.ForEach([&oldest](const Reader& reader) {
    const std::uint64_t epoch = reader.epoch.load(std::memory_order_seq_cst);
    if (epoch != 0) oldest = std::min(oldest, epoch);
  });
  return oldest;
}

std::vector<EpochDomain::Retired> EpochDomain::TakeFree() {
  const std::scoped_lock lock{mutex_};
  const std::uint64_t oldest = OldestGuard();
  const auto end = std::ranges::find_if(
      retired_, [oldest](const Retired& retired) { return retired.epoch >= oldest; });
  std::vector<Retired> free{std::make_move_iterator(retired_.begin()),
                            std::make_move_iterator(end)};
  retired_.erase(retired_.begin(), end);
  retired_count_.store(retired_.size(), std::memory_order_relaxed);
  return free;
}

}  // namespace latchkey
