#include "store/postgres/connection.h"

#include <gmock/gmock.h>

#include <array>

#include "testing/matchers.h"
#include "testing/postgres/test_server.h"

namespace latchkey::postgres {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;
using enum Error::Code;

Statement Once(std::string_view sql) { return Statement{sql, Statement::Kind::kOnce}; }

class PostgresConnectionTest : public testing::Test {
 protected:
  void SetUp() override {
    settings_ = DatabaseOf(directory_.path());
    connection_ = Open();
    ASSERT_NE(connection_, nullptr);
    ASSERT_THAT(connection_->Execute("CREATE TABLE t (k BIGINT PRIMARY KEY, s TEXT, b BYTEA, "
                                     "n INTEGER)"),
                IsOk());
  }

  std::unique_ptr<Connection> Open() const {
    Result<std::unique_ptr<Connection>> opened = Connection::Open(settings_);
    EXPECT_THAT(opened, IsOk());
    return std::move(opened).value_or(nullptr);
  }
  std::string Ask(std::string_view sql) {
    const Result<Answer> answer = connection_->Run(Once(sql));
    EXPECT_THAT(answer, IsOk()) << sql;
    return answer && !answer->empty() ? std::string{(*answer)[0].Text(0).value_or("?")} : "?";
  }
  std::int64_t Count() {
    const Result<Answer> answer = connection_->Run(Statement{"SELECT count(*) FROM t"});
    return answer ? (*answer)[0].Number(0).value_or(-1) : -1;
  }

  ScratchDirectory directory_;
  Settings settings_;
  std::unique_ptr<Connection> connection_;
};

TEST_F(PostgresConnectionTest, IsSetUpForDurabilityAndAgainstWaitingForEver) {
  EXPECT_EQ(Ask("SHOW synchronous_commit"), "on");
  EXPECT_EQ(Ask("SHOW default_transaction_isolation"), "read committed");
  EXPECT_EQ(Ask("SHOW lock_timeout"), "5s");
  EXPECT_EQ(Ask("SHOW statement_timeout"), "10s");
  EXPECT_EQ(Ask("SHOW idle_in_transaction_session_timeout"), "5s");
  EXPECT_EQ(Ask("SHOW client_encoding"), "UTF8");
  EXPECT_EQ(Ask("SHOW application_name"), "latchkey");
}

TEST_F(PostgresConnectionTest, GivesBackWhatWasBound) {
  const std::string text{"a\0'\"\xE2\x82\xAC\xFF", 8};
  constexpr std::array kBytes{std::byte{0}, std::byte{255}};
  const auto put = [this](std::int64_t key, const auto& s, const auto& b, const auto& n) {
    return connection_->Run(
        Statement{"INSERT INTO t VALUES ($1, $2, $3, $4)"}.Bind(key).Bind(s).Bind(b).Bind(n));
  };
  EXPECT_THAT(put(INT64_MIN, text, std::span{kBytes}, std::int64_t{-7}), IsOk());
  EXPECT_THAT(put(-2, "", std::span<const std::byte>{}, std::int64_t{INT32_MAX}), IsOk());
  EXPECT_THAT(put(INT64_MAX, std::optional<std::string>{}, std::optional<std::span<std::byte>>{},
                  std::optional<std::int64_t>{}),
              IsOk());
  const Result<Answer> answer = connection_->Run(Statement{"SELECT k, s, b, n FROM t ORDER BY k"});
  ASSERT_THAT(answer, IsOkAnd(SizeIs(3)));
  const Row first = (*answer)[0];
  EXPECT_EQ(first.Number(0), INT64_MIN);
  EXPECT_EQ(first.Text(1), text);
  ASSERT_TRUE(first.Blob(2));
  EXPECT_TRUE(std::ranges::equal(*first.Blob(2), kBytes));
  EXPECT_EQ(first.Number(3), -7);
  EXPECT_EQ(first.Text(0), std::nullopt) << "another type is not converted";
  EXPECT_EQ(first.Number(1), std::nullopt);
  EXPECT_EQ(first.Blob(1), std::nullopt);
  const Row second = (*answer)[1];
  EXPECT_EQ(second.Number(0), -2);
  EXPECT_EQ(second.Text(1), "");
  ASSERT_TRUE(second.Blob(2));
  EXPECT_TRUE(second.Blob(2)->empty());
  EXPECT_EQ(second.Number(3), INT32_MAX);
  const Row third = (*answer)[2];
  EXPECT_EQ(third.Number(0), INT64_MAX);
  for (const int column : {1, 2, 3}) EXPECT_TRUE(third.IsNull(column));
}

TEST_F(PostgresConnectionTest, SendsManyAtOnceAndStopsAtTheFirstThatFails) {
  constexpr std::string_view kInsert = "INSERT INTO t (k) VALUES ($1)";
  std::vector<Statement> many;
  for (std::int64_t i = 0; i < 5000; ++i) many.emplace_back(kInsert).Bind(i);
  EXPECT_THAT(connection_->RunAll(many), IsOkAnd(SizeIs(5000)));
  EXPECT_EQ(Count(), 5000);
  const std::vector<Statement> failing{Statement{kInsert}.Bind(std::int64_t{9000}),
                                       Statement{kInsert}.Bind(std::int64_t{1}),
                                       Statement{"UPDATE t SET n = 1"}};
  EXPECT_THAT(connection_->RunAll(failing), FailsWith(kAlreadyExists));
  EXPECT_EQ(connection_->last_state(), "23505");
  EXPECT_EQ(Count(), 5000) << "outside a transaction they are one";
  EXPECT_THAT(connection_->Run(Statement{"UPDATE t SET n = 1"}), IsOk())
      << "it was not prepared when its turn was left out";
  EXPECT_THAT(connection_->RunAll({}), IsOkAnd(SizeIs(0)));
}

TEST_F(PostgresConnectionTest, RollsBackWhatWasNotCommitted) {
  {
    Transaction transaction{*connection_};
    ASSERT_THAT(transaction.Begin({Once("INSERT INTO t (k) VALUES (1)")}), IsOkAnd(SizeIs(1)));
    EXPECT_TRUE(connection_->in_transaction());
  }
  EXPECT_FALSE(connection_->in_transaction());
  EXPECT_EQ(Count(), 0);
  Transaction transaction{*connection_};
  ASSERT_THAT(transaction.Begin({Once("INSERT INTO t (k) VALUES (1)")}), IsOk());
  EXPECT_THAT(transaction.Commit(), IsOk());
  EXPECT_EQ(Count(), 1);
}

// The server answers such a COMMIT with success, and "ROLLBACK".
TEST_F(PostgresConnectionTest, ACommitThatRollsBackIsAnError) {
  Transaction transaction{*connection_};
  ASSERT_THAT(transaction.Begin(), IsOk());
  EXPECT_THAT(connection_->Run(Once("SELECT 1 / 0")), FailsWith(kIo));
  EXPECT_THAT(transaction.Commit(), FailsWith(kIo, HasSubstr("rolled")));
  EXPECT_FALSE(connection_->lost());
}

// As PostgreSQL does when it gives up waiting for its standby: it commits, warns, and says success.
TEST_F(PostgresConnectionTest, ACommitWithAWarningIsOfUnknownOutcome) {
  ASSERT_THAT(connection_->Execute(
                  "CREATE FUNCTION warn() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE "
                  "WARNING 'canceling wait for synchronous replication'; RETURN NULL; END $$;"
                  "CREATE CONSTRAINT TRIGGER warns AFTER INSERT ON t DEFERRABLE INITIALLY "
                  "DEFERRED FOR EACH ROW EXECUTE FUNCTION warn()"),
              IsOk());
  {
    Transaction transaction{*connection_};
    ASSERT_THAT(transaction.Begin({Once("INSERT INTO t (k) VALUES (1)")}), IsOk());
    EXPECT_THAT(transaction.Commit(), FailsWith(kUnavailable, HasSubstr("standby")));
  }
  EXPECT_TRUE(connection_->lost());
  connection_ = Open();
  EXPECT_EQ(Count(), 1);
}

TEST_F(PostgresConnectionTest, NamesNoValueInAnError) {
  ASSERT_THAT(connection_->Run(Once("INSERT INTO t (k) VALUES (12345)")), IsOk());
  for (const char* sql :
       {"INSERT INTO t (k, s) VALUES (12345, 'precious')", "INSERT INTO t (k) VALUES ('precious')",
        "SELECT precious FROM t", "DO $$ BEGIN RAISE EXCEPTION 'precious 12345'; END $$"}) {
    const Result<Answer> answer = connection_->Run(Once(sql));
    ASSERT_FALSE(answer.has_value()) << sql;
    EXPECT_THAT(Describe(answer.error()), Not(HasSubstr("precious")));
    EXPECT_THAT(Describe(answer.error()), Not(HasSubstr("12345")));
  }
}

TEST_F(PostgresConnectionTest, KnowsThatTheServerEndedIt) {
  const std::unique_ptr<Connection> other = Open();
  ASSERT_NE(other, nullptr);
  const Result<Answer> ended = other->Run(
      Once("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() "
           "AND datname = current_database()"));
  ASSERT_THAT(ended, IsOk());
  EXPECT_THAT(connection_->Run(Once("SELECT 1")), FailsWith(kUnavailable));
  EXPECT_TRUE(connection_->lost());
  EXPECT_THAT(connection_->Run(Once("SELECT 1")), FailsWith(kUnavailable)) << "and stays lost";
}

TEST_F(PostgresConnectionTest, AServerThatTakesNoWritesAnyMoreIsGivenUp) {
  ASSERT_THAT(connection_->Execute("SET default_transaction_read_only = on"), IsOk());
  EXPECT_THAT(connection_->Run(Once("INSERT INTO t (k) VALUES (1)")), FailsWith(kUnavailable));
  EXPECT_TRUE(connection_->lost());
}

TEST(PostgresConnectionOpenTest, SaysWhatCannotBeReachedWithoutThePassword) {
  const Result<Address> address =
      Address::Parse("host=/nonexistent user=ana password=precious dbname=keys");
  ASSERT_THAT(address, IsOk());
  const auto opened = Connection::Open(Settings{.address = *address});
  ASSERT_THAT(opened, FailsWith(kUnavailable, HasSubstr("ana@/nonexistent")));
  EXPECT_THAT(Describe(opened.error()), Not(HasSubstr("precious")));
}

}  // namespace
}  // namespace latchkey::postgres
