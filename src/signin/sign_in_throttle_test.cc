#include "signin/sign_in_throttle.h"

#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "testing/manual_clock.h"

namespace latchkey {
namespace {

using namespace std::chrono_literals;
using Buckets = std::vector<std::string>;

class SignInThrottleTest : public testing::Test {
 protected:
  /// How many failures are let through before the first pause.
  int FailUntilPause(const Buckets& buckets) {
    int failures = 0;
    while (throttle_.Reserve(buckets, clock_.Now()) == 0s) ++failures;
    return failures;
  }

  ManualClock clock_;
  SignInThrottle throttle_;
  const Buckets ana_{AccountBucket("a"), AddressBucket("192.0.2.1")};
};

TEST_F(SignInThrottleTest, ThePauseDoublesUpToFiveMinutes) {
  EXPECT_EQ(FailUntilPause(ana_), 5);
  for (const auto pause : {1s, 2s, 4s, 8s, 16s, 32s, 64s, 128s, 256s, 300s, 300s}) {
    EXPECT_EQ(throttle_.Reserve(ana_, clock_.Now()), pause);
    clock_.Advance(pause - 1ms);
    EXPECT_EQ(throttle_.Reserve(ana_, clock_.Now()), 1s);
    clock_.Advance(1ms);
    EXPECT_EQ(throttle_.Reserve(ana_, clock_.Now()), 0s);
  }
}

TEST_F(SignInThrottleTest, NobodyGetsAHundredGuessesInAnHour) {
  int guesses = 0;
  for (const Instant end = clock_.Now() + 1h; clock_.Now() < end; clock_.Advance(1s)) {
    while (throttle_.Reserve(ana_, clock_.Now()) == 0s) ++guesses;
  }
  EXPECT_EQ(guesses, 24);
}

TEST_F(SignInThrottleTest, ManyAtOnceGetNoMoreThanOneAfterTheOther) {
  std::atomic<int> let_through = 0;
  std::vector<std::jthread> threads;
  threads.reserve(8);
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 125; ++j) {
        if (throttle_.Reserve(ana_, clock_.Now()) == 0s) ++let_through;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(let_through, 5);
}

TEST_F(SignInThrottleTest, ARightProofIsTakenBackAndACompleteSignInEndsTheRow) {
  for (int i = 0; i < 100; ++i) {
    ASSERT_EQ(throttle_.Reserve(ana_, clock_.Now()), 0s) << i;
    throttle_.TakeBack(ana_);
  }
  for (int i = 0; i < 4; ++i) ASSERT_EQ(throttle_.Reserve(ana_, clock_.Now()), 0s);
  ASSERT_EQ(throttle_.Reserve(ana_, clock_.Now()), 0s);
  throttle_.EndRow(ana_);
  EXPECT_EQ(FailUntilPause({AccountBucket("a")}), 5);
  EXPECT_EQ(throttle_.Reserve(Buckets{AddressBucket("192.0.2.1")}, clock_.Now()), 0s);
}

TEST_F(SignInThrottleTest, ARightProofAfterAPauseBeginsNoOther) {
  FailUntilPause(ana_);
  clock_.Advance(1s);
  for (int step = 0; step < 2; ++step) {
    ASSERT_EQ(throttle_.Reserve(ana_, clock_.Now()), 0s) << step;
    throttle_.TakeBack(ana_);
  }
  ASSERT_EQ(throttle_.Reserve(ana_, clock_.Now()), 0s);
  EXPECT_EQ(throttle_.Reserve(ana_, clock_.Now()), 2s) << "a wrong one does";
}

TEST_F(SignInThrottleTest, AnAddressIsPausedOverManyAccountsAndASuccessDoesNotFreeIt) {
  int failures = 0;
  for (; failures < 100; ++failures) {
    const Buckets other{AccountBucket(std::to_string(failures)), AddressBucket("192.0.2.1")};
    if (throttle_.Reserve(other, clock_.Now()) != 0s) break;
    if (failures % 2 == 0) continue;
    throttle_.TakeBack(other);
    throttle_.EndRow(other);
  }
  EXPECT_EQ(failures, 39) << "every other one of them failed: 20";
  EXPECT_EQ(throttle_.Reserve(Buckets{AddressBucket("192.0.2.2")}, clock_.Now()), 0s);
}

TEST_F(SignInThrottleTest, ADeviceHasACountOfItsOwn) {
  FailUntilPause(ana_);
  EXPECT_EQ(throttle_.Reserve(Buckets{DeviceBucket("a", "d")}, clock_.Now()), 0s);
}

TEST_F(SignInThrottleTest, ForgetsADayAfterTheLastFailure) {
  FailUntilPause(ana_);
  clock_.Advance(24h - 1ms);
  EXPECT_EQ(throttle_.Reserve(ana_, clock_.Now()), 0s);
  EXPECT_NE(throttle_.Reserve(ana_, clock_.Now()), 0s);
  clock_.Advance(24h);
  EXPECT_EQ(FailUntilPause(ana_), 5);
}

TEST_F(SignInThrottleTest, MadeUpNamesDoNotPushOutWhoIsAttacked) {
  SignInThrottle small{{.buckets_max = 10}};
  const Buckets attacked{AccountBucket("a")};
  while (small.Reserve(attacked, clock_.Now()) == 0s) {
  }
  for (int i = 0; i < 1000; ++i) {
    clock_.Advance(1ms);
    static_cast<void>(small.Reserve(Buckets{NameBucket(std::to_string(i))}, clock_.Now()));
  }
  EXPECT_EQ(small.size(), 10U);
  EXPECT_EQ(small.Reserve(attacked, clock_.Now() - 1s), 1s);
}

TEST_F(SignInThrottleTest, CountsOutliveARestart) {
  FailUntilPause(ana_);
  const std::vector<FailureCount> kept = throttle_.CollectChanged();
  EXPECT_EQ(kept.size(), 2U);
  EXPECT_TRUE(throttle_.CollectChanged().empty());
  SignInThrottle next;
  next.Restore(kept, clock_.Now());
  EXPECT_EQ(next.Reserve(ana_, clock_.Now()), 1s);
  EXPECT_TRUE(next.CollectChanged().empty());
  next.EndRow(ana_);
  const std::vector<FailureCount> changed = next.CollectChanged();
  ASSERT_EQ(changed.size(), 1U);
  EXPECT_EQ(changed.front(), (FailureCount{.bucket = ana_.front(), .failures = 0, .last = {}}));
  SignInThrottle much_later;
  much_later.Restore(kept, clock_.Now() + 24h);
  EXPECT_EQ(much_later.size(), 0U);
}

TEST(SignInBucketTest, AnIpv6AddressCountsByItsNetwork) {
  EXPECT_EQ(AddressBucket("2001:db8:1:2::1"), AddressBucket("2001:db8:1:2:ffff::9"));
  EXPECT_NE(AddressBucket("2001:db8:1:2::1"), AddressBucket("2001:db8:1:3::1"));
  EXPECT_NE(AddressBucket("192.0.2.1"), AddressBucket("192.0.2.2"));
  EXPECT_EQ(NameBucket("Ana@Example.com"), NameBucket("ana@example.com"));
  EXPECT_EQ(NameBucket("hunter2").find("hunter2"), std::string::npos);
}

}  // namespace
}  // namespace latchkey
