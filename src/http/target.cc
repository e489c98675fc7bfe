#include "http/target.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "base/text.h"
#include "http/percent.h"

namespace latchkey::http {

namespace {

using enum Error::Code;

bool IsVisible(char character) { return character > ' ' && character < '\x7f'; }

bool IsControl(char character) {
  return static_cast<unsigned char>(character) < ' ' || character == '\x7f';
}

Result<std::string> ParseSegment(std::string_view raw) {
  if (raw.find_first_of("\\#;") != std::string_view::npos) {
    return Fail(kMalformed, "the path holds one of \\ # ; which this server refuses");
  }
  std::optional<std::string> segment = PercentDecode(raw);
  if (!segment) return Fail(kMalformed, "the path holds a broken percent-escape");
  if (segment->find_first_of("/\\") != std::string::npos ||
      std::ranges::any_of(*segment, IsControl)) {
    return Fail(kMalformed, "the path holds an encoded slash, backslash or control character");
  }
  if (*segment == "." || *segment == "..") return Fail(kMalformed, "the path holds a dot segment");
  if (!IsUtf8(*segment)) return Fail(kMalformed, "the path is not UTF-8");
  return std::move(*segment);
}

Result<std::vector<std::string>> ParsePath(std::string_view path) {
  std::vector<std::string> segments;
  path.remove_prefix(1);
  for (;;) {
    const std::size_t end = path.find('/');
    Result<std::string> segment = ParseSegment(path.substr(0, end));
    if (!segment) return std::unexpected(segment.error());
    if (segment->empty() && end != std::string_view::npos) {
      return Fail(kMalformed, "the path holds an empty segment");
    }
    if (segments.size() == kSegmentCountMax) return Fail(kLimitExceeded, "too many path segments");
    segments.push_back(std::move(*segment));
    if (end == std::string_view::npos) return segments;
    path.remove_prefix(end + 1);
  }
}

Result<void> CheckQuery(std::string_view query) {
  if (query.find('#') != std::string_view::npos) return Fail(kMalformed, "the query holds a #");
  if (query.find('%') == std::string_view::npos) return {};
  const std::optional<std::string> decoded = PercentDecode(query);
  if (!decoded) return Fail(kMalformed, "the query holds a broken percent-escape");
  if (decoded->find('\0') != std::string::npos) return Fail(kMalformed, "the query holds a %00");
  return {};
}

}  // namespace

Result<Target> ParseTarget(std::string_view raw, std::size_t size_max) {
  if (raw.size() > size_max) return Fail(kLimitExceeded, "the request target is too long");
  if (!std::ranges::all_of(raw, IsVisible)) {
    return Fail(kMalformed, "the request target holds a byte that is not visible ASCII");
  }
  if (!raw.starts_with('/')) return Fail(kMalformed, "the request target is not a path");
  const std::size_t mark = raw.find('?');
  const std::string_view query =
      mark == std::string_view::npos ? std::string_view{} : raw.substr(mark + 1);
  if (const Result<void> checked = CheckQuery(query); !checked) {
    return std::unexpected(checked.error());
  }
  Result<std::vector<std::string>> segments = ParsePath(raw.substr(0, mark));
  if (!segments) return std::unexpected(segments.error());
  return Target{
      .raw = std::string{raw}, .segments = std::move(*segments), .query = std::string{query}};
}

}  // namespace latchkey::http
