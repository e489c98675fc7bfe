#pragma once

// Devices that signed an account in before: what the device cookie holds.
//
//     id (16 base62) "." HMAC-SHA-256 of account and id, in hexadecimal
//
// It lets nobody in. It only puts the failures of a browser that once proved itself into a count of
// their own, so that somebody else's guessing does not lock its owner out. Nothing is stored of it.

#include <string>
#include <string_view>

#include "account/account.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/keyring.h"

namespace latchkey {

/// Errors: as Random::Fill.
[[nodiscard]] Result<SecretString> MakeDevice(const SecretKey& key, const AccountId& account,
                                              Random& random);

/// The device's id if `value` was made for that account; empty otherwise.
[[nodiscard]] std::string KnownDevice(const SecretKey& key, const AccountId& account,
                                      std::string_view value);

}  // namespace latchkey
