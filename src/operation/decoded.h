#pragma once

// Percent-escapes read in place: a segment is compared with what it means, without a copy.

#include <compare>
#include <cstddef>
#include <string>
#include <string_view>

namespace latchkey {

/// `%61` has three characters.
inline constexpr std::size_t kEscapeSize = 3;

/// The value of a hexadecimal digit; -1 for anything else.
[[nodiscard]] constexpr int HexDigitValue(char digit) noexcept {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

[[nodiscard]] constexpr bool StartsWithTwoHexDigits(std::string_view text) noexcept {
  return text.size() >= 2 && HexDigitValue(text[0]) >= 0 && HexDigitValue(text[1]) >= 0;
}

/// The byte of the escape at the start of `text`; -1 if there is none.
[[nodiscard]] constexpr int EscapedByte(std::string_view text) noexcept {
  if (!text.starts_with('%') || !StartsWithTwoHexDigits(text.substr(1))) return -1;
  return HexDigitValue(text[1]) * 16 + HexDigitValue(text[2]);
}

/// Takes one byte, decoded, off the front of `text`, which is not empty. A `%` that begins no
/// escape is itself.
[[nodiscard]] constexpr unsigned char TakeDecoded(std::string_view& text) noexcept {
  const int escaped = EscapedByte(text);
  const auto byte =
      escaped >= 0 ? static_cast<unsigned char>(escaped) : static_cast<unsigned char>(text.front());
  text.remove_prefix(escaped >= 0 ? kEscapeSize : 1);
  return byte;
}

/// Takes one byte off and forgets it.
constexpr void DropDecoded(std::string_view& text) noexcept {
  text.remove_prefix(EscapedByte(text) >= 0 ? kEscapeSize : 1);
}

/// Compares `encoded`, decoded, with `plain`, byte by byte as unsigned numbers.
[[nodiscard]] constexpr std::strong_ordering CompareDecoded(std::string_view encoded,
                                                            std::string_view plain) noexcept {
  while (!encoded.empty() && !plain.empty()) {
    const unsigned char left = TakeDecoded(encoded);
    const auto right = static_cast<unsigned char>(plain.front());
    if (left != right) return left <=> right;
    plain.remove_prefix(1);
  }
  return static_cast<int>(!encoded.empty()) <=> static_cast<int>(!plain.empty());
}

/// `encoded` with each escape replaced by its byte.
[[nodiscard]] inline std::string Decoded(std::string_view encoded) {
  std::string plain;
  plain.reserve(encoded.size());
  while (!encoded.empty()) plain.push_back(static_cast<char>(TakeDecoded(encoded)));
  return plain;
}

}  // namespace latchkey
