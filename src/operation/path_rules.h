#pragma once

// Which paths may be decided about at all.
//
// A proxy and the server behind it must read a path as we do. Where they are known to differ (dot
// segments, encoded slashes, path parameters, empty segments, …) the path is refused rather than
// repaired: the string that is authorised is the string that goes on. An app may opt in to single
// spellings, if its proxy and server are known to agree on them.
//
// A path that passes under the default rules has the same segments whether it is split before
// decoding or after.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace latchkey {

/// What an app lets through beyond the default, which is nothing.
struct PathRules {
  bool dot_segments = false;       ///< `.` and `..`, also as `%2e`.
  bool encoded_slash = false;      ///< `%2f`
  bool encoded_backslash = false;  ///< `%5c`
  bool semicolon = false;          ///< `;` and `%3b`: some servers cut a segment there.
  bool backslash = false;          ///< `\`
  bool empty_segment = false;      ///< `//`; one slash at the end needs no leave.
  bool high_bytes = false;         ///< Bytes over 0x7f that are not percent-encoded.
  bool double_encoding = false;    ///< `%25` before what decodes to two hexadecimal digits.

  friend bool operator==(const PathRules&, const PathRules&) = default;
};

/// The member of that name (`dot_segments`); null if there is none.
[[nodiscard]] bool PathRules::* FindPathRule(std::string_view name) noexcept;

/// The first thing that is wrong with a path.
enum class PathFault : std::uint8_t {
  kNotAbsolute,     ///< It does not begin with a slash.
  kForbiddenByte,   ///< A control byte, a space, `#` or `?`.
  kBadEscape,       ///< A `%` without two hexadecimal digits.
  kEncodedControl,  ///< `%00` to `%1f`, `%7f`.
  kBadUtf8,         ///< Decoded, it is not well-formed UTF-8 (overlong forms among it).
  kDotSegment,      ///< PathRules::dot_segments, and so on.
  kEncodedSlash,
  kEncodedBackslash,
  kSemicolon,
  kBackslash,
  kEmptySegment,
  kHighByte,
  kDoubleEncoding,
};
inline constexpr std::size_t kPathFaultCount = 13;

/// `dot-segment`: the stable code, in logs, headers and JSON.
[[nodiscard]] std::string_view PathFaultName(PathFault fault) noexcept;

/// Checks a path as the client sent it, without its query. Nothing: it may be decided about. One
/// pass, no allocation.
[[nodiscard]] std::optional<PathFault> CheckPath(std::string_view path, PathRules rules) noexcept;

}  // namespace latchkey
