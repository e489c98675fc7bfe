#pragma once

// Sessions: a browser that signed in, until it ends.
//
// Thread safety: values.

#include <optional>
#include <string>
#include <vector>

#include "account/account.h"
#include "base/instant.h"

namespace latchkey {

/// The cookie's value is a Ticket (ticket.h) with this id. When a session was last seen grants
/// nothing and is not here.
struct Session {
  std::string id;  ///< 16 base62 characters; public.
  AccountId account;
  std::string name;  ///< `Firefox on Linux`; its owner may rename it.
  std::string address;
  std::string user_agent;
  Instant created_at;
  Instant authenticated_at;  ///< Of the last proof that it is the account's owner.
  /// How it was proved, in order: `password`, `totp`, `passkey`, `recovery-code`, `oidc`, `link`.
  std::vector<std::string> methods;
  Instant expires_at;               ///< Whatever is done in it meanwhile.
  std::optional<Instant> ended_at;  ///< Set: ended, for ever.
  std::string end_reason;

  [[nodiscard]] bool IsLive(Instant now) const { return !ended_at && now < expires_at; }
};

}  // namespace latchkey
