#include "authority/feed_follower.h"

#include <gmock/gmock.h>

#include "store/codec/json_change_codec.h"
#include "store/memory/memory_journal.h"
#include "store/memory/memory_store.h"
#include "store/memory/sample_records.h"
#include "testing/manual_clock.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using enum Error::Code;
using testing::HasSubstr;

class CountingSink final : public ChangeSink {
 public:
  [[nodiscard]] Result<void> CheckNext(const Write& /*write*/) const override { return {}; }
  void Apply(const Record& record) override { keys.push_back(KeyOf(record)); }

  std::vector<std::string> keys;
};

class FeedFollowerTest : public testing::Test {
 protected:
  FeedFollowerTest() {
    for (std::byte& byte : key_.ExposeForFilling()) byte = std::byte{7};
  }

  /// Lines of workspaces `first` to `last`, which continue `from`.
  std::vector<ChangeLine> Lines(const ChangeHead& from, std::uint64_t first, std::uint64_t last) {
    std::vector<ChangeLine> lines;
    Chain chain{key_, from.mac};
    ChangeHead head = from;
    for (std::uint64_t number = first; number <= last; ++number) {
      ChangeLine line{.seq = ++head.seq, .batch = ++head.batch, .text = {}, .mac = {}};
      line.text = codec_.Encode({.seq = line.seq,
                                 .batch = line.batch,
                                 .at = clock_.Now(),
                                 .info = {},
                                 .record = SampleWorkspace(number)});
      line.mac = chain.Extend(line.text);
      lines.push_back(std::move(line));
    }
    return lines;
  }

  void Put(const std::vector<ChangeLine>& lines) { ASSERT_THAT(store_.Restore({}, lines), IsOk()); }
  ChangeHead Head() const { return store_.Head().value(); }

  MemoryStore store_;
  MemoryJournal journal_;
  JsonChangeCodec codec_;
  SecretKey key_;
  ManualClock clock_;
  CountingSink sink_;
  FeedFollower feed_{
      {.store = store_, .journal = journal_, .codec = codec_, .journal_key = key_, .sink = sink_},
      {}};
};

TEST_F(FeedFollowerTest, TakesInMoreThanItHoldsAtOnce) {
  Put(Lines({}, 1, 1300));
  ASSERT_THAT(feed_.CatchUp(Head()), IsOk());
  EXPECT_EQ(feed_.position(), Head());
  EXPECT_EQ(sink_.keys.size(), 1300U);
  EXPECT_EQ(sink_.keys.back(), "team-1300");
  EXPECT_EQ(journal_.lines().size(), 1300U);
}

TEST_F(FeedFollowerTest, GoesNoFurtherThanItWasTold) {
  const std::vector<ChangeLine> lines = Lines({}, 1, 3);
  Put(lines);
  ASSERT_THAT(feed_.CatchUp({.seq = 2, .batch = 2, .mac = lines[1].mac}), IsOk());
  EXPECT_EQ(sink_.keys.size(), 2U);
}

TEST_F(FeedFollowerTest, KeepsWhatCameBeforeALineThatDoesNotContinue) {
  enum class Spoil { kText, kMac, kGap };
  for (const Spoil spoil : {Spoil::kText, Spoil::kMac, Spoil::kGap}) {
    std::vector<ChangeLine> lines = Lines({}, 1, 4);
    if (spoil == Spoil::kText) lines[2].text.back() = ' ';
    if (spoil == Spoil::kMac) lines[2].mac[0] ^= std::byte{1};
    MemoryStore store;
    MemoryJournal journal;
    CountingSink sink;
    if (spoil == Spoil::kGap) lines.erase(lines.begin() + 2);
    ASSERT_THAT(store.Restore({}, lines), IsOk());
    FeedFollower feed{
        {.store = store, .journal = journal, .codec = codec_, .journal_key = key_, .sink = sink},
        {}};
    EXPECT_THAT(feed.CatchUp(store.Head().value()),
                FailsWith(kDisagreement, HasSubstr("change 3")));
    EXPECT_TRUE(feed.broken());
    EXPECT_EQ(sink.keys.size(), 2U);
    EXPECT_EQ(journal.lines().size(), 2U);
    EXPECT_THAT(feed.CatchUp({.seq = 2, .batch = 2, .mac = lines[1].mac}), FailsWith(kDisagreement))
        << "nothing more, whatever the database says now";
  }
}

TEST_F(FeedFollowerTest, FindsAnotherHistoryOfTheSameLength) {
  Put(Lines({}, 1, 2));
  ASSERT_THAT(feed_.CatchUp(Head()), IsOk());
  Put(Lines({}, 8, 9));
  EXPECT_THAT(feed_.CatchUp(Head()), FailsWith(kDisagreement));
  EXPECT_TRUE(feed_.broken());
}

TEST_F(FeedFollowerTest, WaitsForADatabaseThatIsBehind) {
  Put(Lines({}, 1, 2));
  ASSERT_THAT(feed_.CatchUp(Head()), IsOk());
  EXPECT_THAT(feed_.CatchUp({}), FailsWith(kDisagreement, HasSubstr("change 2")));
  EXPECT_FALSE(feed_.broken());
  EXPECT_THAT(feed_.CatchUp(Head()), IsOk());
}

TEST_F(FeedFollowerTest, WaitsWhereTheLinesOfTheHeadAreNotThere) {
  Put(Lines({}, 1, 2));
  EXPECT_THAT(feed_.CatchUp({.seq = 3, .batch = 3, .mac = {}}), FailsWith(kDisagreement));
  EXPECT_FALSE(feed_.broken()) << "the second question may have gone to another server";
  EXPECT_EQ(feed_.position().seq, 2U);
}

TEST_F(FeedFollowerTest, TakesInNothingThatItCannotRead) {
  std::vector<ChangeLine> lines = Lines({}, 1, 2);
  Chain chain{key_, lines[0].mac};
  lines[1].text = R"({"seq":2,"of":"a newer release"})";
  lines[1].mac = chain.Extend(lines[1].text);
  Put(lines);
  EXPECT_THAT(feed_.CatchUp(Head()), FailsWith(kMalformed));
  EXPECT_FALSE(feed_.broken());
  EXPECT_EQ(feed_.position().seq, 1U);
}

TEST_F(FeedFollowerTest, IsBrokenOnceTheJournalFails) {
  Put(Lines({}, 1, 1));
  journal_.FailAppends();
  EXPECT_THAT(feed_.CatchUp(Head()), FailsWith(kUnavailable));
  EXPECT_TRUE(feed_.broken());
  EXPECT_TRUE(sink_.keys.empty());
  EXPECT_EQ(feed_.position().seq, 0U);
}

TEST_F(FeedFollowerTest, TakesInNothingForWhichThereIsNoRoom) {
  Put(Lines({}, 1, 1));
  journal_.FailReserves();
  EXPECT_THAT(feed_.CatchUp(Head()), FailsWith(kNoSpace));
  EXPECT_FALSE(feed_.broken());
  EXPECT_TRUE(sink_.keys.empty());
}

}  // namespace
}  // namespace latchkey
