#include "signin/sign_in_throttle.h"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "crypto/digest.h"
#include "crypto/mac.h"

namespace latchkey {
namespace {

constexpr std::string_view kAddressPrefix = "address:";

bool IsOfAddress(const std::string& bucket) { return bucket.starts_with(kAddressPrefix); }

}  // namespace

std::string AccountBucket(const AccountId& account) { return "account:" + account; }

std::string NameBucket(std::string_view user) {
  // A digest: what is typed there may be a password, and this is kept.
  return "name:" + FormatHex(Sha256(FoldAscii(user)));
}

std::string DeviceBucket(const AccountId& account, std::string_view device) {
  return "device:" + account + ":" + std::string{device};
}

std::string AddressBucket(std::string_view address) {
  constexpr std::size_t kNetworkBytes = 8;  // Whoever has one address of a /64 has all of them.
  in6_addr parsed{};
  const std::string text{address};
  if (inet_pton(AF_INET6, text.c_str(), &parsed) != 1) return std::string{kAddressPrefix} + text;
  std::fill(std::begin(parsed.s6_addr) + kNetworkBytes, std::end(parsed.s6_addr), 0);
  std::array<char, INET6_ADDRSTRLEN> network{};
  inet_ntop(AF_INET6, &parsed, network.data(), network.size());
  return std::string{kAddressPrefix} + network.data() + "/64";
}

std::chrono::milliseconds SignInThrottle::PauseAfter(const std::string& bucket,
                                                     std::uint32_t failures) const {
  const std::uint32_t free =
      IsOfAddress(bucket) ? settings_.free_failures_of_address : settings_.free_failures;
  if (failures < free) return std::chrono::milliseconds{0};
  constexpr std::uint32_t kDoublingsMax = 20;  // Far above any pause_max.
  const std::chrono::seconds pause{1ULL << std::min(failures - free, kDoublingsMax)};
  return std::min(pause, settings_.pause_max);
}

std::chrono::seconds SignInThrottle::Wait(const std::string& bucket, Instant now) {
  const auto found = counts_.find(bucket);
  if (found == counts_.end()) return std::chrono::seconds{0};
  const Count& count = found->second;
  if (now >= count.last + settings_.forget_after) {
    Forget(bucket);
    return std::chrono::seconds{0};
  }
  const Instant end = count.last + PauseAfter(bucket, count.failures);
  if (now >= end) return std::chrono::seconds{0};
  // A clock that was set back must not stretch a pause.
  return std::min(std::chrono::ceil<std::chrono::seconds>(end - now), settings_.pause_max);
}

void SignInThrottle::Forget(const std::string& bucket) {
  const auto found = counts_.find(bucket);
  if (found == counts_.end()) return;
  order_.erase({found->second.failures, found->second.last, bucket});
  changed_.insert(bucket);
  counts_.erase(found);
}

void SignInThrottle::Set(const std::string& bucket, const Count& count) {
  Forget(bucket);
  changed_.insert(bucket);
  if (count.failures == 0) return;
  if (counts_.size() >= settings_.buckets_max && !order_.empty()) {
    Forget(std::string{std::get<std::string>(*order_.begin())});
  }
  counts_.emplace(bucket, count);
  order_.emplace(count.failures, count.last, bucket);
}

std::chrono::seconds SignInThrottle::Reserve(std::span<const std::string> buckets, Instant now) {
  const std::scoped_lock lock{mutex_};
  std::chrono::seconds wait{0};
  for (const std::string& bucket : buckets) wait = std::max(wait, Wait(bucket, now));
  if (wait.count() != 0) return wait;
  for (const std::string& bucket : buckets) {
    const auto found = counts_.find(bucket);
    const Count count = found == counts_.end() ? Count{} : found->second;
    Set(bucket, {.failures = count.failures + 1, .last = now, .former = count.last});
  }
  return std::chrono::seconds{0};
}

void SignInThrottle::TakeBack(std::span<const std::string> buckets) {
  const std::scoped_lock lock{mutex_};
  for (const std::string& bucket : buckets) {
    const auto found = counts_.find(bucket);
    if (found == counts_.end()) continue;
    const Count count = found->second;
    Set(bucket, {.failures = count.failures - 1, .last = count.former, .former = count.former});
  }
}

void SignInThrottle::EndRow(std::span<const std::string> buckets) {
  const std::scoped_lock lock{mutex_};
  for (const std::string& bucket : buckets) {
    if (!IsOfAddress(bucket)) Forget(bucket);
  }
}

std::vector<FailureCount> SignInThrottle::CollectChanged() {
  const std::scoped_lock lock{mutex_};
  std::vector<FailureCount> changed;
  changed.reserve(changed_.size());
  for (const std::string& bucket : changed_) {
    const auto found = counts_.find(bucket);
    changed.push_back(found == counts_.end()
                          ? FailureCount{.bucket = bucket, .failures = 0, .last = {}}
                          : FailureCount{.bucket = bucket,
                                         .failures = found->second.failures,
                                         .last = found->second.last});
  }
  changed_.clear();
  return changed;
}

void SignInThrottle::Restore(const std::vector<FailureCount>& counts, Instant now) {
  const std::scoped_lock lock{mutex_};
  for (const FailureCount& count : counts) {
    if (now >= count.last + settings_.forget_after) continue;
    Set(count.bucket, {.failures = count.failures, .last = count.last, .former = count.last});
  }
  changed_.clear();
}

std::size_t SignInThrottle::size() const {
  const std::scoped_lock lock{mutex_};
  return counts_.size();
}

}  // namespace latchkey
