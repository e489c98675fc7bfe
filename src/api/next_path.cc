#include "api/next_path.h"

#include <string>

#include "http/percent.h"

namespace latchkey::api {

std::string SafeNext(std::string_view next) {
  constexpr std::size_t kSizeMax = 1024;
  constexpr std::string_view kPathMarks = "/-_";
  constexpr std::string_view kQueryMarks = "/-_?=&,.:~+%";
  bool in_query = false;
  bool plain = next.starts_with('/') && next.size() <= kSizeMax &&
               next.find("//") == std::string_view::npos && http::PercentDecode(next).has_value();
  for (const char c : next) {
    in_query = in_query || c == '?';
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    plain = plain && (letter || (in_query ? kQueryMarks : kPathMarks).contains(c));
  }
  return plain ? std::string{next} : std::string{"/"};
}

}  // namespace latchkey::api
