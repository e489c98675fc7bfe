#pragma once

// A path template of OpenAPI, split into segments.
//
//     /repositories/{workspace}/diff/{spec}.patch      literal, parameter, literal, pattern
//     /src/{commit}/{path}                             …, greedy, if `path` is listed as such
//
// What a parameter is called matters to nobody but the greedy ones: two templates that differ in
// names alone are the same.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace latchkey {

/// How templates are read.
struct TemplateSettings {
  /// Parameters of these names take one or more segments where they end a template. `{name+}`,
  /// `{+name}` and `{name*}` do so without being listed.
  std::vector<std::string> greedy;

  friend bool operator==(const TemplateSettings&, const TemplateSettings&) = default;
};

struct TemplateSegment {
  enum class Kind : std::uint8_t {
    kLiteral,    ///< One piece: the text, decoded.
    kPattern,    ///< Text around parameters: one piece more than there are parameters.
    kParameter,  ///< The whole segment, whatever it is.
    kGreedy,     ///< This segment and all that follow.
  };
  Kind kind;
  std::vector<std::string> pieces = {};

  friend bool operator==(const TemplateSegment&, const TemplateSegment&) = default;
};

/// A template may have as many segments. A walk recurses as deep.
inline constexpr std::size_t kTemplateSegmentsMax = 64;
inline constexpr std::size_t kTemplateSizeMax = 2048;

/// Splits `path`; one slash at its end does not count. Errors: kInvalidArgument: no slash at the
/// start, an empty or dot segment, a brace without its other half, a parameter without a name, a
/// query or fragment, a control character, too long.
[[nodiscard]] Result<std::vector<TemplateSegment>> ParseTemplate(std::string_view path,
                                                                 const TemplateSettings& settings);

/// Whether a segment of a request, still encoded, is of the pattern: each parameter takes at least
/// one byte. Allocates nothing.
[[nodiscard]] bool MatchesPattern(std::string_view segment,
                                  std::span<const std::string> pieces) noexcept;

}  // namespace latchkey
