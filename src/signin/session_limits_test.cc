#include "signin/session_limits.h"

#include <gtest/gtest.h>

#include "testing/manual_clock.h"

namespace latchkey {
namespace {

using namespace std::chrono_literals;

constexpr Instant kStart = ManualClock::kStart;

Session SessionOf(const SessionLimits& limits, bool stay) {
  Session session;
  session.created_at = kStart;
  session.authenticated_at = kStart;
  session.expires_at = SessionExpiry(limits, kStart, stay);
  return session;
}

TEST(SessionLimitsTest, EndsHalfAnHourAfterItWasSeenLast) {
  const SessionLimits limits;
  const Session session = SessionOf(limits, false);
  EXPECT_EQ(SessionEnd(limits, session, kStart), kStart + 30min);
  EXPECT_EQ(SessionEnd(limits, session, kStart + 2h), kStart + 2h + 30min);
}

TEST(SessionLimitsTest, EndsAfterTwelveHoursWhateverIsDone) {
  const SessionLimits limits;
  EXPECT_EQ(SessionEnd(limits, SessionOf(limits, false), kStart + 11h + 50min), kStart + 12h);
}

TEST(SessionLimitsTest, OneThatStaysHasTheLongLimits) {
  const SessionLimits limits;
  const Session session = SessionOf(limits, true);
  EXPECT_EQ(SessionEnd(limits, session, kStart), kStart + 12h);
  EXPECT_EQ(SessionEnd(limits, session, kStart + 29 * 24h + 20h), kStart + 30 * 24h);
}

TEST(SessionLimitsTest, ShorterLimitsHoldForSessionsThatAreThere) {
  const SessionLimits before;
  SessionLimits now = before;
  now.lifetime = 1h;
  now.lifetime_long = 48h;
  now.idle = 10min;
  EXPECT_EQ(SessionEnd(now, SessionOf(before, true), kStart + 47h), kStart + 48h);
  EXPECT_EQ(SessionEnd(now, SessionOf(before, false), kStart), kStart + 12h)
      << "made for longer than a short session may last now";
  now.lifetime = 12h;
  EXPECT_EQ(SessionEnd(now, SessionOf(before, false), kStart), kStart + 10min);
}

TEST(SessionLimitsTest, AProofHoldsForAQuarterOfAnHour) {
  const SessionLimits limits;
  Session session = SessionOf(limits, true);
  session.authenticated_at = kStart + 5h;
  EXPECT_EQ(ReauthenticateAfter(limits, session), kStart + 5h + 15min);
}

}  // namespace
}  // namespace latchkey
