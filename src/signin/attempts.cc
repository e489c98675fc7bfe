#include "signin/attempts.h"

#include <utility>

#include "crypto/digest.h"
#include "crypto/mac.h"
#include "signin/ticket.h"

namespace latchkey {
namespace {

std::string KeyOf(std::string_view cookie) { return FormatHex(Sha256(cookie)); }

}  // namespace

Result<SecretString> Attempts::Begin(SignInAttempt attempt, Instant now, Random& random) {
  Result<Ticket> ticket = Ticket::Draw(random);
  if (!ticket) return std::unexpected(ticket.error());
  const auto text = (*std::move(ticket)).Reveal();
  const std::scoped_lock lock{mutex_};
  entries_.Put(KeyOf(text.Expose()), {.attempt = std::move(attempt)}, now + kLifetime);
  return SecretString{text.Expose()};
}

std::optional<SignInAttempt> Attempts::Find(std::string_view cookie, Instant now) const {
  const std::scoped_lock lock{mutex_};
  const Entry* entry = entries_.Find(KeyOf(cookie), now);
  if (entry == nullptr || entry->tries >= kTriesMax) return std::nullopt;
  return entry->attempt;
}

std::optional<SignInAttempt> Attempts::TakeTry(std::string_view cookie, Instant now) {
  const std::scoped_lock lock{mutex_};
  Entry* entry = entries_.Find(KeyOf(cookie), now);
  if (entry == nullptr || entry->tries >= kTriesMax) return std::nullopt;
  ++entry->tries;
  return entry->attempt;
}

bool Attempts::End(std::string_view cookie, Instant now) {
  const std::scoped_lock lock{mutex_};
  const std::string key = KeyOf(cookie);
  if (entries_.Find(key, now) == nullptr) return false;
  entries_.Erase(key);
  return true;
}

}  // namespace latchkey
