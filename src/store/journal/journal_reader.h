#pragma once

#include <cstdint>
#include <string>

#include "authority/journal.h"
#include "base/result.h"

namespace latchkey {

/// Reads lines from `descriptor`, from its start to the present end, as Journal::Read promises.
/// Holds one piece of the file in memory, however long the file is. Errors: kTampered, kIo.
[[nodiscard]] Result<void> ReadJournalLines(int descriptor, const Journal::LineVisitor& visit);

/// Where the last good line ends: `file_size`, or less if the last line is torn. Reads the end of
/// the file alone. Errors: kIo.
[[nodiscard]] Result<std::uint64_t> FindEndOfLines(int descriptor, std::uint64_t file_size);

}  // namespace latchkey
