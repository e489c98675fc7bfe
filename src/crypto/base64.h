#pragma once

// Base64 (RFC 4648 section 4), one spelling a value: padded, no line breaks, no other alphabet, no
// stray bits after the last character.

#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace latchkey {

/// One line, however long. The input is a credential, so the output is one too.
[[nodiscard]] SecretString EncodeBase64(std::string_view bytes);

/// Errors: kMalformed for anything that EncodeBase64 would not have written.
[[nodiscard]] Result<SecretString> DecodeBase64(std::string_view text);

}  // namespace latchkey
