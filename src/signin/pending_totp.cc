#include "signin/pending_totp.h"

#include <utility>

namespace latchkey {

void PendingTotp::Put(const AccountId& account, SecretString key, Instant now) {
  const std::scoped_lock lock{mutex_};
  keys_.Put(account, std::move(key), now + kLifetime);
}

std::optional<SecretString> PendingTotp::Find(const AccountId& account, Instant now) {
  const std::scoped_lock lock{mutex_};
  const SecretString* found = keys_.Find(account, now);
  if (found == nullptr) return std::nullopt;
  return SecretString{found->Expose()};
}

void PendingTotp::Erase(const AccountId& account) {
  const std::scoped_lock lock{mutex_};
  keys_.Erase(account);
}

}  // namespace latchkey
