#pragma once

// How the account signs in, changed by its owner:
//
//     PATCH  /api/v1/me                       the display name
//     PUT    /api/v1/me/password
//     POST   /api/v1/me/totp                  a key, in force once /totp/confirm got a code of it
//     DELETE /api/v1/me/totp
//     POST   /api/v1/me/recovery-codes        ten new ones, shown once
//     GET    /api/v1/me/passkeys              POST …/options, POST, PATCH and DELETE …/{id}
//
// Everything that changes asks for a fresh proof, and is open to an account that has to set up its
// second step first.
//
// Thread safety: any number of requests at once.

#include "api/route.h"
#include "api/services.h"
#include "problem/json_text.h"

namespace latchkey::api {

class FactorResource {
 public:
  /// `services` outlives the resource.
  explicit FactorResource(const Services& services) : services_(services) {}

  void AddTo(Routes& routes) const;

  http::Awaitable<Outcome> ChangeName(const Call& call) const;
  http::Awaitable<Outcome> ChangePassword(const Call& call) const;
  http::Awaitable<Outcome> OfferTotp(const Call& call) const;
  http::Awaitable<Outcome> ConfirmTotp(const Call& call) const;
  http::Awaitable<Outcome> RemoveTotp(const Call& call) const;
  http::Awaitable<Outcome> ReplaceRecoveryCodes(const Call& call) const;

 private:
  const Services& services_;
};

/// Adds `"recovery_codes":[…]` where there are some; such an answer holds secrets.
[[nodiscard]] Answer AnswerWithCodes(int status, const Json& json, const RecoveryCodes& codes);

}  // namespace latchkey::api
