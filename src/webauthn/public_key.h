#pragma once

// Public keys of authenticators, and the one place that asks libfido2.

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace latchkey::webauthn {

/// Of the IANA registry "COSE Algorithms"; in the order of our preference.
enum class Algorithm : std::int16_t { kEs256 = -7, kEdDsa = -8, kRs256 = -257 };

/// Which algorithm a COSE_Key is for (RFC 9053), after reading it whole: ES256 on P-256, EdDSA on
/// Ed25519, RS256 with 2,048 bits and exponent 65,537, each with a point or modulus that is one.
/// Errors: kMalformed for what is no key; kInvalidArgument for any other algorithm.
[[nodiscard]] Result<Algorithm> AlgorithmOf(std::string_view cose_key);

/// What was signed: authenticator data, and the SHA-256 of the client data.
struct Signed {
  std::string_view party_id;
  std::string_view authenticator_data;
  std::string_view client_data_hash;
  std::string_view signature;
  bool user_verification_required;
};

/// Whether `cose_key` signed it. libfido2 compares the party, user presence and user verification
/// once more. Errors: of AlgorithmOf(); kPermissionDenied.
[[nodiscard]] Result<void> VerifySignature(std::string_view cose_key, const Signed& statement);

}  // namespace latchkey::webauthn
