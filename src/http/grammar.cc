#include "http/grammar.h"

#include <algorithm>
#include <array>
#include <cstddef>

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

}  // namespace

bool IsTokenCharacter(char character) {
  return kTokenCharacters[static_cast<unsigned char>(character)];
}

bool IsToken(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, IsTokenCharacter);
}

bool IsFieldValue(std::string_view text) { return std::ranges::all_of(text, IsFieldCharacter); }

std::string_view TrimSpace(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace latchkey::http
