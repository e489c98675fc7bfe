#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"

namespace latchkey::oidc {

/// What an ID token must say.
struct Expectation {
  std::string_view issuer;
  std::string_view client_id;
  std::string_view nonce;
  Instant now;
  /// If set, `auth_time` must be there and not before it (section 2).
  std::optional<Instant> authenticated_since = {};
};

/// What it said. The texts may be empty but for the subject.
struct Claims {
  std::string subject;
  std::string email;
  bool email_verified = false;
  std::string name;
};

/// Of an ID token or an answer of the userinfo endpoint, unchecked. What is not fit to be shown,
/// and a subject that is none, is empty.
[[nodiscard]] Claims ReadClaims(const nlohmann::json& claims);

/// Verifies an ID token (OpenID Connect Core section 3.1.3.7) against a key set (RFC 7517): signed
/// with RS256 or ES256 by a key of that type in the set (by `kid` if there is one; without, only if
/// one key alone fits), RSA of at least 2,048 bits; iss, aud, azp, exp, iat, nbf, auth_time, nonce
/// and sub as expected, with a minute for clocks that differ. `keys` is the set's JSON. Errors:
/// kNotFound if no key fits, so that a newer set may be tried; kPermissionDenied for a token that
/// must not be believed; kMalformed for what is none. No message quotes the token.
[[nodiscard]] Result<Claims> VerifyIdToken(std::string_view token, std::string_view keys,
                                           const Expectation& expected);

}  // namespace latchkey::oidc
