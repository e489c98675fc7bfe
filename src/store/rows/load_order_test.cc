#include "store/rows/load_order.h"

#include <gmock/gmock.h>

#include <atomic>
#include <cstdint>

#include "testing/matchers.h"

namespace latchkey::rows {
namespace {

TEST(CutTest, CoversAllOfItOnce) {
  const std::vector<Range> wholes{
      {0, 0}, {0, 1}, {5, 68}, {-3, 3}, {1, 1'000'003}, {7, INT64_MAX}, {INT64_MIN, INT64_MAX}};
  for (const Range& whole : wholes) {
    for (const std::uint64_t parts : {1U, 2U, 64U}) {
      const std::vector<Range> ranges = Cut(whole, parts);
      ASSERT_FALSE(ranges.empty());
      EXPECT_LE(ranges.size(), parts);
      EXPECT_EQ(ranges.front().first, whole.first);
      EXPECT_EQ(ranges.back().last, whole.last);
      for (std::size_t i = 0; i < ranges.size(); ++i) {
        EXPECT_LE(ranges[i].first, ranges[i].last);
        if (i == 0) continue;
        EXPECT_EQ(ranges[i].first, ranges[i - 1].last + 1);
      }
    }
  }
}

TEST(LoadSharesTest, LoadsEachOnceAndStopsAtAnError) {
  std::atomic<int> loaded{0};
  EXPECT_THAT(LoadShares(100, 3,
                         [&](std::size_t, std::size_t thread) -> Result<void> {
                           EXPECT_LT(thread, 3U);
                           ++loaded;
                           return {};
                         }),
              IsOk());
  EXPECT_EQ(loaded, 100);
  EXPECT_THAT(LoadShares(100, 1,
                         [&](std::size_t share, std::size_t) -> Result<void> {
                           EXPECT_LE(share, 7U);
                           if (share == 7) return Fail(Error::Code::kIo, "lost");
                           return {};
                         }),
              FailsWith(Error::Code::kIo, "lost"));
}

}  // namespace
}  // namespace latchkey::rows
