#pragma once

// The character classes of RFC 9110 section 5.6, as tables.

#include <string_view>

namespace latchkey::http {

/// `tchar` (RFC 9110 section 5.6.2).
[[nodiscard]] bool IsTokenCharacter(char character);

/// 1*tchar.
[[nodiscard]] bool IsToken(std::string_view text);

/// Tab, space, visible ASCII and the bytes from 0x80 (RFC 9110 section 5.5): no other control byte.
[[nodiscard]] bool IsFieldValue(std::string_view text);

/// `text` without spaces and tabs at both ends. No other byte counts as white space.
[[nodiscard]] std::string_view TrimSpace(std::string_view text);

}  // namespace latchkey::http
