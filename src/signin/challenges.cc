#include "signin/challenges.h"

#include <span>
#include <utility>

#include "crypto/digest.h"
#include "crypto/mac.h"

namespace latchkey {

Result<std::string> Challenges::Make(std::string_view owner, Instant now, Random& random) {
  std::string challenge(kBytes, '\0');
  if (Result<void> filled = random.Fill(std::as_writable_bytes(std::span{challenge})); !filled) {
    return std::unexpected(filled.error());
  }
  const std::scoped_lock lock{mutex_};
  challenges_.Put(FormatHex(Sha256(owner)), challenge, now + kLifetime);
  return challenge;
}

std::optional<std::string> Challenges::Take(std::string_view owner, Instant now) {
  const std::string key = FormatHex(Sha256(owner));
  const std::scoped_lock lock{mutex_};
  std::string* found = challenges_.Find(key, now);
  if (found == nullptr) return std::nullopt;
  std::string challenge = std::move(*found);
  challenges_.Erase(key);
  return challenge;
}

}  // namespace latchkey
