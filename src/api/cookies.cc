#include "api/cookies.h"

#include <algorithm>
#include <ranges>
#include <string>
#include <utility>

#include "base/text.h"

namespace latchkey::api {
namespace {

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::string_view FindCookie(const http::Fields& fields, std::string_view name) {
  std::string_view value;
  std::size_t count = 0;
  for (const auto& [field, text] : fields.lines()) {
    if (!EqualsIgnoringCase(field, "Cookie")) continue;
    for (const auto part : std::views::split(std::string_view{text}, ';')) {
      const std::string_view pair = Trimmed({part.begin(), part.end()});
      const std::size_t equals = std::min(pair.find('='), pair.size());
      if (pair.substr(0, equals) != name) continue;
      value = pair.substr(std::min(equals + 1, pair.size()));
      ++count;
    }
  }
  return count == 1 ? value : std::string_view{};
}

void SetCookie(http::Fields& fields, const Cookie& cookie) {
  std::string line{cookie.name};
  line.append("=").append(cookie.value).append("; Path=/; Secure; HttpOnly; SameSite=");
  line += cookie.same_site == SameSite::kStrict ? "Strict" : "Lax";
  if (cookie.max_age) line += "; Max-Age=" + std::to_string(cookie.max_age->count());
  fields.Add("Set-Cookie", std::move(line));
}

void ClearCookie(http::Fields& fields, std::string_view name) {
  SetCookie(fields, {.name = name, .value = "", .max_age = std::chrono::seconds{0}});
}

}  // namespace latchkey::api
