#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace latchkey {

/// Argon2id (RFC 9106) of a password that a person chose, with salt and cost in the text
/// (`$argon2id$v=19$m=65536,t=2,p=1$…`). Takes about 0.1 s and 64 MiB: bound how many run at once.
/// Errors: kUnavailable when the memory is not to be had.
[[nodiscard]] Result<std::string> HashPassword(const SecretString& password);

/// Whether `password` gave `hash`, in constant time.
[[nodiscard]] bool MatchesPassword(const SecretString& password, const std::string& hash);

}  // namespace latchkey
