#pragma once

// Takes a request target apart, once, before anything is decided. What has two readings is refused
// and never repaired, so that the path that was judged is the path that is served.
//
//     /2.0/repositories/w/r/src/feature%2Fx ... refused: an encoded slash
//     /2.0/repositories/w/r?q=name+~+"r"   ... segments {"2.0","repositories","w","r"}, query as
//     sent
//
// Only the origin-form is known (RFC 9112 section 3.2.1): no absolute-form, no authority-form, no
// `*`.
//
// Refused in the path: `\`, `#`, `;`, bytes that are not visible ASCII, `.` and `..` segments in
// every spelling, empty segments but for the last, escapes that are cut, not hexadecimal, or stand
// for `/`,
// `\` or a control character, and segments that are not UTF-8 once decoded.
// Refused in the query: `#`, bytes that are not visible ASCII, broken escapes and `%00`.

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace latchkey::http {

/// More segments than any route has; bounds what matching can cost.
inline constexpr std::size_t kSegmentCountMax = 64;

/// Errors: kMalformed (400) as listed above, kLimitExceeded (414) for more than `size_max` bytes or
/// kSegmentCountMax segments. The message names the rule and repeats nothing of the target.
[[nodiscard]] Result<Target> ParseTarget(std::string_view raw, std::size_t size_max = 8192);

}  // namespace latchkey::http
