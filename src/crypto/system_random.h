#pragma once

#include "base/random.h"

namespace latchkey {

/// The kernel's generator (getrandom(2), blocking until it is seeded).
class SystemRandom final : public Random {
 public:
  [[nodiscard]] Result<void> Fill(std::span<std::byte> out) override;
};

/// Makes the libraries of this folder ready and checks that they are: call once, first thing in
/// main(). Errors: kUnavailable.
[[nodiscard]] Result<void> InitializeCrypto();

}  // namespace latchkey
