#pragma once

// What is wrong with a text that somebody stored or pasted as a credential: the traps that end in a
// bare "authentication failed".

#include <cstdint>
#include <string>
#include <string_view>

namespace latchkey::client {

enum class SecretFault : std::uint8_t {
  kNone,            ///< A whole credential, as it is.
  kSpaceAround,     ///< A credential, with a line break or blanks around it.
  kBase64,          ///< The Base64 of `user:secret`, whole: it belongs into a header, not here.
  kBase64LineFeed,  ///< The same with a line break behind the secret: `echo` without `-n`.
  kBase64Cut,       ///< The same, cut after its first line: `base64` without `-w0`.
  kBase64Wrapped,   ///< The same, with a line break in the Base64 itself.
  kHeader,          ///< `Bearer …`, `Basic …` or `Authorization: …`.
  kMistyped,        ///< A credential with characters lost, added or changed.
  kOther,           ///< Nothing of Latchkey's.
};

[[nodiscard]] SecretFault LookAtSecret(std::string_view text);

/// What it is, and what to do about it; one line. Empty for kNone.
[[nodiscard]] std::string_view ExplainFault(SecretFault fault);

}  // namespace latchkey::client
