#pragma once

// Base62 with the alphabet 0-9A-Za-z, most significant character first, zero-padded to a fixed
// width.

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace latchkey {

inline constexpr std::string_view kBase62Alphabet =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

[[nodiscard]] bool IsBase62(std::string_view text);

/// Writes `value` over all of `out`. `out` must be wide enough (11 characters hold 64 bits, 6 hold
/// 32): anything narrower loses high digits.
void FormatBase62(std::uint64_t value, std::span<char> out);

/// The value of `text`; nothing if it has another character or does not fit 64 bits.
[[nodiscard]] std::optional<std::uint64_t> ParseBase62(std::string_view text);

}  // namespace latchkey
