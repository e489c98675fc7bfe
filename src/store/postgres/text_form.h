#pragma once

// PostgreSQL keeps neither a zero byte nor ill-formed UTF-8 in a text, and what clients send as
// their name may hold either. Such a text, and one that holds the mark itself, is kept as
//
//     each byte but the printable ones of ASCII as 0x1A (the control character "substitute") and
//     two hexadecimal digits
//
// and every other one as it is. Equal texts have equal forms, and folding A to Z of a text is
// folding A to Z of its form.

#include <string>
#include <string_view>

namespace latchkey::postgres {

inline constexpr char kTextMark = '\x1A';

/// Whether the form of `text` is `text` itself.
[[nodiscard]] bool IsPlain(std::string_view text);
[[nodiscard]] std::string FormOf(std::string_view text);
/// The text of a form. A mark without its two digits stays as it is.
[[nodiscard]] std::string TextOf(std::string_view form);

}  // namespace latchkey::postgres
