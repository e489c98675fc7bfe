#pragma once

#include <cstddef>
#include <span>

#include "base/result.h"

namespace latchkey {

/// Random bytes as a port. The real one is crypto/system_random.h.
class Random {
 public:
  virtual ~Random() = default;

  /// Fills all of `out` with bytes that nobody can guess.
  /// Errors: kUnavailable when the generator fails; `out` must then not be used. There is no weaker
  /// fallback.
  [[nodiscard]] virtual Result<void> Fill(std::span<std::byte> out) = 0;
};

}  // namespace latchkey
