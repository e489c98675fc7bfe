#include "store/codec/hex.h"

#include <array>
#include <cstdint>

namespace latchkey {
namespace {

constexpr std::uint8_t kNoDigit = 0xFF;

/// By character. One spelling only, so no upper case.
constexpr std::array<std::uint8_t, 256> MakeDigitValues() {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (std::uint8_t i = 0; i < 10; ++i) values[std::size_t{'0'} + i] = i;
  for (std::uint8_t i = 0; i < 6; ++i)
    values[std::size_t{'a'} + i] = static_cast<std::uint8_t>(10 + i);
  return values;
}
constexpr std::array<std::uint8_t, 256> kDigitValues = MakeDigitValues();

constexpr std::uint8_t DigitValue(char c) { return kDigitValues[static_cast<std::uint8_t>(c)]; }

}  // namespace

bool ParseHexInto(std::string_view text, std::span<std::byte> out) {
  if (text.size() != out.size() * 2) return false;
  // Every digit of every line of the journal passes here at a start: no branch on each.
  unsigned seen = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const unsigned high = DigitValue(text[i * 2]);
    const unsigned low = DigitValue(text[(i * 2) + 1]);
    seen |= high | low;
    out[i] = static_cast<std::byte>((high << 4U) | low);
  }
  return seen < 16;
}

std::optional<std::vector<std::byte>> ParseHex(std::string_view text) {
  std::vector<std::byte> bytes(text.size() / 2);
  if (!ParseHexInto(text, bytes)) return std::nullopt;
  return bytes;
}

}  // namespace latchkey
