#pragma once

// Sign-ins that are half-way: the first step is proven, the second is missing.
//
// An attempt lives for five minutes and five tries; each try is counted before it is looked at, so
// that many at once are no more than one after the other. It is in memory alone: a restart ends it.
//
// Thread safety: any number of threads.

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/account.h"
#include "base/instant.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "signin/expiring_map.h"

namespace latchkey {

struct SignInAttempt {
  AccountId account;
  std::vector<std::string> methods;  ///< What was proven so far.
  bool stay = false;
  /// An identity elsewhere that is linked when the attempt succeeds; empty issuer: none.
  std::string issuer = {};
  std::string subject = {};
};

class Attempts {
 public:
  static constexpr std::chrono::minutes kLifetime{5};
  static constexpr int kTriesMax = 5;

  /// Returns the cookie's value. Errors: as Random::Fill.
  [[nodiscard]] Result<SecretString> Begin(SignInAttempt attempt, Instant now, Random& random);

  /// Nothing if it is over.
  [[nodiscard]] std::optional<SignInAttempt> Find(std::string_view cookie, Instant now) const;

  /// Counts one try and returns the attempt; nothing if it is over, or its tries are used up.
  [[nodiscard]] std::optional<SignInAttempt> TakeTry(std::string_view cookie, Instant now);

  /// False if it was over already: of two that finish one attempt at once, one does.
  [[nodiscard]] bool End(std::string_view cookie, Instant now);

 private:
  struct Entry {
    SignInAttempt attempt;
    int tries = 0;
  };
  static constexpr std::size_t kSizeMax = 10'000;

  mutable std::mutex mutex_;
  mutable ExpiringMap<Entry> entries_{kSizeMax};  // By the digest of the cookie's value.
};

}  // namespace latchkey
