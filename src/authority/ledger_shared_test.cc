// The ledger on a store that several processes write to: each node has a view of its own, a journal
// and a memory.

#include <gmock/gmock.h>

#include <atomic>
#include <latch>
#include <thread>

#include "authority/ledger.h"
#include "store/codec/json_change_codec.h"
#include "store/memory/sample_records.h"
#include "testing/installation/shared_node.h"
#include "testing/manual_clock.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using enum Error::Code;
using testing::HasSubstr;

class SharedLedgerTest : public testing::Test {
 protected:
  SharedLedgerTest() {
    for (std::byte& byte : key_.ExposeForFilling()) byte = std::byte{7};
  }

  [[nodiscard]] std::unique_ptr<SharedNode> Join() {
    return std::make_unique<SharedNode>(database_.Share(), codec_, key_, clock_);
  }

  /// The database's lines stand in one chain, and each journal holds the very same.
  void ExpectOneHistory(std::initializer_list<const SharedNode*> nodes) const {
    std::vector<ChangeLine> lines;
    Chain chain{key_};
    ASSERT_THAT(database_.ReadChanges(0,
                                      [&](const ChangeLine& line) {
                                        EXPECT_EQ(line.seq, lines.size() + 1);
                                        EXPECT_EQ(line.mac, chain.Extend(line.text)) << line.seq;
                                        lines.push_back(line);
                                        return true;
                                      }),
                IsOk());
    for (const SharedNode* node : nodes) {
      const std::vector<ChangeLine> journal = node->journal.lines();
      ASSERT_EQ(journal.size(), lines.size());
      for (std::size_t i = 0; i < lines.size(); ++i) {
        EXPECT_TRUE(AreSame(journal[i], lines[i])) << i;
      }
    }
  }

  MemoryStore database_;
  JsonChangeCodec codec_;
  SecretKey key_;
  ManualClock clock_;
};

TEST_F(SharedLedgerTest, FollowsWhatAnotherNodeChanged) {
  const auto first = Join();
  const auto second = Join();
  ASSERT_THAT(first->Submit(SampleWorkspace(1)), IsOk());
  EXPECT_EQ(second->sink.VersionIn(SampleWorkspace(1)), 0U);
  ASSERT_THAT(second->ledger->Follow(), IsOk());
  EXPECT_EQ(second->sink.VersionIn(SampleWorkspace(1)), 1U);
  EXPECT_EQ(second->ledger->last_seq(), 1U);
  ExpectOneHistory({first.get(), second.get()});
}

TEST_F(SharedLedgerTest, FollowingTwiceAppliesOnce) {
  const auto first = Join();
  const auto second = Join();
  ASSERT_THAT(first->Submit(SampleWorkspace(1)), IsOk());
  ASSERT_THAT(second->ledger->Follow(), IsOk());
  ASSERT_THAT(second->ledger->Follow(), IsOk());
  ASSERT_THAT(second->ledger->Settle(), IsOk());
  EXPECT_EQ(second->sink.applied(), 1U);
}

TEST_F(SharedLedgerTest, KnowsEveryChangeBeforeItMakesAnother) {
  const auto first = Join();
  const auto second = Join();
  ASSERT_THAT(first->Submit(SampleCredential(1)), IsOk());
  ASSERT_THAT(second->Submit(Next(SampleCredential(1))), IsOk()) << "memory says version 1 by then";
  EXPECT_THAT(first->Submit(Next(SampleCredential(1))), FailsWith(kConflict));
  EXPECT_EQ(first->sink.VersionIn(SampleCredential(1)), 2U);
  ExpectOneHistory({first.get(), second.get()});
}

TEST_F(SharedLedgerTest, NumbersTheBatchesOfAllNodesInOneSequence) {
  const auto first = Join();
  const auto second = Join();
  for (std::uint64_t i = 0; i < 4; ++i) {
    const SharedNode& node = i % 2 == 0 ? *first : *second;
    ASSERT_THAT(node.Submit(SampleWorkspace(i)), IsOk());
  }
  std::vector<std::uint64_t> batches;
  ASSERT_THAT(database_.ReadChanges(0,
                                    [&](const ChangeLine& line) {
                                      batches.push_back(line.batch);
                                      return true;
                                    }),
              IsOk());
  EXPECT_THAT(batches, testing::ElementsAre(1, 2, 3, 4));
}

TEST_F(SharedLedgerTest, MissesAndRepeatsNothingWhileManyWrite) {
  constexpr std::uint64_t kWriters = 8;
  constexpr std::uint64_t kEach = 60;
  const auto first = Join();
  const auto second = Join();
  const auto third = Join();
  std::latch start{kWriters};
  std::vector<std::thread> writers;
  writers.reserve(kWriters);
  for (std::uint64_t writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      const SharedNode& node = writer % 2 == 0 ? *first : *second;
      start.arrive_and_wait();
      for (std::uint64_t i = 0; i < kEach; ++i) {
        EXPECT_THAT(node.Submit(SampleCredential((writer * kEach) + i)), IsOk());
        EXPECT_THAT(third->ledger->Follow(), IsOk());
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  for (const auto* node : {first.get(), second.get(), third.get()}) {
    ASSERT_THAT(node->ledger->Follow(), IsOk());
    EXPECT_EQ(node->ledger->last_seq(), kWriters * kEach);
    EXPECT_EQ(node->sink.applied(), kWriters * kEach);
  }
  ExpectOneHistory({first.get(), second.get(), third.get()});
}

TEST_F(SharedLedgerTest, LetsOneOfManyRivalsOnAllNodesWin) {
  constexpr int kRivals = 8;
  const auto first = Join();
  const auto second = Join();
  ASSERT_THAT(first->Submit(SampleCredential(1)), IsOk());
  std::latch start{kRivals};
  std::atomic<int> won{0};
  std::vector<std::thread> rivals;
  rivals.reserve(kRivals);
  for (int i = 0; i < kRivals; ++i) {
    rivals.emplace_back([&, i] {
      const SharedNode& node = i % 2 == 0 ? *first : *second;
      start.arrive_and_wait();
      if (node.Submit(Next(SampleCredential(1)))) ++won;
    });
  }
  for (std::thread& rival : rivals) rival.join();
  EXPECT_EQ(won, 1);
  ASSERT_THAT(first->ledger->Follow(), IsOk());
  ASSERT_THAT(second->ledger->Follow(), IsOk());
  ExpectOneHistory({first.get(), second.get()});
}

TEST_F(SharedLedgerTest, SettlesACommitThatWasMadeAndCutOff) {
  const auto first = Join();
  const auto second = Join();
  ASSERT_THAT(second->Submit(SampleWorkspace(1)), IsOk());
  first->store->CutNextCommit(/*made=*/true);
  ASSERT_THAT(first->Submit(SampleWorkspace(2)), IsOk());
  EXPECT_EQ(first->sink.VersionIn(SampleWorkspace(2)), 1U);
  EXPECT_EQ(first->ledger->last_seq(), 2U);
  ASSERT_THAT(second->ledger->Follow(), IsOk());
  ExpectOneHistory({first.get(), second.get()});
}

TEST_F(SharedLedgerTest, MakesAgainWhatWasCutOffUnmade) {
  const auto node = Join();
  node->store->CutNextCommit(/*made=*/false);
  ASSERT_THAT(node->Submit(SampleWorkspace(1)), IsOk());
  EXPECT_EQ(node->ledger->last_seq(), 1U);
  ExpectOneHistory({node.get()});
}

TEST_F(SharedLedgerTest, JudgesEachWriteOfABatchThatWasCutOff) {
  const auto node = Join();
  ASSERT_THAT(node->Submit(SampleWorkspace(1)), IsOk());
  node->store->CutNextCommit(/*made=*/true);
  // The store refuses the second: its e-mail is taken. Memory, as this test has it, does not know.
  std::vector<Write> writes;
  AccountRecord taken = SampleAccount(2);
  taken.value.email = SampleAccount(1).value.email;
  writes.push_back(WriteOf(SampleAccount(1)));
  writes.push_back(WriteOf(taken));
  const std::vector<Result<void>> outcomes = node->ledger->SubmitAll(std::move(writes));
  ASSERT_EQ(outcomes.size(), 2U);
  EXPECT_THAT(outcomes[0], IsOk());
  EXPECT_THAT(outcomes[1], FailsWith(kAlreadyExists));
  ExpectOneHistory({node.get()});
}

TEST_F(SharedLedgerTest, SaysThatNobodyKnowsWhileTheDatabaseIsAway) {
  const auto node = Join();
  node->store->SetReachable(false);
  EXPECT_THAT(node->Submit(SampleWorkspace(1)), FailsWith(kUnavailable));
  EXPECT_THAT(node->ledger->Follow(), FailsWith(kUnavailable));
  EXPECT_TRUE(node->ledger->healthy()) << "nothing is wrong with what it holds";
  node->store->SetReachable(true);
  ASSERT_THAT(node->Submit(SampleWorkspace(1)), IsOk());
  ExpectOneHistory({node.get()});
}

TEST_F(SharedLedgerTest, TakesInByItselfWhatTurnedOutToBeMade) {
  const auto node = Join();
  node->store->VanishAfterNextCommit();
  EXPECT_THAT(node->Submit(SampleWorkspace(1)), FailsWith(kUnavailable, HasSubstr("unknown")));
  EXPECT_EQ(node->sink.VersionIn(SampleWorkspace(1)), 0U);
  EXPECT_TRUE(node->ledger->healthy());
  node->store->SetReachable(true);
  ASSERT_THAT(node->ledger->Follow(), IsOk());
  EXPECT_EQ(node->sink.VersionIn(SampleWorkspace(1)), 1U);
  ExpectOneHistory({node.get()});
}

TEST_F(SharedLedgerTest, RefusesADatabaseThatIsBehindUntilItIsNot) {
  const auto node = Join();
  ASSERT_THAT(node->Submit(SampleWorkspace(1)), IsOk());
  ASSERT_THAT(node->Submit(SampleWorkspace(2)), IsOk());
  const std::vector<ChangeLine> lines = node->journal.lines();
  database_.DropLinesAfter(1);
  EXPECT_THAT(node->Submit(SampleWorkspace(3)), FailsWith(kDisagreement, HasSubstr("change 1")));
  EXPECT_THAT(node->ledger->Follow(), FailsWith(kDisagreement));
  EXPECT_FALSE(node->ledger->healthy());
  ASSERT_TRUE(node->ledger->fault());
  EXPECT_EQ(node->alarms.raised().size(), 1U) << "once, however often it is asked";
  EXPECT_THAT(database_.Find(RecordType::kWorkspace, "team-3"), FailsWith(kNotFound));

  ASSERT_THAT(database_.Restore({}, std::span{lines}.subspan(1)), IsOk());
  ASSERT_THAT(node->Submit(SampleWorkspace(3)), IsOk());
  EXPECT_TRUE(node->ledger->healthy());
  EXPECT_FALSE(node->ledger->fault());
}

TEST_F(SharedLedgerTest, TakesNothingMoreFromAnotherHistory) {
  const auto node = Join();
  ASSERT_THAT(node->Submit(SampleWorkspace(1)), IsOk());
  database_.DropLinesAfter(0);
  // Another node starts from the old backup, and changes something else.
  const auto other = Join();
  ASSERT_THAT(other->Submit(SampleWorkspace(2)), IsOk());
  EXPECT_THAT(node->ledger->Follow(), FailsWith(kDisagreement, HasSubstr("change 1")));
  ASSERT_THAT(other->Submit(SampleWorkspace(3)), IsOk());
  EXPECT_THAT(node->Submit(SampleWorkspace(4)), FailsWith(kDisagreement));
  EXPECT_FALSE(node->ledger->healthy());
  EXPECT_EQ(node->sink.applied(), 1U);
  EXPECT_EQ(node->alarms.raised().size(), 1U);
}

TEST_F(SharedLedgerTest, StopsWhereItsJournalFails) {
  const auto first = Join();
  const auto second = Join();
  second->journal.FailAppends();
  ASSERT_THAT(first->Submit(SampleWorkspace(1)), IsOk());
  EXPECT_THAT(second->ledger->Follow(), FailsWith(kUnavailable));
  EXPECT_FALSE(second->ledger->healthy());
  EXPECT_EQ(second->sink.applied(), 0U);
  EXPECT_THAT(second->Submit(SampleWorkspace(2)), FailsWith(kUnavailable));
  ASSERT_THAT(first->Submit(SampleWorkspace(2)), IsOk()) << "nothing is held any more";
}

TEST_F(SharedLedgerTest, LetsTheHeadGoWhenMemoryRefusesEverything) {
  const auto first = Join();
  const auto second = Join();
  EXPECT_THAT(first->Submit(Next(SampleWorkspace(1))), FailsWith(kConflict));
  ASSERT_THAT(second->Submit(SampleWorkspace(1)), IsOk());
}

TEST_F(SharedLedgerTest, LetsTheHeadGoWhenThereIsNoRoom) {
  const auto first = Join();
  const auto second = Join();
  first->journal.FailReserves();
  EXPECT_THAT(first->Submit(SampleWorkspace(1)), FailsWith(kNoSpace));
  ASSERT_THAT(second->Submit(SampleWorkspace(1)), IsOk());
  EXPECT_THAT(first->ledger->Follow(), FailsWith(kNoSpace));
  EXPECT_TRUE(first->ledger->healthy());
}

}  // namespace
}  // namespace latchkey
