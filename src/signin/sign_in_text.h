#pragma once

// A SignIn as the text that the seal of its record holds:
//
//     text = "latchkey sign-in 1" | account | password hash | … | password changed at
//
// Every field is preceded by its length, eight bytes big-endian; a number is a field of eight
// bytes, an instant the number of its milliseconds, a list its size and then its elements, what may
// be missing a list of none or one.
//
// Thread safety: stateless.

#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "signin/sign_in.h"

namespace latchkey {

[[nodiscard]] SecretString FormatSignIn(const SignIn& sign_in);

/// Accepts exactly what FormatSignIn() writes. Errors: kMalformed.
[[nodiscard]] Result<SignIn> ParseSignIn(std::string_view text);

}  // namespace latchkey
