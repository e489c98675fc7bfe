#pragma once

// What a passkey ceremony's two requests have in common: the challenge between them, and the stored
// passkey that an answer is held against.

#include <string>
#include <string_view>

#include "api/json_body.h"
#include "api/services.h"
#include "problem/json_text.h"

namespace latchkey::api {

/// Problems: kNotFound where browsers offer no passkeys.
[[nodiscard]] OrProblem<void> RequirePasskeys(const Services& services);

/// {"publicKey":{…}} for navigator.credentials.get(), with a fresh challenge of `owner`. With an
/// account: one of its passkeys. Without: whichever the person picks, with the authenticator's own
/// proof of who uses it.
[[nodiscard]] OrProblem<Json> MakeRequestOptions(const Services& services, std::string_view owner,
                                                 const AccountId* account);

/// {"publicKey":{…}} for navigator.credentials.create(), with a fresh challenge of `owner`.
[[nodiscard]] OrProblem<Json> MakeCreationOptions(const Services& services, std::string_view owner,
                                                  const Account& account);

/// Checks what navigator.credentials.get() gave, and takes the challenge of `owner`. Errors:
/// kMalformed, kLimitExceeded; kPermissionDenied, kTampered: it proves nothing.
[[nodiscard]] Result<VerifiedPasskey> CheckAssertion(const Services& services,
                                                     std::string_view owner,
                                                     const AccountId* account,
                                                     const JsonBody& credential);

/// Checks what navigator.credentials.create() gave, likewise. Not yet stored.
[[nodiscard]] Result<Passkey> CheckRegistration(const Services& services, std::string_view owner,
                                                const JsonBody& credential);

}  // namespace latchkey::api
