#pragma once

// Rules for texts that people type and other people read.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace latchkey {

/// Whether `text` is well-formed UTF-8 (RFC 3629: no surrogates, no overlong forms).
[[nodiscard]] bool IsUtf8(std::string_view text);

/// Lower case for A to Z alone. No other letter is folded, so no two different letters become one
/// (a dotless i is not an i).
[[nodiscard]] std::string FoldAscii(std::string_view text);

/// Whether both are equal when A to Z are folded.
[[nodiscard]] bool EqualsIgnoringCase(std::string_view left, std::string_view right);

/// Checks a display text (a credential's name, an account's display name, a reason): UTF-8, without
/// control, line-separating, bidirectional-override or other invisible format characters (U+0000 to
/// U+001F, U+007F to U+009F, U+2028, U+2029, U+202A to U+202E, U+2066 to U+2069, U+FEFF), not
/// empty, not white space or letters that show as none alone, at most `size_max` bytes. `what`
/// names it in the error: "the name". Errors: kInvalidArgument.
[[nodiscard]] Result<void> ValidateDisplayText(std::string_view what, std::string_view text,
                                               std::size_t size_max);

/// `text` with control characters, invisible format characters and ill-formed bytes written as
/// `\xNN`, cut after `size_max` bytes: safe for a terminal or one line of a log.
[[nodiscard]] std::string EscapeForTerminal(std::string_view text, std::size_t size_max = 512);

/// `text` as it may stand in HTML and XML, as content or within quotes: & < > " ' are references.
[[nodiscard]] std::string EscapeMarkup(std::string_view text);

/// The up to `count` candidates nearest to `text` by edit distance, nearest first; only those that
/// a person might have meant.
[[nodiscard]] std::vector<std::string> NearestNames(std::string_view text,
                                                    const std::vector<std::string>& candidates,
                                                    std::size_t count = 3);

/// `a, b and c`.
[[nodiscard]] std::string JoinNames(const std::vector<std::string>& names);

}  // namespace latchkey
