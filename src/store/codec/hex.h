#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace latchkey {

/// Reads what FormatHex() wrote into all of `out`. False, with `out` undefined, if `text` is not
/// lower-case hexadecimal of exactly that many bytes.
[[nodiscard]] bool ParseHexInto(std::string_view text, std::span<std::byte> out);

/// Likewise, for any number of bytes.
[[nodiscard]] std::optional<std::vector<std::byte>> ParseHex(std::string_view text);

}  // namespace latchkey
