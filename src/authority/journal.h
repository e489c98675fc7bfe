#pragma once

// The port to the audit journal: an append-only file beside the database, made durable on its own.
//
// Thread safety: Append() by one thread at a time; Read() by any.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>

#include "authority/change.h"
#include "base/result.h"

namespace latchkey {

/// Returns false to stop.
using JournalVisitor = std::function<bool(const ChangeLine&)>;

/// The journal as it was at one moment, cut into parts that follow each other: what several threads
/// read at once. Does not outlive the journal. Thread safety: any number of threads.
class JournalParts {
 public:
  virtual ~JournalParts() = default;

  [[nodiscard]] virtual std::size_t count() const = 0;

  /// The lines that begin in that part (from 0), in order, without judging the chain. Stricter than
  /// Journal::Read, which is the one to ask then. Errors: kTampered: any line, even the last, is
  /// not of the documented form; kIo.
  [[nodiscard]] virtual Result<void> Read(std::size_t part, const JournalVisitor& visit) const = 0;
};

class Journal {
 public:
  using LineVisitor = JournalVisitor;

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

  /// The same lines, for several threads. Errors: kIo.
  [[nodiscard]] virtual Result<std::unique_ptr<JournalParts>> Parts() const = 0;

  /// Whether there is no journal at all: a new installation, or a lost file.
  [[nodiscard]] virtual bool missing() const = 0;
};

}  // namespace latchkey
