#include "verify/epoch.h"

#include <gtest/gtest.h>

#include <thread>

namespace latchkey {
namespace {

class EpochTest : public testing::Test {
 protected:
  /// Retires something; `given_back_` counts.
  void Retire() {
    epochs_.Retire([this] { ++given_back_; });
  }

  int given_back_ = 0;
  EpochDomain epochs_;
};

TEST_F(EpochTest, GivesBackAtOnceWhereNobodyLooks) {
  Retire();
  EXPECT_EQ(given_back_, 1);
  EXPECT_EQ(epochs_.retired(), 0U);
}

TEST_F(EpochTest, KeepsWhatAGuardMaySeeUntilItEnds) {
  {
    const EpochDomain::Guard guard = epochs_.Enter();
    Retire();
    epochs_.Reclaim();
    EXPECT_EQ(given_back_, 0);
    EXPECT_EQ(epochs_.retired(), 1U);
  }
  epochs_.Reclaim();
  EXPECT_EQ(given_back_, 1);
}

TEST_F(EpochTest, AGuardWithinAGuardEndsNothing) {
  const EpochDomain::Guard guard = epochs_.Enter();
  {
    const EpochDomain::Guard inner = epochs_.Enter();
  }
  Retire();
  EXPECT_EQ(given_back_, 0);
}

TEST_F(EpochTest, ALaterGuardKeepsNothingOfBefore) {
  std::atomic<int> step{0};
  const auto reach = [&step](int next) {
    step = next;
    step.notify_all();
  };
  const auto wait_for = [&step](int wanted) {
    for (int now = step; now < wanted; now = step) step.wait(now);
  };
  std::thread reader{[&] {
    wait_for(1);
    const EpochDomain::Guard guard = epochs_.Enter();
    reach(2);
    wait_for(3);
  }};
  {
    const EpochDomain::Guard guard = epochs_.Enter();
    Retire();
    reach(1);
    wait_for(2);  // The other thread entered after the retirement.
  }
  epochs_.Reclaim();
  EXPECT_EQ(given_back_, 1);
  Retire();
  EXPECT_EQ(given_back_, 1) << "the other thread may see this one";
  reach(3);
  reader.join();
  epochs_.Reclaim();
  EXPECT_EQ(given_back_, 2);
}

TEST_F(EpochTest, GuardsOfOneDomainDoNotHoldUpAnother) {
  const EpochDomain other;
  const EpochDomain::Guard guard = other.Enter();
  Retire();
  EXPECT_EQ(given_back_, 1);
}

TEST(EpochDomainTest, GivesEverythingBackWhenItGoes) {
  int given_back = 0;
  {
    EpochDomain epochs;
    {
      const EpochDomain::Guard guard = epochs.Enter();
      epochs.Retire([&] { ++given_back; });
    }
    EXPECT_EQ(given_back, 0);
  }
  EXPECT_EQ(given_back, 1);
}

}  // namespace
}  // namespace latchkey
