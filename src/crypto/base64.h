#pragma once

// Base64 (RFC 4648 section 4), one spelling a value: padded, no line breaks, no other alphabet, no
// stray bits after the last character.

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace latchkey {

/// One line, however long. The input is a credential, so the output is one too.
[[nodiscard]] SecretString EncodeBase64(std::string_view bytes);

/// Errors: kMalformed for anything that EncodeBase64 would not have written.
[[nodiscard]] Result<SecretString> DecodeBase64(std::string_view text);

/// How many bytes `size` characters decode to at most.
[[nodiscard]] constexpr std::size_t DecodedBase64SizeMax(std::size_t size) { return size / 4 * 3; }

/// The same, into `out`, of DecodedBase64SizeMax() bytes at least: how many bytes there are, or
/// nothing for what DecodeBase64 refuses. It allocates nothing and is several times as fast, but
/// its time may depend on the bytes: for what a client sent itself, not for keys.
[[nodiscard]] std::optional<std::size_t> DecodeBase64Fast(std::string_view text,
                                                          std::span<char> out) noexcept;

}  // namespace latchkey
