#include "signin/session_activity.h"

#include <gmock/gmock.h>

#include "testing/manual_clock.h"

namespace latchkey {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr Instant kStart = ManualClock::kStart;

TEST(SessionActivityTest, KeepsTheLastSightAndSaysWhatChanged) {
  SessionActivity activity;
  activity.Note("a", kStart, "192.0.2.1");
  activity.Note("a", kStart + 1min, "192.0.2.2");
  const SessionSeen last{.id = "a", .at = kStart + 1min, .address = "192.0.2.2"};
  EXPECT_EQ(activity.Find("a"), last);
  EXPECT_FALSE(activity.Find("b"));
  EXPECT_THAT(activity.CollectChanged(), ElementsAre(last));
  EXPECT_THAT(activity.CollectChanged(), IsEmpty());
  activity.Note("a", kStart + 2min, "192.0.2.2");
  activity.Forget("a");
  EXPECT_FALSE(activity.Find("a"));
  EXPECT_THAT(activity.CollectChanged(), IsEmpty());
}

TEST(SessionActivityTest, ForgetsWhatIsLongOver) {
  SessionActivity activity;
  activity.Note("a", kStart, "");
  activity.Note("b", kStart + 1min, "");
  activity.ForgetBefore(kStart + 1min);
  EXPECT_FALSE(activity.Find("a"));
  EXPECT_THAT(activity.CollectChanged(),
              ElementsAre(SessionSeen{.id = "b", .at = kStart + 1min, .address = {}}));
}

TEST(SessionActivityTest, WhatWasStoredDoesNotReplaceWhatIsNewer) {
  SessionActivity activity;
  activity.Note("a", kStart + 1h, "192.0.2.1");
  activity.Restore({{.id = "a", .at = kStart, .address = "old"},
                    {.id = "b", .at = kStart, .address = "192.0.2.3"}});
  EXPECT_EQ(activity.Find("a")->at, kStart + 1h);
  EXPECT_EQ(activity.Find("b")->address, "192.0.2.3");
}

}  // namespace
}  // namespace latchkey
