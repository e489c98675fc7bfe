#include "cluster/barrier_judge.h"

#include <gmock/gmock.h>

#include <optional>

namespace latchkey {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr milliseconds kLease = seconds{30};

NodeRow Row(const std::string& id, std::uint64_t n, std::uint64_t position) {
  return {.who = {.id = id, .name = "node-" + id, .started_at = {}},
          .n = n,
          .position = position,
          .updated_at = {}};
}

/// One reading of the list: when, and what node `b` was. Our own is always there.
struct Reading {
  milliseconds at;
  std::uint64_t n;
  std::uint64_t position;
};

struct Case {
  const char* what;
  std::vector<Reading> readings;
  std::uint64_t own_position;
  NodeStanding wanted;
};

// Of change 10.
const std::vector<Case> kCases{
    {"it is there already", {{seconds{0}, 1, 10}}, 12, NodeStanding::kConfirmed},
    {"it is past the change", {{seconds{0}, 1, 12}}, 12, NodeStanding::kConfirmed},
    {"it is one short", {{seconds{0}, 1, 9}}, 12, NodeStanding::kPending},
    {"it claims more than there is: another history",
     {{seconds{0}, 1, 13}},
     12,
     NodeStanding::kPending},
    {"it is silent, not for long enough",
     {{seconds{0}, 1, 9}, {milliseconds{30'999}, 1, 9}},
     12,
     NodeStanding::kPending},
    {"it is silent for its lease and the margin",
     {{seconds{0}, 1, 9}, {seconds{31}, 1, 9}},
     12,
     NodeStanding::kFenced},
    {"it proved that it lives in between",
     {{seconds{0}, 1, 9}, {seconds{20}, 2, 9}, {seconds{31}, 2, 9}},
     12,
     NodeStanding::kPending},
    {"it came back after it was fenced, and has not followed yet",
     {{seconds{0}, 1, 9}, {seconds{40}, 1, 9}, {seconds{41}, 2, 9}},
     12,
     NodeStanding::kPending},
    {"it came back and followed",
     {{seconds{0}, 1, 9}, {seconds{40}, 1, 9}, {seconds{41}, 2, 11}},
     12,
     NodeStanding::kConfirmed},
    {"it is silent and of another history",
     {{seconds{0}, 1, 99}, {seconds{31}, 1, 99}},
     12,
     NodeStanding::kFenced},
};

TEST(BarrierJudge, TellsHowANodeStandsToAChange) {
  for (const Case& one : kCases) {
    BarrierJudge judge{"a", kLease};
    for (const Reading& reading : one.readings) {
      const std::vector<NodeRow> rows{Row("a", 5, 12), Row("b", reading.n, reading.position)};
      ASSERT_TRUE(judge.Observe(rows, 5, BootInstant{reading.at}, BootInstant{reading.at}));
    }
    const NodeView node = judge.nodes().at(1);
    EXPECT_EQ(judge.StandingOf(node, 10, one.own_position), one.wanted) << one.what;
  }
}

TEST(BarrierJudge, CountsSilenceFromTheEndOfOneReadingToTheBeginningOfAnother) {
  BarrierJudge judge{"a", kLease};
  const std::vector<NodeRow> rows{Row("a", 5, 12), Row("b", 1, 9)};
  judge.Observe(rows, 5, BootInstant{seconds{0}}, BootInstant{seconds{2}});
  judge.Observe(rows, 5, BootInstant{seconds{32}}, BootInstant{seconds{40}});
  EXPECT_THAT(judge.Judge(10, 12).pending, ElementsAre("node-b")) << "seen silent for 30 s alone";
  judge.Observe(rows, 5, BootInstant{seconds{33}}, BootInstant{seconds{41}});
  EXPECT_THAT(judge.Judge(10, 12).fenced, ElementsAre("node-b"));
}

TEST(BarrierJudge, BelievesNoListThatIsOlderThanItsOwnProof) {
  BarrierJudge judge{"a", kLease};
  const std::vector<NodeRow> now{Row("a", 7, 12), Row("b", 3, 9)};
  const std::vector<NodeRow> deposed{Row("a", 6, 12), Row("b", 2, 9)};
  ASSERT_TRUE(judge.Observe(now, 7, BootInstant{seconds{0}}, BootInstant{seconds{0}}));
  EXPECT_FALSE(judge.Observe(deposed, 7, BootInstant{seconds{40}}, BootInstant{seconds{40}}));
  EXPECT_THAT(judge.Judge(10, 12).pending, ElementsAre("node-b"))
      << "a server that was replaced shows everybody silent";
}

TEST(BarrierJudge, KnowsNothingBeforeItSawAList) {
  BarrierJudge judge{"a", kLease};
  EXPECT_FALSE(judge.Judge(1, 1).complete());
  EXPECT_FALSE(judge.Observe({}, 1, BootInstant{}, BootInstant{}));
  EXPECT_FALSE(judge.Judge(1, 1).complete());
}

TEST(BarrierJudge, IsCompleteForANodeAlone) {
  BarrierJudge judge{"a", kLease};
  judge.Observe(std::vector{Row("a", 1, 0)}, 1, BootInstant{}, BootInstant{});
  const BarrierReport report = judge.Judge(10, 10);
  EXPECT_TRUE(report.complete());
  EXPECT_THAT(report.confirmed, ElementsAre("node-a")) << "whatever the list says of ourselves";
  EXPECT_THAT(report.fenced, IsEmpty());
}

TEST(BarrierJudge, ForgetsANodeThatLeft) {
  BarrierJudge judge{"a", kLease};
  judge.Observe(std::vector{Row("a", 1, 0), Row("b", 1, 0)}, 1, BootInstant{}, BootInstant{});
  EXPECT_FALSE(judge.Judge(10, 10).complete());
  judge.Observe(std::vector{Row("a", 1, 0)}, 1, BootInstant{}, BootInstant{});
  EXPECT_TRUE(judge.Judge(10, 10).complete());
}

TEST(BarrierJudge, NamesWhoIsSilentForLong) {
  BarrierJudge judge{"a", kLease};
  const std::vector<NodeRow> rows{Row("a", 1, 0), Row("b", 4, 0)};
  judge.Observe(rows, 1, BootInstant{}, BootInstant{});
  judge.Observe(rows, 1, BootInstant{seconds{60}}, BootInstant{seconds{60}});
  EXPECT_THAT(judge.SilentFor(seconds{61}), IsEmpty());
  const std::vector<NodeRow> silent = judge.SilentFor(seconds{60});
  ASSERT_EQ(silent.size(), 1U) << "never ourselves";
  EXPECT_EQ(silent[0].who.id, "b");
  EXPECT_EQ(silent[0].n, 4U);
}

}  // namespace
}  // namespace latchkey
