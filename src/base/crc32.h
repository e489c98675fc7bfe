#pragma once

#include <cstdint>
#include <string_view>

namespace latchkey {

/// CRC-32 as zlib computes it (ISO 3309, RFC 1952 section 8). Finds typing errors; authenticates
/// nothing.
[[nodiscard]] std::uint32_t Crc32(std::string_view text);

}  // namespace latchkey
