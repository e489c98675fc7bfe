#include "base/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <numeric>
#include <utility>

namespace latchkey {
namespace {

struct CodePoint {
  std::uint32_t value;
  std::size_t size;  // In bytes; 0 when the bytes are ill-formed.
};

constexpr CodePoint kIllFormed{0, 0};

constexpr char FoldCharacter(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

constexpr bool IsContinuation(unsigned char byte) { return (byte & 0xC0U) == 0x80U; }

/// The code point at the start of `text`, which is not empty.
CodePoint Decode(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text.front());
  if (lead < 0x80) return {lead, 1};
  std::size_t size = 0;
  std::uint32_t value = 0;
  std::uint32_t least = 0;
  if ((lead & 0xE0U) == 0xC0U) {
    size = 2, value = lead & 0x1FU, least = 0x80;
  } else if ((lead & 0xF0U) == 0xE0U) {
    size = 3, value = lead & 0x0FU, least = 0x800;
  } else if ((lead & 0xF8U) == 0xF0U) {
    size = 4, value = lead & 0x07U, least = 0x10000;
  } else {
    return kIllFormed;
  }
  if (text.size() < size) return kIllFormed;
  for (const char c : text.substr(1, size - 1)) {
    const auto byte = static_cast<unsigned char>(c);
    if (!IsContinuation(byte)) return kIllFormed;
    value = (value << 6U) | (byte & 0x3FU);
  }
  const bool surrogate = value >= 0xD800 && value <= 0xDFFF;
  if (value < least || surrogate || value > 0x10FFFF) return kIllFormed;
  return {value, size};
}

struct Range {
  std::uint32_t first;
  std::uint32_t last;
};

/// Characters that break a line, hide, or turn the text around them.
constexpr std::array kUnprintable{
    Range{0x0000, 0x001F}, Range{0x007F, 0x009F}, Range{0x00AD, 0x00AD},  Range{0x061C, 0x061C},
    Range{0x180E, 0x180E}, Range{0x200B, 0x200F}, Range{0x2028, 0x202E},  Range{0x2060, 0x206F},
    Range{0xFEFF, 0xFEFF}, Range{0xFFF9, 0xFFFB}, Range{0xE0000, 0xE007F}};

bool IsUnprintable(std::uint32_t code_point) {
  return std::ranges::any_of(kUnprintable, [code_point](const Range& range) {
    return code_point >= range.first && code_point <= range.last;
  });
}

/// White space, and what is no space by name and shows as one: Hangul fillers, the empty Braille
/// pattern, variation selectors and joiners that stand alone.
constexpr bool IsBlank(std::uint32_t code_point) {
  const bool filler = code_point == 0x115F || code_point == 0x1160 || code_point == 0x3164 ||
                      code_point == 0xFFA0 || code_point == 0x2800 || code_point == 0x034F ||
                      (code_point >= 0xFE00 && code_point <= 0xFE0F);
  return filler || code_point == ' ' || code_point == 0xA0 || code_point == 0x1680 ||
         (code_point >= 0x2000 && code_point <= 0x200A) || code_point == 0x202F ||
         code_point == 0x205F || code_point == 0x3000;
}

void AppendHex(std::string& out, unsigned char byte) {
  constexpr std::string_view kHex = "0123456789abcdef";
  out += "\\x";
  out += kHex[byte >> 4U];
  out += kHex[byte & 0x0FU];
}

/// Levenshtein distance.
std::size_t EditDistance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t replaced = diagonal + (left[i] == right[j] ? 0U : 1U);
      diagonal = row[j + 1];
      row[j + 1] = std::min({row[j] + 1, row[j + 1] + 1, replaced});
    }
  }
  return row.back();
}

/// Whether each word of `text`, between colons, is the beginning of `full`'s:
/// "read:repo:bitbucket".
bool IsAbbreviation(std::string_view text, std::string_view full) {
  while (true) {
    const std::string_view word = text.substr(0, text.find(':'));
    const std::string_view full_word = full.substr(0, full.find(':'));
    if (word.empty() || !full_word.starts_with(word)) return false;
    const bool ends = word.size() == text.size();
    if (ends || full_word.size() == full.size()) return ends && full_word.size() == full.size();
    text.remove_prefix(word.size() + 1);
    full.remove_prefix(full_word.size() + 1);
  }
}

}  // namespace

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const CodePoint next = Decode(text);
    if (next.size == 0) return false;
    text.remove_prefix(next.size);
  }
  return true;
}

std::string FoldAscii(std::string_view text) {
  std::string folded{text};
  std::ranges::transform(folded, folded.begin(), FoldCharacter);
  return folded;
}

bool EqualsIgnoringCase(std::string_view left, std::string_view right) {
  // Most are of the same case, and those are compared by the word.
  return left == right || std::ranges::equal(left, right, {}, FoldCharacter, FoldCharacter);
}

Result<void> ValidateDisplayText(std::string_view what, std::string_view text,
                                 std::size_t size_max) {
  using enum Error::Code;
  const std::string subject{what};
  if (text.size() > size_max) {
    return Fail(kInvalidArgument, subject + " is " + std::to_string(text.size()) + " bytes long",
                "At most " + std::to_string(size_max) + " bytes fit.");
  }
  bool blank = true;
  while (!text.empty()) {
    const CodePoint next = Decode(text);
    if (next.size == 0) return Fail(kInvalidArgument, subject + " is not valid UTF-8");
    if (IsUnprintable(next.value)) {
      return Fail(kInvalidArgument, subject + " has a control or invisible character in it",
                  "Use letters, digits, spaces and punctuation.");
    }
    blank = blank && IsBlank(next.value);
    text.remove_prefix(next.size);
  }
  if (blank) {
    return Fail(kInvalidArgument, subject + " is empty", "Say what it is for, e.g. \"CI deploy\".");
  }
  return {};
}

std::string EscapeForTerminal(std::string_view text, std::size_t size_max) {
  std::string out;
  while (!text.empty() && out.size() < size_max) {
    const CodePoint next = Decode(text);
    const std::size_t size = std::max<std::size_t>(next.size, 1);
    const std::string_view bytes = text.substr(0, size);
    if (next.size != 0 && !IsUnprintable(next.value)) {
      out += bytes;
    } else {
      for (const char c : bytes) AppendHex(out, static_cast<unsigned char>(c));
    }
    text.remove_prefix(size);
  }
  if (!text.empty()) out += "...";
  return out;
}

std::string EscapeMarkup(std::string_view text) {
  constexpr std::size_t kLongest = 6;
  std::string escaped;
  escaped.reserve(text.size() * kLongest);  // It may be a secret: growing would leave copies.
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

std::vector<std::string> NearestNames(std::string_view text,
                                      const std::vector<std::string>& candidates,
                                      std::size_t count) {
  // Names are short: anything longer is no slip of the keyboard, and the distance is quadratic.
  constexpr std::size_t kTextSizeMax = 64;
  if (text.size() > kTextSizeMax) return {};
  const std::string folded = FoldAscii(text);
  std::vector<std::pair<std::size_t, std::string>> ranked;
  for (const std::string& candidate : candidates) {
    const std::string other = FoldAscii(candidate);
    const std::size_t distance = IsAbbreviation(folded, other) ? 0 : EditDistance(folded, other);
    const std::size_t longer = std::max(folded.size(), candidate.size());
    if (distance * 2 <= longer) ranked.emplace_back(distance, candidate);
  }
  std::ranges::sort(ranked);
  std::vector<std::string> nearest;
  for (const auto& [distance, name] : ranked) {
    if (nearest.size() == count) break;
    nearest.push_back(name);
  }
  return nearest;
}

std::string JoinNames(const std::vector<std::string>& names) {
  std::string joined;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i != 0) joined += i + 1 == names.size() ? " and " : ", ";
    joined += names[i];
  }
  return joined;
}

}  // namespace latchkey
