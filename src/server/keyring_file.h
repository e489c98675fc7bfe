#pragma once

#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "crypto/keyring.h"
#include "server/settings.h"

namespace latchkey::server {

/// The setting, else systemd's credential `latchkey-keyring` (systemd.exec(5), LoadCredential=),
/// else `keyring` in the data directory.
[[nodiscard]] std::string KeyringPath(const Settings& settings);

/// Reads the keyring. It must be a file that nobody but its owner can read.
/// Errors: kNotFound, kPermissionDenied (mode), kIo, kMalformed.
[[nodiscard]] Result<Keyring> ReadKeyring(const std::string& path);

/// Writes a fresh ring, mode 0600, durably. Errors: kAlreadyExists, kIo, as Random::Fill.
[[nodiscard]] Result<Keyring> CreateKeyring(const std::string& path, Random& random,
                                            const Clock& clock);

/// Puts `keyring` in the place of the file, durably and at once. Errors: kIo.
[[nodiscard]] Result<void> ReplaceKeyring(const std::string& path, const Keyring& keyring);

}  // namespace latchkey::server
