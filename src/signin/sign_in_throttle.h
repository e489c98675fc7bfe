#pragma once

// Slows guessing of passwords and second steps down, without letting anybody lock somebody out.
//
// Failures are counted in buckets: of the name as typed or, once a person is known, of the account;
// of the address (an IPv6 one by its /64); or, for a device that signed the account in before, of
// that device alone. After a few failures in a row
// each one is followed by a pause that doubles, in which nothing is looked at:
//
//     failures   5    6    7   …  13   14 …
//     pause      1 s  2 s  4 s …  256 s  300 s …        so at most 25 in any hour
//
// A failure is counted before the proof is looked at, and taken back when it was right: of a
// thousand requests at once, five are looked at. What is taken back begins no pause, either: who
// waited for the end of one and then was right goes on at once, to the second step.
//
// Memory is bounded. Where it is full, the bucket with the fewest failures makes room, the oldest
// of those first: names that are made up push out nobody who is being attacked. The counts are kept
// over a restart (authority/sign_in_notes.h).
//
// Thread safety: any number of threads.

#include <chrono>
#include <cstdint>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <unordered_map>
#include <vector>

#include "account/account.h"
#include "base/instant.h"

namespace latchkey {

struct SignInThrottleSettings {
  std::uint32_t free_failures = 5;  ///< Before the first pause.
  /// Of an address: behind one there may be a whole office.
  std::uint32_t free_failures_of_address = 20;
  std::chrono::seconds pause_max = std::chrono::minutes{5};
  std::chrono::seconds forget_after = std::chrono::hours{24};  ///< Since the last failure.
  std::size_t buckets_max = 100'000;
};

struct FailureCount {
  std::string bucket;
  std::uint32_t failures = 0;  ///< 0: forget it.
  Instant last;

  friend bool operator==(const FailureCount&, const FailureCount&) = default;
};

[[nodiscard]] std::string AccountBucket(const AccountId& account);
/// Of a name that somebody typed, whether an account has it or not: a count shared by the username
/// and the e-mail address would tell that both are one account's. The same for upper and lower
/// case.
[[nodiscard]] std::string NameBucket(std::string_view user);
[[nodiscard]] std::string DeviceBucket(const AccountId& account, std::string_view device);
[[nodiscard]] std::string AddressBucket(std::string_view address);

class SignInThrottle {
 public:
  SignInThrottle() : SignInThrottle(SignInThrottleSettings{}) {}
  explicit SignInThrottle(SignInThrottleSettings settings) : settings_(settings) {}

  /// Counts a failure in each of the buckets, in advance, and returns zero. If one of them is in a
  /// pause nothing is counted, and returned is how long it lasts.
  [[nodiscard]] std::chrono::seconds Reserve(std::span<const std::string> buckets, Instant now);

  /// What was reserved was no failure.
  void TakeBack(std::span<const std::string> buckets);
  /// The sign-in is complete: the row of failures of account and device is over. That of an address
  /// is not: whoever guesses may have an account of their own.
  void EndRow(std::span<const std::string> buckets);

  /// Those that changed since the last call.
  [[nodiscard]] std::vector<FailureCount> CollectChanged();
  /// What was stored, into an empty throttle.
  void Restore(const std::vector<FailureCount>& counts, Instant now);

  [[nodiscard]] std::size_t size() const;

 private:
  struct Count {
    std::uint32_t failures = 0;
    Instant last;
    Instant former;  ///< `last` before the newest failure was counted.
  };
  using Counts = std::unordered_map<std::string, Count>;

  [[nodiscard]] std::chrono::milliseconds PauseAfter(const std::string& bucket,
                                                     std::uint32_t failures) const;
  [[nodiscard]] std::chrono::seconds Wait(const std::string& bucket, Instant now);
  void Set(const std::string& bucket, const Count& count);
  void Forget(const std::string& bucket);

  SignInThrottleSettings settings_;
  mutable std::mutex mutex_;
  Counts counts_;
  std::set<std::tuple<std::uint32_t, Instant, std::string>> order_;  // What makes room first.
  std::set<std::string> changed_;
};

}  // namespace latchkey
