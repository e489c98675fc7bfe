#pragma once

// Time-based one-time passwords (RFC 6238): SHA-1, six digits, steps of 30 seconds, as every
// authenticator app has them.
//
// Who accepts a code keeps its step and refuses that one and older ones from then on (RFC 6238
// section 5.2): see ProveTotp().

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

namespace latchkey {

/// 20 random bytes (RFC 4226 section 4 recommends 160 bits). Errors: as Random::Fill.
[[nodiscard]] Result<SecretString> DrawTotpKey(Random& random);

/// The number of whole steps since 1970.
[[nodiscard]] std::int64_t TotpStepAt(Instant now);

/// The six digits of that step.
[[nodiscard]] SecretText<6> TotpCode(const SecretString& key, std::int64_t step);

/// The step whose code `code` is: the one of `now`, the one before or the one after (RFC 6238
/// section 6). Blanks in `code` do not count. Takes the same time whichever it is, or none.
[[nodiscard]] std::optional<std::int64_t> FindTotpStep(const SecretString& key,
                                                       std::string_view code, Instant now);

/// In Base32 (RFC 4648 section 6), without padding.
[[nodiscard]] SecretString TotpKeyText(const SecretString& key);

/// `otpauth://totp/ISSUER:ACCOUNT?secret=…&issuer=ISSUER&algorithm=SHA1&digits=6&period=30`, with
/// both names percent-encoded.
[[nodiscard]] SecretString TotpUri(const SecretString& key, std::string_view issuer,
                                   std::string_view account);

}  // namespace latchkey
