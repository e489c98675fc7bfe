#include "verify/usage.h"

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <thread>
#include <vector>

namespace latchkey {
namespace {

using namespace std::chrono_literals;

constexpr Instant kNow{std::chrono::sys_days{std::chrono::year{2026} / 11 / 24}};

/// What a report says of each credential, as values.
struct Use {
  Instant at;
  std::uint64_t count;
  std::string address;
  std::string user_agent;
};
std::map<std::uint64_t, Use> Read(const UsageReport& report) {
  std::map<std::uint64_t, Use> uses;
  for (const CredentialUse& use : report.uses()) {
    const Use value{.at = use.last_used_at,
                    .count = use.count,
                    .address = std::string{use.address},
                    .user_agent = std::string{use.user_agent}};
    EXPECT_TRUE(uses.emplace(use.id.value(), value).second) << "twice: " << use.id.value();
  }
  return uses;
}

TEST(UsageTest, SumsUpTheUsesAndKeepsTheLast) {
  UsageRecorder recorder;
  recorder.Note(CredentialId{1}, kNow, "192.0.2.1", "git/2.39");
  recorder.Note(CredentialId{2}, kNow + 1s, "192.0.2.2", "");
  recorder.Note(CredentialId{1}, kNow + 2s, "192.0.2.3", "curl/8");
  const auto uses = Read(recorder.Collect());
  ASSERT_EQ(uses.size(), 2U);
  EXPECT_EQ(uses.at(1).at, kNow + 2s);
  EXPECT_EQ(uses.at(1).count, 2U);
  EXPECT_EQ(uses.at(1).address, "192.0.2.3");
  EXPECT_EQ(uses.at(1).user_agent, "curl/8");
  EXPECT_EQ(uses.at(2).count, 1U);
  EXPECT_EQ(uses.at(2).user_agent, "");
  EXPECT_TRUE(recorder.Collect().uses().empty()) << "each use is told once";
}

TEST(UsageTest, AnEarlierUseThatIsNotedLaterCountsAndNoMore) {
  UsageRecorder recorder;
  recorder.Note(CredentialId{1}, kNow, "new", "new");
  recorder.Note(CredentialId{1}, kNow - 1s, "old", "old");
  std::thread{[&] { recorder.Note(CredentialId{1}, kNow - 2s, "older", "older"); }}.join();
  const auto uses = Read(recorder.Collect());
  EXPECT_EQ(uses.at(1).count, 3U);
  EXPECT_EQ(uses.at(1).at, kNow);
  EXPECT_EQ(uses.at(1).address, "new");
}

TEST(UsageTest, CutsLongTexts) {
  UsageRecorder recorder;
  recorder.Note(CredentialId{1}, kNow, std::string(500, 'a'), std::string(500, 'u'));
  const auto uses = Read(recorder.Collect());
  EXPECT_EQ(uses.at(1).address, std::string(UsageRecorder::kAddressSizeMax, 'a'));
  EXPECT_EQ(uses.at(1).user_agent, std::string(UsageRecorder::kUserAgentSizeMax, 'u'));
}

TEST(UsageTest, KeepsWhatAThreadThatEndedNoted) {
  UsageRecorder recorder;
  for (int i = 0; i < 3; ++i) {
    std::thread{[&] { recorder.Note(CredentialId{7}, kNow, "a", "b"); }}.join();
  }
  EXPECT_EQ(Read(recorder.Collect()).at(7).count, 3U);
}

struct BoundCase {
  const char* name;
  UsageSettings settings;
};

class UsageBounds : public testing::TestWithParam<BoundCase> {};

TEST_P(UsageBounds, DropNothing) {
  UsageRecorder recorder{GetParam().settings};
  constexpr std::uint64_t kIds = 300;
  constexpr std::uint64_t kRounds = 20;
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    for (std::uint64_t id = 0; id < kIds; ++id) {
      recorder.Note(CredentialId{id}, kNow + std::chrono::seconds{round},
                    "address " + std::to_string(round * id), "agent " + std::to_string(id % 3));
    }
  }
  const auto uses = Read(recorder.Collect());
  ASSERT_EQ(uses.size(), kIds);
  for (const auto& [id, use] : uses) {
    EXPECT_EQ(use.count, kRounds) << id;
    EXPECT_EQ(use.at, kNow + std::chrono::seconds{kRounds - 1});
    EXPECT_EQ(use.address, "address " + std::to_string((kRounds - 1) * id));
    EXPECT_EQ(use.user_agent, "agent " + std::to_string(id % 3));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, UsageBounds,
    testing::Values(BoundCase{"Roomy", {}}, BoundCase{"FewNotes", {.notes_max = 8}},
                    BoundCase{"FewTexts", {.texts_max = 400}},
                    BoundCase{"Folded", {.notes_max = 8, .texts_max = 400, .tables_max = 2}},
                    BoundCase{"Least", {.notes_max = 0, .texts_max = 0, .tables_max = 0}}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(UsageTest, LosesNothingWhileSomebodyCollects) {
  UsageRecorder recorder{{.notes_max = 16, .texts_max = 1000, .tables_max = 2}};
  constexpr std::uint64_t kNotes = 20'000;
  std::atomic<int> running{2};
  const auto note = [&] {
    for (std::uint64_t i = 0; i < kNotes; ++i) {
      recorder.Note(CredentialId{i % 50}, kNow, "192.0.2.1", "agent");
    }
    --running;
  };
  std::vector<std::jthread> threads;
  threads.emplace_back(note);
  threads.emplace_back(note);
  std::uint64_t count = 0;
  const auto collect = [&] {
    const UsageReport report = recorder.Collect();
    for (const CredentialUse& use : report.uses()) count += use.count;
  };
  while (running > 0) collect();
  threads.clear();
  collect();
  EXPECT_EQ(count, 2 * kNotes);
}

}  // namespace
}  // namespace latchkey
