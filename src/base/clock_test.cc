#include "base/clock.h"

#include <gtest/gtest.h>

#include <chrono>

#include "testing/manual_clock.h"

namespace latchkey {
namespace {

using namespace std::chrono_literals;

TEST(CoarseSystemClockTest, IsCloseToTheOtherClock) {
  // A tick of the kernel is at most ten milliseconds; a second is for a machine that stands still.
  const Instant before = SystemClock{}.Now();
  const Instant coarse = CoarseSystemClock{}.Now();
  const Instant after = SystemClock{}.Now();
  EXPECT_GE(coarse, before - std::chrono::seconds{1});
  EXPECT_LE(coarse, after);
}

TEST(SystemClockTest, TellsTheSystemsTime) {
  const auto before =
      std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const Instant now = SystemClock{}.Now();
  const auto after = std::chrono::ceil<std::chrono::milliseconds>(std::chrono::system_clock::now());
  EXPECT_GE(now, before);
  EXPECT_LE(now, after);
}

TEST(ManualClockTest, MovesOnlyWhenItIsTurned) {
  ManualClock clock;
  EXPECT_EQ(clock.Now(), ManualClock::kStart);
  clock.Advance(1500ms);
  EXPECT_EQ(clock.Now(), ManualClock::kStart + 1500ms);
  clock.Advance(-2s);
  EXPECT_EQ(clock.Now(), ManualClock::kStart - 500ms);
  clock.Set(Instant{1ms});
  EXPECT_EQ(clock.Now(), Instant{1ms});
}

TEST(SystemBootClock, GoesForward) {
  const SystemBootClock clock;
  const BootInstant first = clock.Now();
  EXPECT_GT(first.time_since_epoch().count(), 0);
  EXPECT_GE(clock.Now(), first);
}

}  // namespace
}  // namespace latchkey
