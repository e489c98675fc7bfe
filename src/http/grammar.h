#pragma once

// The character classes of RFC 9110 section 5.6, as tables.

#include <cstddef>
#include <string_view>

namespace latchkey::http {

/// `tchar` (RFC 9110 section 5.6.2).
[[nodiscard]] bool IsTokenCharacter(char character);

/// 1*tchar.
[[nodiscard]] bool IsToken(std::string_view text);

/// Tab, space, visible ASCII and the bytes from 0x80 (RFC 9110 section 5.5): no other control byte.
[[nodiscard]] bool IsFieldValue(std::string_view text);

/// The first place from `at` on that is not plain text (visible ASCII, a space, a byte from 0x80),
/// or a little before it; the text's size if there is none, or less than eight bytes before that.
/// Looks at eight bytes at a time.
[[nodiscard]] std::size_t SkipPlainText(std::string_view text, std::size_t at);

/// `text` without spaces and tabs at both ends. No other byte counts as white space.
[[nodiscard]] std::string_view TrimSpace(std::string_view text);

}  // namespace latchkey::http
