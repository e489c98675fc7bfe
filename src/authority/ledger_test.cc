#include "authority/ledger.h"

#include <gmock/gmock.h>

#include <atomic>
#include <latch>
#include <set>

#include "store/codec/json_change_codec.h"
#include "store/memory/memory_journal.h"
#include "store/memory/memory_store.h"
#include "store/memory/sample_records.h"
#include "testing/failing_store.h"
#include "testing/manual_clock.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using enum Error::Code;

/// Remembers what it was told, and looks whether database and journal held it by then.
class WitnessSink final : public ChangeSink {
 public:
  WitnessSink(const Store& store, const MemoryJournal& journal)
      : store_(store), journal_(journal) {}

  [[nodiscard]] Result<void> CheckNext(const Write& /*write*/) const override { return {}; }
  void Apply(const Record& record) override {
    const Result<Record> stored = store_.Find(TypeOf(record), KeyOf(record));
    const std::vector<ChangeLine> lines = journal_.lines();
    // The version may be newer: a batch is applied after all of it is durable.
    if (!stored || VersionOf(*stored) < VersionOf(record) || lines.size() <= applied_) {
      all_durable_ = false;
    }
    ++applied_;
    const std::scoped_lock lock{mutex_};
    keys_.insert(KeyOf(record));
  }

  [[nodiscard]] bool Knows(const std::string& key) const {
    const std::scoped_lock lock{mutex_};
    return keys_.contains(key);
  }
  [[nodiscard]] std::size_t applied() const { return applied_; }
  [[nodiscard]] bool all_durable() const { return all_durable_; }

 private:
  const Store& store_;
  const MemoryJournal& journal_;
  std::atomic<std::size_t> applied_{0};
  std::atomic<bool> all_durable_{true};
  mutable std::mutex mutex_;
  std::set<std::string> keys_;
};

class LedgerTest : public testing::Test {
 protected:
  LedgerTest() {
    for (std::byte& byte : key_.ExposeForFilling()) byte = std::byte{7};
  }

  std::unique_ptr<Ledger> Start(Store& store, Ledger::Position position = {}) {
    return std::make_unique<Ledger>(store, journal_, codec_, key_, clock_, sink_, position);
  }

  /// The journal and the change log hold the same lines, numbered from 1 without gaps, in one
  /// chain.
  void ExpectOneHistory() const {
    Chain chain{key_};
    std::uint64_t seq = 0;
    std::uint64_t batch = 0;
    const std::vector<ChangeLine> lines = journal_.lines();
    for (const ChangeLine& line : lines) {
      EXPECT_EQ(line.seq, ++seq);
      EXPECT_EQ(line.mac, chain.Extend(line.text)) << seq;
      EXPECT_TRUE(line.batch == batch || line.batch == batch + 1) << seq;
      batch = line.batch;
      const Result<Change> change = codec_.Decode(line.text);
      ASSERT_THAT(change, IsOk());
      EXPECT_EQ(change->seq, line.seq);
      EXPECT_EQ(change->batch, line.batch);
    }
    std::size_t stored = 0;
    EXPECT_THAT(store_.ReadChanges(0,
                                   [&](const ChangeLine& line) {
                                     EXPECT_TRUE(AreSame(line, lines.at(stored)));
                                     ++stored;
                                     return true;
                                   }),
                IsOk());
    EXPECT_EQ(stored, lines.size());
  }

  MemoryStore store_;
  MemoryJournal journal_;
  JsonChangeCodec codec_;
  SecretKey key_;
  ManualClock clock_;
  WitnessSink sink_{store_, journal_};
};

TEST_F(LedgerTest, AnswersOnceDatabaseJournalAndMemoryKnow) {
  const std::unique_ptr<Ledger> ledger = Start(store_);
  for (const Record& record : NastyRecords()) {
    ASSERT_THAT(ledger->Submit(WriteOf(record)), IsOk());
    EXPECT_TRUE(sink_.Knows(KeyOf(record)));
    EXPECT_THAT(store_.Find(TypeOf(record), KeyOf(record)), IsOk());
    EXPECT_EQ(journal_.lines().size(), ledger->last_seq());
  }
  EXPECT_TRUE(sink_.all_durable());
  ExpectOneHistory();
}

TEST_F(LedgerTest, WritesTheTimeAndTheReasonOfAChange) {
  const std::unique_ptr<Ledger> ledger = Start(store_);
  Write write = WriteOf(SampleWorkspace(1));
  write.info = {.action = "workspace.create",
                .actor = "account:x",
                .origin = "192.0.2.1",
                .request_id = "r1",
                .note = "why"};
  ASSERT_THAT(ledger->Submit(write), IsOk());
  const Result<Change> change = codec_.Decode(journal_.lines().at(0).text);
  ASSERT_THAT(change, IsOk());
  EXPECT_EQ(change->at, clock_.Now());
  EXPECT_EQ(change->info.action, "workspace.create");
  EXPECT_EQ(change->info.actor, "account:x");
  EXPECT_EQ(change->info.note, "why");
}

TEST_F(LedgerTest, LetsManyIssuersShareCommits) {
  constexpr std::uint64_t kThreads = 64;
  constexpr std::uint64_t kEach = 20;
  const std::unique_ptr<Ledger> ledger = Start(store_);
  std::latch start{kThreads};
  std::vector<std::thread> issuers;
  issuers.reserve(kThreads);
  for (std::uint64_t thread = 0; thread < kThreads; ++thread) {
    issuers.emplace_back([&, thread] {
      start.arrive_and_wait();
      for (std::uint64_t i = 0; i < kEach; ++i) {
        const CredentialRecord record = SampleCredential((thread * kEach) + i);
        EXPECT_THAT(ledger->Submit(WriteOf(record)), IsOk());
        EXPECT_TRUE(sink_.Knows(record.id.text()));
      }
    });
  }
  for (std::thread& issuer : issuers) issuer.join();
  EXPECT_EQ(ledger->last_seq(), kThreads * kEach);
  EXPECT_EQ(sink_.applied(), kThreads * kEach);
  EXPECT_TRUE(sink_.all_durable());
  EXPECT_LT(journal_.lines().back().batch, kThreads * kEach) << "no two ever shared one";
  ExpectOneHistory();
}

TEST_F(LedgerTest, LetsOneOfManyRivalsWin) {
  constexpr int kThreads = 64;
  const std::unique_ptr<Ledger> ledger = Start(store_);
  ASSERT_THAT(ledger->Submit(WriteOf(SampleCredential(1))), IsOk());
  std::latch start{kThreads};
  std::atomic<int> won{0};
  std::vector<std::thread> rivals;
  rivals.reserve(kThreads);
  for (int i = 0; i < kThreads; ++i) {
    rivals.emplace_back([&] {
      start.arrive_and_wait();
      const Result<void> outcome = ledger->Submit(WriteOf(Next(SampleCredential(1))));
      if (outcome) {
        ++won;
      } else {
        EXPECT_EQ(outcome.error().code, kConflict);
      }
    });
  }
  for (std::thread& rival : rivals) rival.join();
  EXPECT_EQ(won, 1);
  EXPECT_EQ(sink_.applied(), 2U) << "memory is not told of what was refused";
  ExpectOneHistory();
}

TEST_F(LedgerTest, LeavesNoGapWhereAWriteWasRefused) {
  const std::unique_ptr<Ledger> ledger = Start(store_);
  ASSERT_THAT(ledger->Submit(WriteOf(SampleWorkspace(1))), IsOk());
  EXPECT_THAT(ledger->Submit(WriteOf(SampleWorkspace(1))), FailsWith(kAlreadyExists));
  EXPECT_THAT(ledger->Submit(WriteOf(Next(SampleWorkspace(2)))), FailsWith(kConflict));
  EXPECT_TRUE(ledger->healthy());
  ASSERT_THAT(ledger->Submit(WriteOf(SampleWorkspace(2))), IsOk());
  EXPECT_EQ(ledger->last_seq(), 2U);
  ExpectOneHistory();
}

TEST_F(LedgerTest, ContinuesWhereTheLastOneStopped) {
  Start(store_)->Submit(WriteOf(SampleWorkspace(1))).value();
  const ChangeLine last = journal_.lines().back();
  const std::unique_ptr<Ledger> ledger =
      Start(store_, {.seq = last.seq, .batch = last.batch, .mac = last.mac});
  EXPECT_EQ(ledger->last_seq(), 1U);
  ASSERT_THAT(ledger->Submit(WriteOf(SampleWorkspace(2))), IsOk());
  ExpectOneHistory();
}

TEST_F(LedgerTest, StopsForGoodWhenTheJournalFails) {
  const std::unique_ptr<Ledger> ledger = Start(store_);
  ASSERT_THAT(ledger->Submit(WriteOf(SampleWorkspace(1))), IsOk());
  journal_.FailAppends();
  EXPECT_THAT(ledger->Submit(WriteOf(SampleWorkspace(2))), FailsWith(kUnavailable));
  EXPECT_FALSE(ledger->healthy());
  EXPECT_FALSE(sink_.Knows("team-2")) << "memory is not told of what nobody was told of";
  EXPECT_THAT(ledger->Submit(WriteOf(SampleWorkspace(3))), FailsWith(kUnavailable));
  EXPECT_THAT(store_.Find(RecordType::kWorkspace, "team-3"), FailsWith(kNotFound));
  EXPECT_EQ(ledger->last_seq(), 1U);
}

TEST_F(LedgerTest, ChangesNothingWhenTheJournalHasNoRoom) {
  const std::unique_ptr<Ledger> ledger = Start(store_);
  journal_.FailReserves();
  EXPECT_THAT(ledger->Submit(WriteOf(SampleWorkspace(1))), FailsWith(kNoSpace));
  EXPECT_TRUE(ledger->healthy());
  EXPECT_THAT(store_.Find(RecordType::kWorkspace, "team-1"), FailsWith(kNotFound));
}

TEST_F(LedgerTest, GoesOnAfterAFailureThatChangedNothing) {
  FailingStore failing{store_, {.call = 2, .code = kNoSpace}};
  const std::unique_ptr<Ledger> ledger = Start(failing);
  ASSERT_THAT(ledger->Submit(WriteOf(SampleWorkspace(1))), IsOk());
  EXPECT_THAT(ledger->Submit(WriteOf(SampleWorkspace(2))), FailsWith(kNoSpace));
  EXPECT_TRUE(ledger->healthy());
  ASSERT_THAT(ledger->Submit(WriteOf(SampleWorkspace(2))), IsOk());
  ExpectOneHistory();
}

TEST_F(LedgerTest, StopsForGoodWhenACommitsOutcomeIsUnknown) {
  FailingStore failing{store_,
                       {.call = 1, .code = kUnavailable, .when = FailingStore::When::kAfter}};
  const std::unique_ptr<Ledger> ledger = Start(failing);
  EXPECT_THAT(ledger->Submit(WriteOf(SampleWorkspace(1))), FailsWith(kUnavailable));
  EXPECT_FALSE(ledger->healthy());
  EXPECT_FALSE(sink_.Knows("team-1"));
  EXPECT_THAT(ledger->Submit(WriteOf(SampleWorkspace(2))), FailsWith(kUnavailable));
  EXPECT_EQ(failing.calls(), 1U) << "the store is not asked again";
}

}  // namespace
}  // namespace latchkey
