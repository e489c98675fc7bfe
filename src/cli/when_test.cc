#include "cli/when.h"

#include <gtest/gtest.h>

#include "testing/manual_clock.h"

namespace latchkey::cli {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

struct WhenCase {
  std::chrono::milliseconds distance;
  const char* text;
};

class DescribeWhenGives : public testing::TestWithParam<WhenCase> {};

TEST_P(DescribeWhenGives, TheLargestUnit) {
  const Instant now = ManualClock::kStart;
  EXPECT_EQ(DescribeWhen(now + GetParam().distance, now), GetParam().text);
}

INSTANTIATE_TEST_SUITE_P(
    All, DescribeWhenGives,
    testing::Values(WhenCase{0ms, "now"}, WhenCase{-999ms, "now"}, WhenCase{1ms, "in 1 second"},
                    WhenCase{1s, "in 1 second"}, WhenCase{59s, "in 59 seconds"},
                    WhenCase{60s, "in 1 minute"}, WhenCase{days{1} - 1s, "in 23 hours"},
                    WhenCase{days{1}, "in 1 day"}, WhenCase{days{90} - 5ms, "in 90 days"},
                    WhenCase{days{12} + 5h, "in 12 days"}, WhenCase{-2h, "2 hours ago"},
                    WhenCase{-days{400}, "400 days ago"}),
    [](const auto& test_case) { return std::to_string(test_case.index); });

}  // namespace
}  // namespace latchkey::cli
