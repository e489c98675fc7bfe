// Lines of the journal and hexadecimal digits: a line that is read is written to the same bytes,
// and so are digits.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "crypto/mac.h"
#include "store/codec/hex.h"
#include "store/journal/journal_line.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  const std::optional<latchkey::ChangeLine> line = latchkey::ParseJournalLine(text);
  if (line) {
    Require(line->text.ends_with('}'));
    // A file is read by its lines: one with a line break in it never comes.
    Require(!latchkey::HasLineForm(*line) || !line->text.contains('\n'));
    std::string written;
    latchkey::AppendJournalLine(*line, written);
    Require(written == std::string{text} + "\n");
  }
  if (const auto bytes = latchkey::ParseHex(text)) Require(latchkey::FormatHex(*bytes) == text);
  return 0;
}
