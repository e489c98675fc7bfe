#pragma once

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "crypto/keyring.h"

namespace latchkey {

inline constexpr std::size_t kSaltSize = 16;

/// A key from a passphrase that a person chose, by Argon2id (RFC 9106) with 3 passes over 256 MiB:
/// about half a second. `salt` has kSaltSize bytes. Errors: kInvalidArgument (the salt),
/// kUnavailable when the memory is not to be had.
[[nodiscard]] Result<SecretKey> DeriveKey(const SecretString& passphrase, std::string_view salt);

}  // namespace latchkey
