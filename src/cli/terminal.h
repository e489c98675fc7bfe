#pragma once

// Secrets from a terminal or a file descriptor: never echoed, every buffer wiped.

#include <cstddef>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace latchkey::cli {

/// Far above any credential or password.
inline constexpr std::size_t kSecretSizeMax = 65536;

/// Writes `prompt` to the controlling terminal and reads one line from it with echo switched off;
/// the echo is restored whatever happens, an interrupt included. Errors: kUnavailable (no
/// terminal), kIo, kLimitExceeded.
[[nodiscard]] Result<SecretString> PromptSecret(std::string_view prompt);

/// Everything up to the end of `fd`. Errors: kIo, kLimitExceeded.
[[nodiscard]] Result<SecretString> ReadSecret(int fd);

}  // namespace latchkey::cli
