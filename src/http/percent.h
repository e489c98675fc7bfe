#pragma once

// Percent-encoding (RFC 3986 section 2.1), strict: `%` is always followed by two hexadecimal
// digits.

#include <optional>
#include <string>
#include <string_view>

namespace latchkey::http {

/// The value of one hexadecimal digit; nothing for any other character.
[[nodiscard]] std::optional<unsigned> HexDigit(char digit);

/// `text` with every `%XX` replaced by its byte. Nothing if an escape is cut or not hexadecimal.
[[nodiscard]] std::optional<std::string> PercentDecode(std::string_view text);

/// Decodes what it can and leaves broken escapes as they are: for texts that are only looked at.
[[nodiscard]] std::string PercentDecodeLeniently(std::string_view text);

}  // namespace latchkey::http
