#pragma once

// One-time links: whoever holds one may choose a password, once.
//
// Thread safety: values.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "account/account.h"
#include "base/instant.h"

namespace latchkey {

enum class LinkKind : std::uint8_t {
  kSetUp,          ///< Makes the first administrator; there is no account yet.
  kInvitation,     ///< The first password of an account that somebody else made.
  kPasswordReset,  ///< Another password, and every session ends.
};

[[nodiscard]] std::string_view KindName(
    LinkKind kind);  ///< `set-up`, `invitation`, `password-reset`
[[nodiscard]] std::optional<LinkKind> ParseLinkKind(std::string_view name);

/// How long a link of that kind lasts: a day, a week, an hour.
[[nodiscard]] std::chrono::seconds LifetimeOf(LinkKind kind);

/// The link's text is a Ticket (ticket.h) with this id, in the fragment of PUBLIC_URL/link#TEXT,
/// which no browser sends.
struct Link {
  std::string id;  ///< 16 base62 characters; public.
  LinkKind kind = LinkKind::kPasswordReset;
  std::optional<AccountId> account;  ///< Missing for kSetUp alone.
  Instant created_at;
  Instant expires_at;
  std::optional<Instant> used_at;  ///< Set: used, or withdrawn, for ever.
  std::string made_by;             ///< As ChangeInfo::actor.

  [[nodiscard]] bool IsLive(Instant now) const { return !used_at && now < expires_at; }
};

}  // namespace latchkey
