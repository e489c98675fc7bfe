#include "http/mask.h"

#include <algorithm>
#include <cstddef>

#include "base/text.h"
#include "http/percent.h"

namespace latchkey::http {

namespace {

// The secret and the checksum of a credential whose front was cut off: 22 + 6 characters.
constexpr std::size_t kLongRun = 28;
constexpr std::size_t kPathSizeMax = 512;
constexpr std::string_view kMask = "***";

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }
bool IsAlphanumeric(char c) { return IsLetter(c) || IsDigit(c); }
bool IsLowerHex(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f'); }

// Whether `run` ends like a credential's prefix: two letters at least, then `at` or `ap`.
bool EndsLikePrefix(std::string_view run) {
  if (run.size() < 4 || !std::ranges::all_of(run.substr(run.size() - 4), IsLetter)) return false;
  const std::string_view kind = run.substr(run.size() - 2);
  return EqualsIgnoringCase(kind, "at") || EqualsIgnoringCase(kind, "ap");
}

}  // namespace

std::string MaskCredentials(std::string_view text) {
  std::string out;
  bool after_prefix = false;
  while (!text.empty()) {
    const auto* const end = std::ranges::find_if_not(text, IsAlphanumeric);
    const std::string_view run(text.data(), static_cast<std::size_t>(end - text.data()));
    text.remove_prefix(run.size());
    const bool secret = run.size() >= kLongRun && !std::ranges::all_of(run, IsLowerHex);
    out += !run.empty() && (after_prefix || secret) ? kMask : run;
    after_prefix = text.starts_with('_') && EndsLikePrefix(run);
    if (text.empty()) break;
    out += text.front();
    text.remove_prefix(1);
  }
  return out;
}

std::string LoggedPath(std::string_view raw_target) {
  std::string path{raw_target.substr(0, raw_target.find('?'))};
  // Twice encoded is still a credential; what is left after three rounds nobody sends by mistake.
  for (int round = 0; round < 3 && path.find('%') != std::string::npos; ++round) {
    path = PercentDecodeLeniently(path);
  }
  return EscapeForTerminal(MaskCredentials(path), kPathSizeMax);
}

}  // namespace latchkey::http
