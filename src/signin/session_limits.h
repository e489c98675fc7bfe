#pragma once

// How long a session lasts. Pure functions of a session, when it was last seen, and now.

#include <chrono>
#include <cstddef>

#include "base/instant.h"
#include "signin/session.h"

namespace latchkey {

/// NIST SP 800-63B-4 section 2.2.3 asks for 24 hours and one hour at most at AAL2; those of "stay
/// signed in" are for installations whose policy allows them.
struct SessionLimits {
  std::chrono::seconds idle = std::chrono::minutes{30};
  std::chrono::seconds idle_long = std::chrono::hours{12};
  std::chrono::seconds lifetime = std::chrono::hours{12};
  std::chrono::seconds lifetime_long = std::chrono::days{30};
  /// How long after a proof secrets may be made without another one.
  std::chrono::seconds reauthentication = std::chrono::minutes{15};
  /// Of one account at a time; a new one more ends the oldest.
  std::size_t per_account_max = 100;
};

/// For Session::expires_at. `stay`: "stay signed in".
[[nodiscard]] Instant SessionExpiry(const SessionLimits& limits, Instant now, bool stay);

/// When it ends if it is never seen again: the nearest of its own expiry, the lifetime that the
/// limits allow now, and idleness since `last_seen_at`. A session that was made for longer than
/// `lifetime` is one of those that stay.
[[nodiscard]] Instant SessionEnd(const SessionLimits& limits, const Session& session,
                                 Instant last_seen_at);

/// From then on another proof is needed.
[[nodiscard]] Instant ReauthenticateAfter(const SessionLimits& limits, const Session& session);

}  // namespace latchkey
