#pragma once

// /api/v1/admin/accounts: who there is, made, changed and helped back in by administrators.
//
// An administrator cannot suspend himself or give up being one: somebody else has to, so that an
// installation is never left without any.
//
// Thread safety: any number of requests at once.

#include "api/route.h"
#include "api/services.h"
#include "problem/json_text.h"

namespace latchkey::api {

class AdminAccounts {
 public:
  /// `services` outlives the resource.
  explicit AdminAccounts(const Services& services) : services_(services) {}

  void AddTo(Routes& routes) const;

  http::Awaitable<Outcome> List(const Call& call) const;
  http::Awaitable<Outcome> Create(const Call& call) const;
  http::Awaitable<Outcome> Show(const Call& call) const;
  http::Awaitable<Outcome> Change(const Call& call) const;
  http::Awaitable<Outcome> MakeLink(const Call& call) const;
  http::Awaitable<Outcome> EndSessions(const Call& call) const;
  http::Awaitable<Outcome> ResetSecondStep(const Call& call) const;

 private:
  /// With what only administrators see. Blocks.
  [[nodiscard]] Result<Json> Describe(const Account& account) const;
  /// The account as it then is; suspending it also ends its sessions. Blocks.
  [[nodiscard]] Result<Json> Apply(const AccountId& id, const AccountEdit& edit,
                                   const Caller& caller) const;

  const Services& services_;
};

}  // namespace latchkey::api
