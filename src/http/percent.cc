#include "http/percent.h"

#include <cstddef>

namespace latchkey::http {

namespace {

// The byte of the escape that starts at `at`, which holds `%`.
std::optional<char> EscapedByte(std::string_view text, std::size_t at) {
  if (at + 2 >= text.size()) return std::nullopt;
  const std::optional<unsigned> high = HexDigit(text[at + 1]);
  const std::optional<unsigned> low = HexDigit(text[at + 2]);
  if (!high || !low) return std::nullopt;
  return static_cast<char>(static_cast<unsigned char>(*high * 16 + *low));
}

}  // namespace

std::optional<unsigned> HexDigit(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a') + 10;
  if (digit >= 'A' && digit <= 'F') return static_cast<unsigned>(digit - 'A') + 10;
  return std::nullopt;
}

std::optional<std::string> PercentDecode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%') {
      decoded.push_back(text[at]);
      continue;
    }
    const std::optional<char> byte = EscapedByte(text, at);
    if (!byte) return std::nullopt;
    decoded.push_back(*byte);
    at += 2;
  }
  return decoded;
}

std::string PercentDecodeLeniently(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t at = 0; at < text.size(); ++at) {
    const std::optional<char> byte =
        text[at] == '%' ? EscapedByte(text, at) : std::optional<char>{};
    decoded.push_back(byte.value_or(text[at]));
    if (byte) at += 2;
  }
  return decoded;
}

}  // namespace latchkey::http
