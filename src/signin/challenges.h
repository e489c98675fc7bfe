#pragma once

// WebAuthn challenges: each is known to one owner (an attempt, a session, a browser that has
// neither), for five minutes and one use.
//
// Thread safety: any number of threads.

#include <cstddef>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/random.h"
#include "base/result.h"
#include "signin/expiring_map.h"

namespace latchkey {

class Challenges {
 public:
  static constexpr std::chrono::minutes kLifetime{5};
  static constexpr std::size_t kBytes = 32;  ///< Twice what WebAuthn level 3 section 13.4.3 asks.

  /// Replaces the owner's last one. Errors: as Random::Fill.
  [[nodiscard]] Result<std::string> Make(std::string_view owner, Instant now, Random& random);

  /// Nothing if there is none, or it is too old. It is gone afterwards.
  [[nodiscard]] std::optional<std::string> Take(std::string_view owner, Instant now);

 private:
  // Whoever comes by can ask for one, so there is room for many: about 30 MB.
  static constexpr std::size_t kSizeMax = 100'000;

  std::mutex mutex_;
  ExpiringMap<std::string> challenges_{kSizeMax};  // By the digest of the owner.
};

}  // namespace latchkey
