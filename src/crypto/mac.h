#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include "crypto/keyring.h"

namespace latchkey {

/// HMAC-SHA-256 (RFC 2104) of `text`.
using Mac = std::array<std::byte, 32>;
[[nodiscard]] Mac ComputeMac(const SecretKey& key, std::string_view text);

/// A key for one purpose, drawn from another (BLAKE2b as libsodium's crypto_kdf, `context` of
/// exactly 8 characters), so that one secret never serves two constructions.
[[nodiscard]] SecretKey DeriveKey(const SecretKey& key, std::string_view context);

/// Lower-case hexadecimal.
[[nodiscard]] std::string FormatHex(std::span<const std::byte> bytes);

}  // namespace latchkey
