#pragma once

// Authenticator data (WebAuthn section 6.1):
//
//     rpIdHash 32 | flags 1 | signCount 4 | [aaguid 16 | length 2 | id | COSE_Key] | [extensions]
//                    UP UV BE BS AT ED          if AT                                  if ED

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/result.h"

namespace latchkey::webauthn {

/// Views into the bytes that were read.
struct AttestedCredential {
  std::string_view id;
  std::string_view public_key;  ///< COSE_Key, as it stands.
};

struct AuthenticatorData {
  std::string_view party_id_hash;
  bool user_present = false;
  bool user_verified = false;
  bool backup_eligible = false;
  bool backed_up = false;
  std::uint32_t sign_count = 0;
  std::optional<AttestedCredential> credential;
};

/// Errors: kMalformed for anything else than the above, up to the last byte.
[[nodiscard]] Result<AuthenticatorData> ParseAuthenticatorData(std::string_view bytes);

}  // namespace latchkey::webauthn
