#include "http/grammar.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace latchkey::http {

namespace {

constexpr std::array<bool, 256> kTokenCharacters = [] {
  std::array<bool, 256> table{};
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  for (std::size_t i = 0; i < table.size(); ++i) {
    const char character = static_cast<char>(static_cast<unsigned char>(i));
    table[i] = (i >= '0' && i <= '9') || (i >= 'A' && i <= 'Z') || (i >= 'a' && i <= 'z') ||
               (i < 128 && kOthers.find(character) != std::string_view::npos);
  }
  return table;
}();

bool IsFieldCharacter(char character) {
  const auto byte = static_cast<unsigned char>(character);
  return (byte >= ' ' && byte != 0x7f) || byte == '\t';
}

bool IsSpace(char character) { return character == ' ' || character == '\t'; }

}  // namespace

bool IsTokenCharacter(char character) {
  return kTokenCharacters[static_cast<unsigned char>(character)];
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, IsTokenCharacter);
}

bool IsFieldValue(std::string_view text) {
  for (std::size_t at = SkipPlainText(text, 0); at < text.size(); at = SkipPlainText(text, at)) {
    if (!IsFieldCharacter(text[at])) return false;
    ++at;
  }
  return true;
}

std::size_t SkipPlainText(std::string_view text, std::size_t at) {
  constexpr std::uint64_t kOnes = 0x0101010101010101;
  constexpr std::uint64_t kHighs = 0x8080808080808080;
  for (; at + sizeof(std::uint64_t) <= text.size(); at += sizeof(std::uint64_t)) {
    std::uint64_t word = 0;
    std::memcpy(&word, text.data() + at, sizeof(word));
    // The high bit of each byte below 0x20, and of each that is 0x7f; a borrow may mark one more
    // byte above a marked one, which costs a look and no more.
    const std::uint64_t below = (word - kOnes * 0x20) & ~word & kHighs;
    const std::uint64_t deletes =
        ((word ^ (kOnes * 0x7f)) - kOnes) & ~(word ^ (kOnes * 0x7f)) & kHighs;
    const std::uint64_t marked = below | deletes;
    if (marked == 0) continue;
    if constexpr (std::endian::native == std::endian::little) {
      return at + static_cast<std::size_t>(std::countr_zero(marked)) / 8;
    }
    return at;
  }
  return at;
}

std::string_view TrimSpace(std::string_view text) {
  while (!text.empty() && IsSpace(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsSpace(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace latchkey::http
