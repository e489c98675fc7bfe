#include "scope/grant_set.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <initializer_list>

namespace latchkey {
namespace {

constexpr GrantSet SetOf(std::initializer_list<std::size_t> positions) {
  GrantSet set;
  for (const std::size_t position : positions) set.Insert(position);
  return set;
}

static_assert(SetOf({255}).Contains(255), "usable when the program is compiled");

TEST(GrantSetTest, HoldsEachPositionAlone) {
  for (std::size_t held = 0; held < GrantSet::kCapacity; ++held) {
    const GrantSet set = SetOf({held});
    for (std::size_t position = 0; position < GrantSet::kCapacity; ++position) {
      ASSERT_EQ(set.Contains(position), position == held) << held << " " << position;
      ASSERT_EQ(set.Covers(SetOf({position})), position == held) << held << " " << position;
    }
  }
}

TEST(GrantSetTest, EverySetCoversTheEmptyOneAndTheEmptyOneNoOther) {
  EXPECT_TRUE(GrantSet{}.Covers(GrantSet{}));
  EXPECT_TRUE(SetOf({63, 64}).Covers(GrantSet{}));
  EXPECT_FALSE(GrantSet{}.Covers(SetOf({0})));
  EXPECT_FALSE(GrantSet{}.Covers(SetOf({255})));
}

TEST(GrantSetTest, CoversNeedsEveryMember) {
  const GrantSet held = SetOf({0, 63, 64, 127, 128, 255});
  EXPECT_TRUE(held.Covers(held));
  EXPECT_TRUE(held.Covers(SetOf({63, 128})));
  EXPECT_FALSE(held.Covers(SetOf({63, 129})));
  EXPECT_FALSE(SetOf({63}).Covers(SetOf({63, 255})));
}

TEST(GrantSetTest, CountsWhatIsMissing) {
  EXPECT_EQ(SetOf({1}).CountMissing({}), 0U);
  EXPECT_EQ(SetOf({1, 63, 64}).CountMissing(SetOf({1, 63, 64})), 0U);
  EXPECT_EQ(SetOf({1}).CountMissing(SetOf({0, 1, 64, 255})), 3U);
}

TEST(GrantSetTest, KnowsWhetherItIsEmpty) {
  EXPECT_TRUE(GrantSet{}.empty());
  for (const std::size_t position : {0U, 63U, 64U, 191U, 192U, 255U}) {
    EXPECT_FALSE(SetOf({position}).empty()) << position;
  }
}

TEST(GrantSetTest, JoinsAndCompares) {
  GrantSet set = SetOf({1});
  set |= SetOf({64});
  EXPECT_EQ(set, SetOf({64, 1}));
  EXPECT_NE(set, SetOf({1}));
  set.Insert(1);
  EXPECT_EQ(set, SetOf({1, 64}));
}

}  // namespace
}  // namespace latchkey
