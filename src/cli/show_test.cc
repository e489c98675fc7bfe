#include "cli/show.h"

#include <gtest/gtest.h>

#include "cli/fixture/cli_world.h"

namespace latchkey::cli {
namespace {

TEST(ShowTest, MembersOfEachType) {
  const Json json{{"text", "a"}, {"flag", true},       {"no", false},
                  {"number", 3}, {"list", {"a", "b"}}, {"null", nullptr}};
  EXPECT_EQ(ShowMember(json, "text"), "a");
  EXPECT_EQ(ShowMember(json, "flag"), "yes");
  EXPECT_EQ(ShowMember(json, "no"), "no");
  EXPECT_EQ(ShowMember(json, "number"), "3");
  EXPECT_EQ(ShowMember(json, "list"), "a, b");
  EXPECT_EQ(ShowMember(json, "null"), "");
  EXPECT_EQ(ShowMember(json, "missing"), "");
}

TEST(ShowTest, AnInstantWithItsDistance) {
  const Json json{{"at", "2026-12-06T09:00:00Z"}, {"null", nullptr}};
  EXPECT_EQ(ShowInstant(json, "at", ManualClock::kStart, "never"), "2026-12-06 (in 12 days)");
  EXPECT_EQ(ShowInstant(json, "null", ManualClock::kStart, "never"), "never");
}

TEST(ShowTest, AnEndOfADayIsCalledByThatDay) {
  const auto shown = [](const Json& at) {
    return ShowExpiry(Json{{"at", at}}, "at", ManualClock::kStart);
  };
  EXPECT_EQ(shown("2026-12-06T00:00:00Z"), "end of 2026-12-05 UTC (in 11 days)");
  EXPECT_EQ(shown("2027-01-01T00:00:00Z"), "end of 2026-12-31 UTC (in 37 days)");
  EXPECT_EQ(shown("2026-12-06T00:00:00.001Z"), "2026-12-06 (in 11 days)");
  EXPECT_EQ(shown("2026-12-05T23:59:59.999Z"), "2026-12-05 (in 11 days)");
  EXPECT_EQ(shown(nullptr), "never");
}

TEST(ShowTest, StatesHaveTheirStyles) {
  EXPECT_EQ(ShowState(Json{{"state", "active"}}).style, Style::kGood);
  EXPECT_EQ(ShowState(Json{{"state", "expired"}}).style, Style::kWaning);
  EXPECT_EQ(ShowState(Json{{"state", "revoked"}}).style, Style::kBad);
}

}  // namespace
}  // namespace latchkey::cli
