#pragma once

// Recovery codes: what stands in for a second step that is lost.
//
//     x4k9-0m2t-7qpz-h3wd     16 characters of Crockford's Base32: 80 random bits, each works once
//
// Case, dashes and blanks do not count, and the letters that are easily mistaken (O, I, L) are read
// as the digits they look like.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/digest.h"
#include "signin/sign_in.h"

namespace latchkey {

inline constexpr std::size_t kRecoveryCodes = 10;

/// As they are shown. Errors: as Random::Fill.
[[nodiscard]] Result<std::vector<SecretString>> DrawRecoveryCodes(Random& random);

/// What is kept of a code; nothing for a text that is none.
[[nodiscard]] std::optional<Digest> RecoveryCodeDigest(std::string_view code);

/// The index of the unused one that `code` is. Compares with each of them, in constant time.
[[nodiscard]] std::optional<std::size_t> FindRecoveryCode(const std::vector<RecoveryCode>& codes,
                                                          std::string_view code);

}  // namespace latchkey
