#pragma once

// Base64 for URLs and JSON (RFC 4648 section 5), one spelling a value: no padding, no line breaks,
// no other alphabet, no stray bits after the last character. For public values alone (a WebAuthn
// challenge, the parts of an ID token): the time may depend on the bytes.

#include <string>
#include <string_view>

#include "base/result.h"

namespace latchkey {

[[nodiscard]] std::string EncodeBase64Url(std::string_view bytes);

/// Errors: kMalformed for anything that EncodeBase64Url would not have written.
[[nodiscard]] Result<std::string> DecodeBase64Url(std::string_view text);

}  // namespace latchkey
