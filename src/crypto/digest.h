#pragma once

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

#include "base/secret.h"

namespace latchkey {

/// SHA-256 (FIPS 180-4). As the digest of a credential it identifies it and must be treated with
/// care: it exists in memory only, and sealed in the store.
using Digest = std::array<std::byte, 32>;

[[nodiscard]] Digest Sha256(std::string_view text);

/// SHA-1 in 40 upper-case hexadecimal digits: how public lists of breached passwords name them. Of
/// no use for anything else.
[[nodiscard]] SecretText<40> Sha1Hex(std::string_view text);

/// Whether both are equal, in a time that depends on their length alone.
[[nodiscard]] bool EqualInConstantTime(std::span<const std::byte> left,
                                       std::span<const std::byte> right);

/// The bytes of a text, without copying.
[[nodiscard]] inline std::span<const std::byte> AsBytes(std::string_view text) {
  return std::as_bytes(std::span{text.data(), text.size()});
}

}  // namespace latchkey
