#include "signin/pending_totp.h"

#include <gtest/gtest.h>

#include "testing/manual_clock.h"

namespace latchkey {
namespace {

using namespace std::chrono_literals;

TEST(PendingTotpTest, StaysForTenMinutesUntilItIsReplacedOrDone) {
  ManualClock clock;
  PendingTotp pending;
  EXPECT_FALSE(pending.Find("ana", clock.Now()));
  pending.Put("ana", SecretString{"first"}, clock.Now());
  pending.Put("ana", SecretString{"second"}, clock.Now());
  for (int i = 0; i < 2; ++i) {
    const auto key = pending.Find("ana", clock.Now() + 10min - 1ms);
    ASSERT_TRUE(key);
    EXPECT_EQ(key->Expose(), "second");
  }
  EXPECT_FALSE(pending.Find("bob", clock.Now()));
  EXPECT_FALSE(pending.Find("ana", clock.Now() + 10min));
  pending.Put("ana", SecretString{"third"}, clock.Now());
  pending.Erase("ana");
  EXPECT_FALSE(pending.Find("ana", clock.Now()));
}

}  // namespace
}  // namespace latchkey
