#include "cluster/lease.h"

#include <gtest/gtest.h>

#include "testing/manual_clock.h"

namespace latchkey {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

class LeaseTest : public testing::Test {
 protected:
  ManualBootClock clock_;
  Lease lease_{clock_, seconds{30}};
};

TEST_F(LeaseTest, IsNotLiveBeforeItWasRenewed) {
  EXPECT_FALSE(lease_.IsLive());
  EXPECT_FALSE(lease_.Age());
}

TEST_F(LeaseTest, RunsOutAfterItsLimit) {
  lease_.Renew(clock_.Now());
  EXPECT_EQ(lease_.Age(), milliseconds{0});
  clock_.Advance(seconds{30});
  EXPECT_TRUE(lease_.IsLive());
  clock_.Advance(milliseconds{1});
  EXPECT_FALSE(lease_.IsLive());
  EXPECT_EQ(lease_.Age(), milliseconds{30'001});
}

TEST_F(LeaseTest, CountsFromBeforeTheProof) {
  const BootInstant before = clock_.Now();
  clock_.Advance(seconds{29});
  lease_.Renew(before);
  EXPECT_EQ(lease_.Age(), seconds{29});
  clock_.Advance(seconds{2});
  EXPECT_FALSE(lease_.IsLive());
}

TEST_F(LeaseTest, IsNotMadeOlderByALateProof) {
  const BootInstant before = clock_.Now();
  clock_.Advance(seconds{5});
  lease_.Renew(clock_.Now());
  lease_.Renew(before);
  EXPECT_EQ(lease_.Age(), seconds{0});
}

TEST_F(LeaseTest, EndsAtOnceAndCanBeRenewed) {
  lease_.Renew(clock_.Now());
  lease_.End();
  EXPECT_FALSE(lease_.IsLive());
  lease_.Renew(clock_.Now());
  EXPECT_TRUE(lease_.IsLive());
}

}  // namespace
}  // namespace latchkey
