#include "signin/attempts.h"

#include <gtest/gtest.h>

#include <string>

#include "testing/manual_clock.h"
#include "testing/matchers.h"
#include "testing/scripted_random.h"

namespace latchkey {
namespace {

using namespace std::chrono_literals;

class AttemptsTest : public testing::Test {
 protected:
  std::string Begin(const std::string& account) {
    const auto cookie =
        attempts_.Begin({.account = account, .methods = {"password"}}, clock_.Now(), random_);
    return cookie ? std::string{cookie->Expose()} : std::string{};
  }

  ManualClock clock_;
  ScriptedRandom random_;
  Attempts attempts_;
};

TEST_F(AttemptsTest, LastsFiveMinutes) {
  const std::string cookie = Begin("ana");
  clock_.Advance(5min - 1ms);
  ASSERT_TRUE(attempts_.Find(cookie, clock_.Now()));
  EXPECT_EQ(attempts_.Find(cookie, clock_.Now())->account, "ana");
  clock_.Advance(1ms);
  EXPECT_FALSE(attempts_.Find(cookie, clock_.Now()));
}

TEST_F(AttemptsTest, HasFiveTries) {
  const std::string cookie = Begin("ana");
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(attempts_.TakeTry(cookie, clock_.Now())) << i;
  EXPECT_FALSE(attempts_.TakeTry(cookie, clock_.Now()));
  EXPECT_FALSE(attempts_.Find(cookie, clock_.Now()));
}

TEST_F(AttemptsTest, EndsOnceAndOneIsNotAnother) {
  const std::string ana = Begin("ana");
  const std::string bob = Begin("bob");
  EXPECT_NE(ana, bob);
  EXPECT_TRUE(attempts_.End(ana, clock_.Now()));
  EXPECT_FALSE(attempts_.End(ana, clock_.Now()));
  EXPECT_TRUE(attempts_.Find(bob, clock_.Now()));
  EXPECT_FALSE(attempts_.Find("", clock_.Now()));
  EXPECT_FALSE(attempts_.Find(bob.substr(0, 16), clock_.Now()));
}

TEST_F(AttemptsTest, NoneWithoutRandomness) {
  random_.FailAlways();
  EXPECT_THAT(attempts_.Begin({.account = "ana", .methods = {}}, clock_.Now(), random_),
              FailsWith(Error::Code::kUnavailable));
}

}  // namespace
}  // namespace latchkey
