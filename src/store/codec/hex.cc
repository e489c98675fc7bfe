#include "store/codec/hex.h"

#include <cstdint>

namespace latchkey {
namespace {

/// 16 for what is no digit; one spelling only, so no upper case.
constexpr std::uint8_t DigitValue(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint8_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint8_t>(c - 'a' + 10);
  return 16;
}

}  // namespace

bool ParseHexInto(std::string_view text, std::span<std::byte> out) {
  if (text.size() != out.size() * 2) return false;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const std::uint8_t high = DigitValue(text[i * 2]);
    const std::uint8_t low = DigitValue(text[(i * 2) + 1]);
    if (high > 15 || low > 15) return false;
    out[i] = static_cast<std::byte>((high << 4U) | low);
  }
  return true;
}

std::optional<std::vector<std::byte>> ParseHex(std::string_view text) {
  std::vector<std::byte> bytes(text.size() / 2);
  if (!ParseHexInto(text, bytes)) return std::nullopt;
  return bytes;
}

}  // namespace latchkey
