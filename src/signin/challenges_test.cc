#include "signin/challenges.h"

#include <gtest/gtest.h>

#include "testing/manual_clock.h"
#include "testing/matchers.h"
#include "testing/scripted_random.h"

namespace latchkey {
namespace {

using namespace std::chrono_literals;

TEST(ChallengesTest, EachIsForOneOwnerOneUseAndFiveMinutes) {
  ManualClock clock;
  ScriptedRandom random;
  Challenges challenges;
  const Result<std::string> first = challenges.Make("a", clock.Now(), random);
  const Result<std::string> second = challenges.Make("b", clock.Now(), random);
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(first->size(), 32U);
  EXPECT_NE(*first, *second);
  EXPECT_FALSE(challenges.Take("c", clock.Now()));
  EXPECT_EQ(challenges.Take("a", clock.Now()), *first);
  EXPECT_FALSE(challenges.Take("a", clock.Now()));
  clock.Advance(5min);
  EXPECT_FALSE(challenges.Take("b", clock.Now()));
}

TEST(ChallengesTest, ANewOneReplacesTheLast) {
  ManualClock clock;
  ScriptedRandom random;
  Challenges challenges;
  ASSERT_THAT(challenges.Make("a", clock.Now(), random), IsOk());
  const Result<std::string> second = challenges.Make("a", clock.Now(), random);
  ASSERT_THAT(second, IsOk());
  EXPECT_EQ(challenges.Take("a", clock.Now()), *second);
  random.FailAlways();
  EXPECT_THAT(challenges.Make("a", clock.Now(), random), FailsWith(Error::Code::kUnavailable));
}

TEST(ExpiringMapTest, WhatWouldEndFirstMakesRoom) {
  const Instant now = ManualClock::kStart;
  ExpiringMap<int> map{2};
  map.Put("long", 1, now + 3min);
  map.Put("short", 2, now + 1min);
  map.Put("new", 3, now + 2min);
  EXPECT_EQ(map.size(), 2U);
  EXPECT_EQ(map.Find("short", now), nullptr);
  ASSERT_NE(map.Find("long", now), nullptr);
  EXPECT_EQ(*map.Find("long", now), 1);
  EXPECT_EQ(map.Find("new", now + 2min), nullptr);
  EXPECT_EQ(map.size(), 1U);
}

}  // namespace
}  // namespace latchkey
