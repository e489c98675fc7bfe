#include "verify/decision_counters.h"

#include <gtest/gtest.h>

#include <thread>

namespace latchkey {
namespace {

constexpr std::size_t PlaceOf(Cause cause) { return 1 + static_cast<std::size_t>(cause); }

TEST(DecisionCountersTest, SumsOverThreadsAndApps) {
  const DecisionCounters counters;
  counters.Count("bitbucket", std::nullopt);
  counters.Count("bitbucket", Cause::kExpired);
  std::thread{[&] {
    counters.Count("bitbucket", Cause::kExpired);
    counters.Count("wiki", std::nullopt);
  }}.join();
  const CauseCounts total = counters.Total();
  EXPECT_EQ(total[0], 2U);
  EXPECT_EQ(total[PlaceOf(Cause::kExpired)], 2U);
  const std::vector<AppCounts> apps = counters.ByApp();
  ASSERT_EQ(apps.size(), 2U);
  EXPECT_EQ(apps[0].app, "bitbucket");
  EXPECT_EQ(apps[0].counts[0], 1U);
  EXPECT_EQ(apps[0].counts[PlaceOf(Cause::kExpired)], 2U);
  EXPECT_EQ(apps[1].app, "wiki");
  EXPECT_EQ(apps[1].counts[0], 1U);
}

TEST(DecisionCountersTest, CountsEachCauseInItsPlace) {
  const DecisionCounters counters;
  for (std::size_t cause = 0; cause < kCauseCount; ++cause) {
    for (std::size_t times = 0; times <= cause; ++times) {
      counters.Count("a", static_cast<Cause>(cause));
    }
  }
  for (std::size_t cause = 0; cause < kCauseCount; ++cause) {
    EXPECT_EQ(counters.Total()[1 + cause], cause + 1);
  }
}

TEST(DecisionCountersTest, BoundsTheNumberOfAppsAndLosesNoCount) {
  const DecisionCounters counters;
  constexpr std::size_t kApps = DecisionCounters::kAppsMax + 10;
  for (int round = 0; round < 2; ++round) {
    for (std::size_t i = 0; i < kApps; ++i) {
      counters.Count("app-" + std::to_string(i), std::nullopt);
    }
  }
  EXPECT_EQ(counters.Total()[0], 2 * kApps);
  const std::vector<AppCounts> apps = counters.ByApp();
  ASSERT_EQ(apps.size(), DecisionCounters::kAppsMax + 1);
  for (std::size_t i = 0; i < DecisionCounters::kAppsMax; ++i) {
    EXPECT_EQ(apps[i].app, "app-" + std::to_string(i));
    EXPECT_EQ(apps[i].counts[0], 2U);
  }
  EXPECT_EQ(apps.back().app, "");
  EXPECT_EQ(apps.back().counts[0], 20U);
}

TEST(DecisionCountersTest, TellsApartNamesThatMeetInTheTable) {
  const DecisionCounters counters;
  // More names than places, so that some share one, counted in turn.
  for (int i = 0; i < 40; ++i) {
    for (const char* app : {"aa", "b", "c", "d", "ee", "f", "g", "h"}) {
      counters.Count(app, std::nullopt);
    }
  }
  for (const AppCounts& app : counters.ByApp()) EXPECT_EQ(app.counts[0], 40U) << app.app;
}

}  // namespace
}  // namespace latchkey
