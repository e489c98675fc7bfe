#pragma once

// /api/v1/credentials/self: an API token that renews itself.
//
//     POST …/rotate     the token that asks gets a successor; both are in force
//     POST …/activate   the successor has arrived and is in use: the token before it ends an hour
//                       from now, so that what was begun with it ends well
//
// Both need rotate:self:latchkey, which the successor holds too: it is a leave to last without end,
// so a token has it only if whoever made it said so.
//
// Thread safety: any number of requests at once.

#include "api/call.h"
#include "api/guard.h"
#include "authority/credential_authority.h"
#include "base/clock.h"
#include "http/blocking_pool.h"
#include "scope/requirement.h"

namespace latchkey::api {

class RenewalResource {
 public:
  /// The references outlive the resource.
  struct Parts {
    const Guard& guard;
    CredentialAuthority& authority;
    const Clock& clock;
    http::BlockingPool& pool;
    const Settings& settings;
    Requirement rotate;
  };

  explicit RenewalResource(Parts parts) : parts_(std::move(parts)) {}

  /// 201 with the successor, its secret, and `replaces`. Problems: as Guard::Admit; kMalformed and
  /// kInvalidValue (the Idempotency-Key), kConflict, what stopped the change.
  [[nodiscard]] http::Awaitable<Outcome> Rotate(const Call& call) const;

  /// {"replaces": ID}: 200 with that token, as it is now. Problems: as Guard::Admit and
  /// ReadMembers; kNotFound if that is no token that the caller replaces.
  [[nodiscard]] http::Awaitable<Outcome> Activate(const Call& call) const;

 private:
  Parts parts_;
};

}  // namespace latchkey::api
