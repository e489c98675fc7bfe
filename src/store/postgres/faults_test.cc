// What PostgresStore does when the network or the server fails.

#include <gmock/gmock.h>

#include "store/memory/sample_records.h"
#include "store/postgres/postgres_store.h"
#include "testing/matchers.h"
#include "testing/postgres/fault_proxy.h"
#include "testing/postgres/test_server.h"

namespace latchkey::postgres {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::SizeIs;
using enum Error::Code;

constexpr const char* kEndOthers =
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
    "datname = current_database()";

class PostgresFaultsTest : public testing::Test {
 protected:
  void SetUp() override {
    server_ = TestServer::Get();
    ASSERT_NE(server_, nullptr);
    settings_ = server_->DatabaseOf(directory_.path());
    proxy_ = std::make_unique<FaultProxy>(server_->directory());
    Settings through = proxy_->Through(settings_);
    through.deadline = milliseconds{500};
    through.lock_timeout = milliseconds{250};
    store_ = Open(through);
    ASSERT_NE(store_, nullptr);
    ASSERT_THAT(Commit(1), IsOkAnd(SizeIs(1)));
  }

  static std::unique_ptr<PostgresStore> Open(const Settings& settings) {
    Result<std::unique_ptr<PostgresStore>> store = PostgresStore::Open(settings);
    EXPECT_THAT(store, IsOk());
    return std::move(store).value_or(nullptr);
  }

  /// One change, on top of the head as it is now.
  Result<std::vector<Result<void>>> Commit(std::uint64_t number) {
    const Result<std::optional<ChangeHead>> head = store_->Hold();
    if (!head) return std::unexpected(head.error());
    return CommitAfter(**head, number);
  }
  Result<std::vector<Result<void>>> CommitAfter(const ChangeHead& head, std::uint64_t number) {
    LineScript script{head.seq};
    return store_->Commit(std::vector{WriteOf(SampleWorkspace(number))}, script.maker());
  }
  bool Holds(std::uint64_t number) const {
    return store_->Find(RecordType::kWorkspace, KeyOf(SampleWorkspace(number))).has_value();
  }
  /// Holds as soon as that is possible again.
  ChangeHead HoldAtLast() {
    for (int i = 0; i < 100; ++i) {
      const Result<std::optional<ChangeHead>> head = store_->Hold();
      if (head) return **head;
      EXPECT_EQ(head.error().code, kUnavailable) << Describe(head.error());
    }
    ADD_FAILURE() << "the head is not to be had";
    return {};
  }

  ScratchDirectory directory_;
  TestServer* server_ = nullptr;
  Settings settings_;
  std::unique_ptr<FaultProxy> proxy_;
  std::unique_ptr<PostgresStore> store_;
};

TEST_F(PostgresFaultsTest, NothingWaitsPastItsDeadline) {
  proxy_->Set(FaultProxy::Fault::kSilence);
  const Result<Record> found = store_->Find(RecordType::kWorkspace, "team-1");
  EXPECT_THAT(found, FailsWith(kUnavailable, HasSubstr("within 500 ms")));
  EXPECT_THAT(store_->Hold(), FailsWith(kUnavailable));
  proxy_->Set(FaultProxy::Fault::kNone);
  EXPECT_TRUE(Holds(1));
  EXPECT_EQ(HoldAtLast().seq, 1U);
}

TEST_F(PostgresFaultsTest, NothingIsChangedWhereTheConnectionWasLostBeforeTheCommit) {
  const ChangeHead head = HoldAtLast();
  Execute(settings_, kEndOthers);
  EXPECT_THAT(CommitAfter(head, 2), FailsWith(kIo));
  EXPECT_FALSE(Holds(2));
  EXPECT_THAT(Commit(2), IsOkAnd(SizeIs(1)));
  EXPECT_TRUE(Holds(2));
}

TEST_F(PostgresFaultsTest, ACommitWhoseAnswerWasLostIsFoundByHolding) {
  const ChangeHead head = HoldAtLast();
  proxy_->Set(FaultProxy::Fault::kCutAnswer);
  EXPECT_THAT(CommitAfter(head, 2), FailsWith(kUnavailable, HasSubstr("unknown")));
  EXPECT_EQ(HoldAtLast().seq, 2U);
  EXPECT_TRUE(Holds(2));
  EXPECT_THAT(CommitAfter({.seq = 2}, 3), IsOkAnd(SizeIs(1)));
}

TEST_F(PostgresFaultsTest, ACommitThatDidNotArriveIsFoundNotToBeMade) {
  const ChangeHead head = HoldAtLast();
  proxy_->Set(FaultProxy::Fault::kCutRequest);
  EXPECT_THAT(CommitAfter(head, 2), FailsWith(kUnavailable, HasSubstr("unknown")));
  EXPECT_EQ(HoldAtLast(), head);
  EXPECT_FALSE(Holds(2));
  EXPECT_THAT(CommitAfter(head, 2), IsOkAnd(SizeIs(1)));
}

TEST_F(PostgresFaultsTest, WorksAgainAsSoonAsTheServerDoes) {
  const std::unique_ptr<PostgresStore> other = Open(settings_);
  ASSERT_NE(other, nullptr);
  EXPECT_THAT(store_->Hold(), IsOk());
  server_->Stop();
  EXPECT_THAT(CommitAfter({.seq = 1}, 2), FailsWith(kIo));
  EXPECT_THAT(store_->Hold(), FailsWith(kUnavailable));
  EXPECT_THAT(other->Head(), FailsWith(kUnavailable));
  EXPECT_THAT(other->WriteMeta("a", "b"), FailsWith(kUnavailable));
  ASSERT_TRUE(server_->Start());
  EXPECT_THAT(other->WriteMeta("a", "b"), IsOk());
  EXPECT_THAT(Commit(2), IsOkAnd(SizeIs(1)));
  EXPECT_TRUE(Holds(1));
  EXPECT_TRUE(Holds(2));
}

TEST_F(PostgresFaultsTest, AFrozenHolderIsThrownOut) {
  Settings impatient = settings_;
  impatient.idle_timeout = milliseconds{600};
  const std::unique_ptr<PostgresStore> frozen = Open(impatient);
  ASSERT_NE(frozen, nullptr);
  ASSERT_THAT(frozen->Hold(), IsOk());
  EXPECT_THAT(store_->Hold(), FailsWith(kUnavailable, HasSubstr("lock")));
  const ChangeHead head = HoldAtLast();
  EXPECT_THAT(CommitAfter(head, 2), IsOkAnd(SizeIs(1)));
  LineScript late{1};
  EXPECT_THAT(frozen->Commit(std::vector{WriteOf(SampleWorkspace(9))}, late.maker()),
              FailsWith(kIo));
  EXPECT_FALSE(Holds(9));
}

TEST_F(PostgresFaultsTest, WhatIsReleasedIsForTheOthers) {
  const std::unique_ptr<PostgresStore> other = Open(settings_);
  ASSERT_NE(other, nullptr);
  ASSERT_THAT(other->Hold(), IsOk());
  EXPECT_THAT(store_->Head(), IsOk()) << "without waiting";
  other->Release();
  EXPECT_THAT(Commit(2), IsOkAnd(SizeIs(1)));
}

/// A server that waits for a standby which is not there.
class PostgresStandbyTest : public PostgresFaultsTest {
 protected:
  void SetUp() override {
    PostgresFaultsTest::SetUp();
    if (HasFatalFailure()) return;
    Execute(settings_, "CREATE TABLE probe (n BIGINT)");
    WaitForStandby("nobody");
    // It is another process of the server that tells the others.
    Settings hasty = settings_;
    hasty.deadline = milliseconds{100};
    bool waits = false;
    for (int i = 0; i < 1000 && !waits; ++i) {
      const Result<std::unique_ptr<Connection>> connection = Connection::Open(hasty);
      ASSERT_THAT(connection, IsOk());
      waits = !(*connection)->Run(Statement{"INSERT INTO probe VALUES (1)"});
    }
    ASSERT_TRUE(waits);
  }
  void TearDown() override {
    if (server_ != nullptr) WaitForStandby("");
  }

  void WaitForStandby(const std::string& name) {
    Execute(settings_, "ALTER SYSTEM SET synchronous_standby_names = '" + name + "'");
    Execute(settings_, "SELECT pg_reload_conf()");
  }
};

TEST_F(PostgresStandbyTest, ACommitThatNoStandbyHasIsUnknownUntilOneHasIt) {
  const ChangeHead head = HoldAtLast();
  EXPECT_THAT(CommitAfter(head, 2), FailsWith(kUnavailable, HasSubstr("unknown")));
  EXPECT_THAT(store_->Hold(), FailsWith(kUnavailable));
  WaitForStandby("");
  EXPECT_EQ(HoldAtLast().seq, 2U);
}

// The server says success then, with a warning, and shows the change.
TEST_F(PostgresStandbyTest, AWaitThatSomebodyCancelledDoesNotCount) {
  Settings patient = settings_;
  patient.deadline = milliseconds{2000};
  store_ = Open(patient);
  ASSERT_NE(store_, nullptr);
  const ChangeHead head = HoldAtLast();
  std::atomic<bool> done{false};
  std::thread canceller{[&] {
    while (!done) {
      Execute(settings_,
              "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = "
              "'SyncRep' AND query = 'COMMIT'");
    }
  }};
  const auto committed = CommitAfter(head, 2);
  done = true;
  canceller.join();
  EXPECT_THAT(committed, FailsWith(kUnavailable, HasSubstr("standby")));
  EXPECT_TRUE(Holds(2)) << "this server has it";
  EXPECT_THAT(store_->Hold(), FailsWith(kUnavailable)) << "and it may still be lost";
  WaitForStandby("");
  EXPECT_EQ(HoldAtLast().seq, 2U);
}

}  // namespace
}  // namespace latchkey::postgres
