#include "store/postgres/postgres_store.h"

#include <gmock/gmock.h>

#include <array>
#include <atomic>
#include <mutex>
#include <set>
#include <thread>

#include "store/memory/sample_records.h"
#include "testing/matchers.h"
#include "testing/postgres/test_server.h"

namespace latchkey::postgres {
namespace {

using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;
using enum Error::Code;

class PostgresStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    server_ = TestServer::Get();
    ASSERT_NE(server_, nullptr);
    settings_ = server_->DatabaseOf(directory_.path());
    store_ = Open();
    ASSERT_NE(store_, nullptr);
  }

  std::unique_ptr<PostgresStore> Open() const {
    Result<std::unique_ptr<PostgresStore>> store = PostgresStore::Open(settings_);
    EXPECT_THAT(store, IsOk());
    return std::move(store).value_or(nullptr);
  }
  void Tamper(const std::string& sql) const { Execute(settings_, sql); }
  void Commit(const std::vector<Write>& writes) {
    EXPECT_THAT(store_->Commit(writes, script_.maker()), IsOk());
  }

  ScratchDirectory directory_;
  TestServer* server_ = nullptr;
  Settings settings_;
  std::unique_ptr<PostgresStore> store_;
  LineScript script_;
};

TEST_F(PostgresStoreTest, NeedsItsTablesToReadAlone) {
  EXPECT_THAT(PostgresStore::Open(settings_, PostgresStore::Access::kReadOnly), IsOk());
  EXPECT_THAT(PostgresStore::Open(server_->NewDatabase(), PostgresStore::Access::kReadOnly),
              FailsWith(kInvalidArgument, HasSubstr("older schema")));
}

TEST_F(PostgresStoreTest, RefusesALineThatDoesNotContinueTheHead) {
  Commit({WriteOf(SampleWorkspace(1))});
  for (const std::uint64_t last : {0U, 2U}) {
    LineScript other{last};
    EXPECT_THAT(store_->Commit(std::vector{WriteOf(SampleWorkspace(2))}, other.maker()),
                FailsWith(kInternal));
    EXPECT_THAT(store_->Find(RecordType::kWorkspace, "team-2"), FailsWith(kNotFound));
  }
  Commit({WriteOf(SampleWorkspace(2))});
}

TEST_F(PostgresStoreTest, ReportsWhatIsNoRecordByItsKey) {
  Commit({WriteOf(SampleCredential(1)), WriteOf(SampleCredential(2)), WriteOf(SampleCredential(3)),
          WriteOf(SampleMembership(4))});
  const std::string spoiled = SampleCredential(2).id.text();
  Tamper("UPDATE credentials SET kind = 'other' WHERE id = '" + spoiled + "'");
  std::vector<std::string> unreadable;
  std::size_t loaded = 0;
  EXPECT_THAT(store_->Load([&](const Record&) { ++loaded; },
                           [&](std::string_view key) { unreadable.emplace_back(key); }),
              IsOk());
  EXPECT_EQ(loaded, 3U);
  EXPECT_THAT(unreadable, ElementsAre(spoiled));
  EXPECT_THAT(store_->Find(RecordType::kCredential, spoiled), FailsWith(kTampered));
  const auto listed = store_->ListCredentials({.limit = 2});
  ASSERT_THAT(listed, IsOk());
  ASSERT_EQ(listed->size(), 2U) << "it is left out, and the page is full all the same";
  EXPECT_EQ((*listed)[1].id, SampleCredential(1).id);
}

TEST_F(PostgresStoreTest, SeesThatItsHeadIsSpoiledAndMakesItAgain) {
  Commit({WriteOf(SampleWorkspace(1)), WriteOf(SampleWorkspace(2))});
  const Result<ChangeHead> head = store_->Head();
  ASSERT_THAT(head, IsOk());
  Tamper("UPDATE feed_head SET mac = ''");
  EXPECT_THAT(store_->Head(), FailsWith(kTampered));
  EXPECT_THAT(store_->Hold(), FailsWith(kTampered));
  Tamper("DELETE FROM feed_head");
  EXPECT_THAT(store_->Hold(), FailsWith(kTampered));
  EXPECT_THAT(store_->Restore({}, {}), IsOk());
  EXPECT_THAT(store_->Head(), IsOkAnd(Eq(*head)));
  Tamper("UPDATE changes SET mac = '' WHERE seq = 2");
  EXPECT_THAT(store_->ReadChanges(0, [](const ChangeLine&) { return true; }),
              FailsWith(kTampered, HasSubstr("change 2")));
}

TEST_F(PostgresStoreTest, LoadsManyPagesOnceByThreads) {
  constexpr std::uint64_t kCount = 12'000;
  std::vector<Write> writes;
  for (std::uint64_t i = 1; i <= kCount; ++i) writes.push_back(WriteOf(SampleCredential(i)));
  Commit(writes);
  for (const std::size_t threads : {1U, 4U}) {
    std::mutex mutex;
    std::multiset<std::uint64_t> loaded;
    EXPECT_THAT(store_->LoadByThreads(
                    threads,
                    [&](const Record& record) {
                      const std::scoped_lock lock{mutex};
                      loaded.insert(std::get<CredentialRecord>(record).id.value());
                    },
                    [](std::string_view key) { ADD_FAILURE() << key; }),
                IsOk());
    EXPECT_EQ(loaded.size(), kCount);
    EXPECT_EQ(std::set(loaded.begin(), loaded.end()).size(), kCount);
  }
  std::uint64_t last = 0;
  EXPECT_THAT(store_->ReadChanges(0, [&](const ChangeLine& line) { return line.seq == ++last; }),
              IsOk());
  EXPECT_EQ(last, kCount);
}

TEST_F(PostgresStoreTest, ForgetsExpiredClaims) {
  const auto claim = [](std::uint64_t number) {
    CredentialRecord record = SampleCredential(number);
    record.created_at += std::chrono::days{number};
    Write write = WriteOf(record);
    write.claim = SampleClaim("ana", "key " + std::to_string(number));
    write.claim->expires_at = record.created_at + std::chrono::hours{1};
    return write;
  };
  Commit({claim(1), claim(2)});
  Commit({claim(3)});
  EXPECT_THAT(store_->FindClaim("ana", "key 1"), IsOkAnd(Eq(std::nullopt)));
  EXPECT_THAT(store_->FindClaim("ana", "key 3"), IsOkAnd(testing::Ne(std::nullopt)));
}

/// A line whose MAC says which line is before it.
ChangeLine NextLine(const ChangeHead& head, std::uint64_t writer) {
  std::string text =
      R"({"seq":)" + std::to_string(head.seq + 1) + R"(,"writer":)" + std::to_string(writer) + "}";
  const std::string before{reinterpret_cast<const char*>(head.mac.data()), head.mac.size()};
  const Mac mac = Sha256(before + text);
  return {.seq = head.seq + 1, .batch = head.batch + 1, .text = std::move(text), .mac = mac};
}

/// Follows the changes beside those who make them, and checks each.
class Follower {
 public:
  explicit Follower(const Store& store) : store_(store) {}

  void FollowTo(std::uint64_t seq) {
    while (head_.seq < seq && !testing::Test::HasFailure()) {
      EXPECT_THAT(store_.ReadChanges(
                      head_.seq,
                      [this](const ChangeLine& line) {
                        EXPECT_EQ(line.seq, head_.seq + 1) << "none is missed, none comes twice";
                        const std::string before{reinterpret_cast<const char*>(head_.mac.data()),
                                                 head_.mac.size()};
                        EXPECT_EQ(line.mac, Sha256(before + line.text))
                            << "each continues the one before";
                        EXPECT_GE(line.batch, head_.batch);
                        head_ = {.seq = line.seq, .batch = line.batch, .mac = line.mac};
                        return line.seq == head_.seq && !testing::Test::HasFailure();
                      }),
                  IsOk());
    }
  }
  [[nodiscard]] const ChangeHead& head() const { return head_; }

 private:
  const Store& store_;
  ChangeHead head_;
};

/// A store that several threads of a test take turns with, as the ledger's one thread would.
struct Node {
  std::unique_ptr<PostgresStore> store;
  std::mutex turn;

  void Change(std::uint64_t writer, std::span<const Write> writes) {
    const std::scoped_lock lock{turn};
    const Result<std::optional<ChangeHead>> held = store->Hold();
    ASSERT_THAT(held, IsOk());
    ChangeHead head = **held;
    const auto outcomes = store->Commit(writes, [&](const Write&) {
      ChangeLine line = NextLine(head, writer);
      line.batch = (*held)->batch + 1;
      head = {.seq = line.seq, .batch = line.batch, .mac = line.mac};
      return line;
    });
    ASSERT_THAT(outcomes, IsOk());
    for (const Result<void>& outcome : *outcomes) EXPECT_THAT(outcome, IsOk());
  }
};

TEST_F(PostgresStoreTest, TwoStoresThatWriteAtOnceMakeOneGaplessFeed) {
  constexpr std::uint64_t kWriters = 8;
  constexpr std::uint64_t kBatches = 250;
  constexpr std::uint64_t kBatch = 10;
  std::array<Node, 2> nodes;
  for (Node& node : nodes) {
    node.store = Open();
    ASSERT_NE(node.store, nullptr);
  }
  Follower follower{*store_};
  std::thread following{[&] { follower.FollowTo(kWriters * kBatches * kBatch); }};
  std::vector<std::thread> writers;
  for (std::uint64_t writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (std::uint64_t i = 0; i < kBatches; ++i) {
        std::vector<Write> writes;
        for (std::uint64_t j = 0; j < kBatch; ++j) {
          const std::uint64_t number = (((writer * kBatches) + i) * kBatch) + j;
          writes.push_back(WriteOf(SampleCredential(number + 1)));
        }
        nodes.at(writer % nodes.size()).Change(writer, writes);
      }
    });
  }
  for (std::thread& writer : writers) writer.join();
  following.join();
  EXPECT_EQ(follower.head().seq, 20'000U);
  EXPECT_THAT(store_->Head(), IsOkAnd(Eq(follower.head())));
}

}  // namespace
}  // namespace latchkey::postgres
