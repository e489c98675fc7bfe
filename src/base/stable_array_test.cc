#include "base/stable_array.h"

#include <gtest/gtest.h>

#include <vector>

namespace latchkey {
namespace {

TEST(StableArrayTest, NumbersFromZeroAndNeverMoves) {
  StableArray<std::size_t> array;
  std::vector<const std::size_t*> places;
  // Over the ends of several chunks.
  for (std::size_t i = 0; i < 5000; ++i) {
    ASSERT_EQ(array.Grow(), i);
    EXPECT_EQ(array.At(i), 0U);
    array.At(i) = i;
    places.push_back(&array.At(i));
  }
  EXPECT_EQ(array.size(), 5000U);
  for (std::size_t i = 0; i < 5000; ++i) {
    ASSERT_EQ(array.At(i), i);
    ASSERT_EQ(&array.At(i), places[i]);
  }
}

}  // namespace
}  // namespace latchkey
