#pragma once

// Keys of TOTP that were shown and not confirmed yet: for ten minutes, in memory alone.
//
// Thread safety: any number of threads.

#include <mutex>
#include <optional>
#include <string_view>

#include "account/account.h"
#include "base/instant.h"
#include "base/secret.h"
#include "signin/expiring_map.h"

namespace latchkey {

class PendingTotp {
 public:
  static constexpr std::chrono::minutes kLifetime{10};

  /// Replaces the account's last one.
  void Put(const AccountId& account, SecretString key, Instant now);
  /// A copy of it; nothing if there is none. It stays, so that a mistyped code is no new start.
  [[nodiscard]] std::optional<SecretString> Find(const AccountId& account, Instant now);
  void Erase(const AccountId& account);

 private:
  static constexpr std::size_t kSizeMax = 10'000;

  std::mutex mutex_;
  ExpiringMap<SecretString> keys_{kSizeMax};
};

}  // namespace latchkey
