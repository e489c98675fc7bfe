// Properties: what the scanner accepts formats to the bytes it took; the result does not depend on
// how the bytes were cut; it goes forward or stops.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "git/pkt_line.h"

namespace {

using latchkey::git::FormatPkt;
using latchkey::git::PktScanner;

/// The packets of `input`, formatted again, and how far they reach.
std::string Reformat(std::string_view input, std::size_t step) {
  PktScanner scanner;
  std::string formatted;
  while (!input.empty()) {
    std::string_view piece = input.substr(0, step);
    input.remove_prefix(piece.size());
    while (!piece.empty()) {
      const std::size_t before = piece.size();
      const auto pkt = scanner.Next(piece);
      if (!pkt) return formatted;
      if (piece.size() == before && !*pkt) std::abort();
      if (*pkt) formatted += FormatPkt(**pkt);
    }
  }
  return formatted;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(data + 1, data + size);
  const std::string whole = Reformat(text, text.size() + 1);
  if (!std::string_view{text}.starts_with(whole)) std::abort();
  if (Reformat(text, std::size_t{data[0]} % 16 + 1) != whole) std::abort();
  return 0;
}
