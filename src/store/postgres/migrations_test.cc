#include "store/postgres/migrations.h"

#include <gmock/gmock.h>

#include <thread>

#include "testing/matchers.h"
#include "testing/postgres/test_server.h"

namespace latchkey::postgres {
namespace {

using testing::HasSubstr;
using enum Error::Code;

class PostgresMigrationsTest : public testing::Test {
 protected:
  void SetUp() override {
    server_ = TestServer::Get();
    ASSERT_NE(server_, nullptr);
    settings_ = server_->NewDatabase();
  }

  Result<void> Check() const {
    const Result<std::unique_ptr<Connection>> connection = Connection::Open(settings_);
    EXPECT_THAT(connection, IsOk());
    return connection ? CheckSchema(**connection) : Result<void>{};
  }

  TestServer* server_ = nullptr;
  Settings settings_;
};

TEST_F(PostgresMigrationsTest, MakesTheTablesOnce) {
  EXPECT_THAT(Check(), FailsWith(kInvalidArgument, HasSubstr("older schema 0")));
  EXPECT_THAT(Migrate(settings_), IsOk());
  EXPECT_THAT(Check(), IsOk());
  EXPECT_THAT(Migrate(settings_), IsOk());
  EXPECT_THAT(Check(), IsOk());
}

TEST_F(PostgresMigrationsTest, SeveralMayBeginAtOnce) {
  std::vector<std::thread> starters;
  for (int i = 0; i < 8; ++i) {
    starters.emplace_back([this] { EXPECT_THAT(Migrate(settings_), IsOk()); });
  }
  for (std::thread& starter : starters) starter.join();
  EXPECT_THAT(Check(), IsOk());
}

TEST_F(PostgresMigrationsTest, WorksWithANewerSchemaUnlessThatNeedsMore) {
  ASSERT_THAT(Migrate(settings_), IsOk());
  Execute(settings_, "UPDATE latchkey_schema SET version = 99");
  EXPECT_THAT(Migrate(settings_), IsOk());
  EXPECT_THAT(Check(), IsOk());
  Execute(settings_, "UPDATE latchkey_schema SET needs = 98");
  EXPECT_THAT(Migrate(settings_), FailsWith(kInvalidArgument, HasSubstr("schema 98")));
  EXPECT_THAT(Check(), FailsWith(kInvalidArgument));
}

TEST_F(PostgresMigrationsTest, LeavesAnotherProgramsTablesAlone) {
  Execute(settings_, "CREATE TABLE accounts (id BIGINT)");
  const Result<void> migrated = Migrate(settings_);
  ASSERT_THAT(migrated, FailsWith(kIo));
  EXPECT_THAT(migrated.error().hint, HasSubstr("a database of its own"));
  EXPECT_THAT(Check(), FailsWith(kInvalidArgument));
  Execute(settings_, "DROP TABLE accounts");
  EXPECT_THAT(Migrate(settings_), IsOk()) << "nothing was left half done";
}

}  // namespace
}  // namespace latchkey::postgres
