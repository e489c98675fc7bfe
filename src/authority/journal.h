#pragma once

// The port to the audit journal: an append-only file beside the database, made durable on its own.
//
// Thread safety: Append() by one thread at a time; Read() by any.

#include <cstdint>
#include <functional>
#include <span>

#include "authority/change.h"
#include "base/result.h"

namespace latchkey {

class Journal {
 public:
  using LineVisitor = std::function<bool(ChangeLine)>;

  virtual ~Journal() = default;

  /// Makes sure that `size` more bytes will fit. Errors: kNoSpace.
  [[nodiscard]] virtual Result<void> Reserve(std::size_t size) = 0;

  /// Writes and syncs all of them. Errors: kUnavailable: some may be there; after that nothing more
  /// is appended until the journal is opened again.
  [[nodiscard]] virtual Result<void> Append(std::span<const ChangeLine> lines) = 0;

  /// Every line in order, without judging the chain. A torn last line (its append was cut off, so
  /// it was never acknowledged) is left out. Errors: kTampered: a line before the last is not of
  /// the documented form, with its number.
  [[nodiscard]] virtual Result<void> Read(const LineVisitor& visit) const = 0;

  /// Whether there is no journal at all: a new installation, or a lost file.
  [[nodiscard]] virtual bool missing() const = 0;
};

}  // namespace latchkey
