#pragma once

// /api/v1/sessions: where the account is signed in, and ending that. What belongs to another
// account does not exist.
//
// Thread safety: any number of requests at once.

#include "api/route.h"
#include "api/services.h"

namespace latchkey::api {

class SessionListResource {
 public:
  /// `services` outlives the resource.
  explicit SessionListResource(const Services& services) : services_(services) {}

  void AddTo(Routes& routes) const;

  http::Awaitable<Outcome> List(const Call& call) const;
  http::Awaitable<Outcome> Rename(const Call& call) const;
  http::Awaitable<Outcome> End(const Call& call) const;
  /// `?others=true`: all but the one that asks.
  http::Awaitable<Outcome> EndAll(const Call& call) const;

 private:
  const Services& services_;
};

}  // namespace latchkey::api
