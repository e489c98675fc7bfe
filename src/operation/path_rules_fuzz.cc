// Paths of requests: any bytes are refused or pass. What passes under the default rules has the
// same segments whether it is split before decoding or after, none of them a dot segment; and each
// rule that is let through lets only more through.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "operation/decoded.h"
#include "operation/path_rules.h"

namespace {

using latchkey::CheckPath;
using latchkey::PathRules;

void Require(bool holds) {
  if (!holds) std::abort();
}

std::vector<std::string> Split(std::string_view path) {
  std::vector<std::string> segments;
  for (;;) {
    const std::size_t end = path.find('/');
    segments.emplace_back(path.substr(0, end));
    if (end == std::string_view::npos) return segments;
    path.remove_prefix(end + 1);
  }
}

void CheckPassing(std::string_view path) {
  Require(path.starts_with('/'));
  std::vector<std::string> raw = Split(path);
  for (std::string& segment : raw) segment = latchkey::Decoded(segment);
  const std::string decoded = latchkey::Decoded(path);
  Require(raw == Split(decoded));
  Require(latchkey::IsUtf8(decoded));
  for (std::size_t i = 1; i < raw.size(); ++i) {
    Require(raw[i] != "." && raw[i] != "..");
    Require(!raw[i].empty() || i + 1 == raw.size());
    Require(raw[i].find_first_of("\\;") == std::string::npos);
  }
  // Whoever decodes once more changes nothing that separates.
  Require(Split(latchkey::Decoded(decoded)) == Split(decoded));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view path{reinterpret_cast<const char*>(data), size};
  const bool passes = !CheckPath(path, {});
  if (passes) CheckPassing(path);
  constexpr bool PathRules::* kRules[] = {
      &PathRules::dot_segments, &PathRules::encoded_slash,  &PathRules::encoded_backslash,
      &PathRules::semicolon,    &PathRules::backslash,      &PathRules::empty_segment,
      &PathRules::high_bytes,   &PathRules::double_encoding};
  PathRules all;
  for (bool PathRules::* const rule : kRules) {
    PathRules one;
    one.*rule = true;
    all.*rule = true;
    Require(!passes || !CheckPath(path, one));
  }
  Require(!passes || !CheckPath(path, all));
  return 0;
}
