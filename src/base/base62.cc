#include "base/base62.h"

#include <algorithm>
#include <ranges>

namespace latchkey {
namespace {

constexpr unsigned kBase = 62;

/// 62 for a character outside the alphabet.
constexpr unsigned DigitValue(char c) {
  if (c >= '0' && c <= '9') return static_cast<unsigned>(c - '0');
  if (c >= 'A' && c <= 'Z') return static_cast<unsigned>(c - 'A') + 10;
  if (c >= 'a' && c <= 'z') return static_cast<unsigned>(c - 'a') + 36;
  return kBase;
}

}  // namespace

bool IsBase62(std::string_view text) {
  return std::ranges::all_of(text, [](char c) { return DigitValue(c) < kBase; });
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
    if (digit == kBase) return std::nullopt;
    if (__builtin_mul_overflow(value, std::uint64_t{kBase}, &value) ||
        __builtin_add_overflow(value, std::uint64_t{digit}, &value)) {
      return std::nullopt;
    }
  }
  return value;
}

}  // namespace latchkey
