// Cookies, a Cookie field on each line: what is found stands there once, whole, under that name,
// and a name that stands there twice is not found; a second reader agrees.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "api/cookies.h"

namespace {

using latchkey::api::FindCookie;

void Require(bool holds) {
  if (!holds) std::abort();
}

std::vector<std::string> Split(const std::string& text, char at) {
  std::vector<std::string> parts(1);
  for (const char c : text) {
    if (c == at) {
      parts.emplace_back();
    } else {
      parts.back() += c;
    }
  }
  return parts;
}

std::string Trim(std::string text) {
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.pop_back();
  std::size_t first = 0;
  while (first < text.size() && (text[first] == ' ' || text[first] == '\t')) ++first;
  return text.substr(first);
}

std::vector<std::string> ValuesOf(const std::vector<std::string>& lines, std::string_view name) {
  std::vector<std::string> values;
  for (const std::string& line : lines) {
    for (const std::string& part : Split(line, ';')) {
      const std::string pair = Trim(part);
      const std::string start = std::string{name} + "=";
      if (pair == name) values.emplace_back();
      if (pair.starts_with(start)) values.push_back(pair.substr(start.size()));
    }
  }
  return values;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::string> lines =
      Split(std::string{reinterpret_cast<const char*>(data), size}, '\n');
  latchkey::http::Fields fields;
  for (const std::string& line : lines) fields.Add("Cookie", line);
  fields.Add("X-Cookie", std::string{latchkey::api::kSessionCookie} + "=foreign");
  for (const std::string_view name :
       {latchkey::api::kSessionCookie, latchkey::api::kAttemptCookie, latchkey::api::kDeviceCookie,
        latchkey::api::kOidcCookie, std::string_view{"a"}}) {
    const std::string_view found = FindCookie(fields, name);
    const std::vector<std::string> values = ValuesOf(lines, name);
    Require(found == (values.size() == 1 ? values.front() : std::string{}));
    Require(!found.contains(';'));
  }
  return 0;
}
