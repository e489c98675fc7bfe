#include "base/base62.h"

#include <array>
#include <ranges>

namespace latchkey {
namespace {

constexpr unsigned kBase = 62;

constexpr std::uint8_t kNoDigit = 0xFF;

constexpr std::array<std::uint8_t, 256> kDigitValues = [] {
  std::array<std::uint8_t, 256> values{};
  values.fill(kNoDigit);
  for (std::size_t i = 0; i < kBase62Alphabet.size(); ++i) {
    values[static_cast<unsigned char>(kBase62Alphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return values;
}();

constexpr unsigned DigitValue(char c) { return kDigitValues[static_cast<unsigned char>(c)]; }

}  // namespace

bool IsBase62(std::string_view text) {
  unsigned digits = 0;  // Only kNoDigit has the highest bit.
  for (const char c : text) digits |= DigitValue(c);
  return (digits & 0x80U) == 0;
}

void FormatBase62(std::uint64_t value, std::span<char> out) {
  for (char& c : out | std::views::reverse) {
    c = kBase62Alphabet[value % kBase];
    value /= kBase;
  }
}

std::optional<std::uint64_t> ParseBase62(std::string_view text) {
  std::uint64_t value = 0;
  for (const char c : text) {
    const unsigned digit = DigitValue(c);
    if (digit == kNoDigit) return std::nullopt;
    if (__builtin_mul_overflow(value, std::uint64_t{kBase}, &value) ||
        __builtin_add_overflow(value, std::uint64_t{digit}, &value)) {
      return std::nullopt;
    }
  }
  return value;
}

}  // namespace latchkey
