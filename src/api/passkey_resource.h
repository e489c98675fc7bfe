#pragma once

// /api/v1/me/passkeys: the account's passkeys. In paths and answers their ids are base64url.
//
// Thread safety: any number of requests at once.

#include "api/route.h"
#include "api/services.h"

namespace latchkey::api {

class PasskeyResource {
 public:
  /// `services` outlives the resource.
  explicit PasskeyResource(const Services& services) : services_(services) {}

  void AddTo(Routes& routes) const;

  http::Awaitable<Outcome> List(const Call& call) const;
  http::Awaitable<Outcome> Options(const Call& call) const;
  http::Awaitable<Outcome> Add(const Call& call) const;
  http::Awaitable<Outcome> Rename(const Call& call) const;
  http::Awaitable<Outcome> Remove(const Call& call) const;

 private:
  const Services& services_;
};

}  // namespace latchkey::api
