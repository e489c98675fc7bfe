#pragma once

// Randomness that a test can repeat.
//
// Thread safety: all members may be called by several threads at once; then their order decides who
// gets which bytes.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <span>

#include "base/random.h"
#include "base/result.h"

namespace latchkey {

/// The same bytes for the same seed on every machine. Good for tests alone: anybody can compute
/// them.
class ScriptedRandom final : public Random {
 public:
  explicit ScriptedRandom(std::uint64_t seed = 1) : state_(seed) {}

  /// Errors: kUnavailable on the call that FailOnCall() named, where `out` is left half filled.
  [[nodiscard]] Result<void> Fill(std::span<std::byte> out) override;

  /// The `call`-th call of Fill() from now on fails, 1 being the next one; the calls after it work
  /// again.
  void FailOnCall(std::size_t call);
  /// Every call from the next one on fails.
  void FailAlways();
  /// Hands out these bytes first, before the stream goes on.
  void Prepend(std::span<const std::byte> bytes);

  /// How often Fill() was called.
  [[nodiscard]] std::size_t calls() const;

 private:
  [[nodiscard]] std::byte NextByte();

  mutable std::mutex mutex_;
  std::uint64_t state_;
  std::deque<std::byte> prepended_;
  std::optional<std::size_t> failing_call_;
  bool always_failing_ = false;
  std::size_t calls_ = 0;
};

}  // namespace latchkey
