#include "api/next_path.h"

#include <string>

namespace latchkey::api {

namespace {

constexpr std::size_t kEscapeSize = 3;

bool IsHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// `%2C` (RFC 3986 section 2.1).
bool IsEscape(std::string_view text) {
  return text.size() == kEscapeSize && text[0] == '%' && IsHex(text[1]) && IsHex(text[2]);
}

}  // namespace

std::string SafeNext(std::string_view next) {
  constexpr std::size_t kSizeMax = 1024;
  constexpr std::string_view kPathMarks = "/-_";
  constexpr std::string_view kQueryMarks = "/-_?=&,.:~+";
  bool in_query = false;
  bool plain =
      next.starts_with('/') && next.size() <= kSizeMax && next.find("//") == std::string_view::npos;
  for (std::size_t i = 0; i < next.size(); ++i) {
    const char c = next[i];
    in_query = in_query || c == '?';
    if (in_query && IsEscape(next.substr(i, kEscapeSize))) {
      i += kEscapeSize - 1;
      continue;
    }
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    plain = plain && (letter || (in_query ? kQueryMarks : kPathMarks).contains(c));
  }
  return plain ? std::string{next} : std::string{"/"};
}

}  // namespace latchkey::api
