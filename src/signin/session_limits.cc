#include "signin/session_limits.h"

#include <algorithm>

namespace latchkey {

Instant SessionExpiry(const SessionLimits& limits, Instant now, bool stay) {
  return now + (stay ? limits.lifetime_long : limits.lifetime);
}

Instant SessionEnd(const SessionLimits& limits, const Session& session, Instant last_seen_at) {
  const bool stays = session.expires_at - session.created_at > limits.lifetime;
  const Instant idle_end = last_seen_at + (stays ? limits.idle_long : limits.idle);
  const Instant lifetime_end =
      session.created_at + (stays ? limits.lifetime_long : limits.lifetime);
  return std::min({session.expires_at, lifetime_end, idle_end});
}

Instant ReauthenticateAfter(const SessionLimits& limits, const Session& session) {
  return session.authenticated_at + limits.reauthentication;
}

}  // namespace latchkey
