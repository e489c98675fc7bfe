#pragma once

#include <cstdint>
#include <string>

#include "authority/journal.h"
#include "base/result.h"

namespace latchkey {

/// Reads lines from `descriptor`, from its start to the present end, as Journal::Read promises.
/// Holds one piece of the file in memory, however long the file is. Errors: kTampered, kIo.
[[nodiscard]] Result<void> ReadJournalLines(int descriptor, const Journal::LineVisitor& visit);

/// A part of a journal file that has `file_size` bytes.
struct JournalRange {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;  ///< At most file_size.
  std::uint64_t file_size = 0;
};

/// Reads the lines whose first byte is in `range`, as JournalParts::Read promises: ranges that
/// follow each other give every line once. What stands after the last line break is left out.
/// `visit` is given one and the same object each time. Errors: kTampered, kIo.
[[nodiscard]] Result<void> ReadJournalRange(int descriptor, const JournalRange& range,
                                            const Journal::LineVisitor& visit);

/// Where the last good line ends: `file_size`, or less if the last line is torn. Reads the end of
/// the file alone. Errors: kIo.
[[nodiscard]] Result<std::uint64_t> FindEndOfLines(int descriptor, std::uint64_t file_size);

}  // namespace latchkey
