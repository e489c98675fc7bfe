#include "verify/throttle.h"

#include <gtest/gtest.h>

#include <string>

#include "testing/manual_clock.h"

namespace latchkey {
namespace {

using namespace std::chrono_literals;

class ThrottleTest : public testing::Test {
 protected:
  Instant now_ = ManualClock::kStart;
};

TEST_F(ThrottleTest, AllowsAsManyFailuresAsItSays) {
  Throttle throttle{{.failures_max = 2, .window = 60s}};
  EXPECT_EQ(throttle.CountFailure("a", now_), 0s);
  EXPECT_EQ(throttle.CountFailure("a", now_), 0s);
  EXPECT_EQ(throttle.CountFailure("a", now_), 60s);
  EXPECT_EQ(throttle.CountFailure("b", now_), 0s) << "keys are apart";
}

TEST_F(ThrottleTest, ForgivesWhenTheWindowEnds) {
  Throttle throttle{{.failures_max = 1, .window = 60s}};
  EXPECT_EQ(throttle.CountFailure("a", now_), 0s);
  EXPECT_EQ(throttle.CountFailure("a", now_ + 59s + 999ms), 1s) << "whole seconds, rounded up";
  EXPECT_EQ(throttle.CountFailure("a", now_ + 60s), 0s);
}

TEST_F(ThrottleTest, AClockSetBackDoesNotStretchAWindow) {
  Throttle throttle{{.failures_max = 1, .window = 60s}};
  EXPECT_EQ(throttle.CountFailure("a", now_), 0s);
  EXPECT_EQ(throttle.CountFailure("a", now_ - 1h), 0s);
  EXPECT_EQ(throttle.CountFailure("a", now_ - 1h), 60s);
}

TEST_F(ThrottleTest, NoFailureAtAllMayBeTheLimit) {
  Throttle throttle{{.failures_max = 0, .window = 60s}};
  EXPECT_EQ(throttle.CountFailure("a", now_), 60s);
  EXPECT_EQ(throttle.CountFailure("a", now_), 60s);
}

TEST_F(ThrottleTest, ForgetsTheOldestKeysWhenThereAreTooMany) {
  Throttle throttle{{.failures_max = 1, .window = 60s, .keys_max = 3}};
  for (const char* key : {"a", "b", "c", "d"}) EXPECT_EQ(throttle.CountFailure(key, now_), 0s);
  EXPECT_EQ(throttle.size(), 3U);
  EXPECT_EQ(throttle.CountFailure("d", now_), 60s);
  EXPECT_EQ(throttle.CountFailure("a", now_), 0s) << "forgotten";
}

}  // namespace
}  // namespace latchkey
