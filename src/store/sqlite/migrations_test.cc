#include "store/sqlite/migrations.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "testing/matchers.h"

namespace latchkey::sqlite {
namespace {

using testing::HasSubstr;
using enum Error::Code;

class MigrationsTest : public testing::Test {
 protected:
  MigrationsTest() {
    std::string name = (std::filesystem::temp_directory_path() / "latchkey-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
    const std::string path = (directory_ / "test.db").string();
    std::ofstream{path} << "";
    Result<std::unique_ptr<Connection>> opened = Connection::Open(path, Connection::Role::kWriter);
    EXPECT_THAT(opened, IsOk());
    if (opened) connection_ = *std::move(opened);
  }
  ~MigrationsTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  std::int64_t Ask(const std::string& sql) {
    Query query = connection_->Prepare(sql);
    EXPECT_THAT(query.Step(), IsOkAnd(true));
    return query.Number(0).value_or(-1);
  }

  std::filesystem::path directory_;
  std::unique_ptr<Connection> connection_;
};

TEST_F(MigrationsTest, BringAnEmptyDatabaseUpToDate) {
  EXPECT_THAT(CheckSchema(*connection_), FailsWith(kInvalidArgument, HasSubstr("older schema 0")));
  EXPECT_THAT(Migrate(*connection_), IsOk());
  EXPECT_THAT(CheckSchema(*connection_), IsOk());
  EXPECT_EQ(Ask("PRAGMA user_version"), static_cast<std::int64_t>(Migrations().size()));
  EXPECT_EQ(Ask("PRAGMA application_id"), kApplicationId);
  EXPECT_THAT(Migrate(*connection_), IsOk()) << "twice is harmless";
}

// What stands in a database of an earlier release is what its seals cover, so a migration leaves
// it.
TEST_F(MigrationsTest, BringADatabaseOfSchema2UpToDateAndKeepItsRows) {
  for (const std::string_view sql : Migrations().first(2)) {
    ASSERT_THAT(connection_->Execute(std::string{sql}), IsOk());
  }
  ASSERT_THAT(
      connection_->Execute(
          "PRAGMA user_version = 2;"
          "INSERT INTO accounts (id, email, username, display_name, kind, state, admin, "
          "password_hash, created_at, version, seal) VALUES ('1', 'ana@example.com', 'ana', "
          "'Ana', 'person', 'active', 0, '$argon2id$old', 7, 1, x'00')"),
      IsOk());
  EXPECT_THAT(CheckSchema(*connection_), FailsWith(kInvalidArgument, HasSubstr("older schema 2")));
  ASSERT_THAT(Migrate(*connection_), IsOk());
  EXPECT_THAT(CheckSchema(*connection_), IsOk());
  EXPECT_EQ(Ask("SELECT count(*) FROM accounts WHERE password_hash = '$argon2id$old'"), 1);
  for (const char* table : {"sign_ins", "sessions", "links", "policies"}) {
    EXPECT_EQ(Ask(std::string{"SELECT count(*) FROM "} + table), 0) << table;
  }
}

TEST_F(MigrationsTest, RefuseAHalfMadeDatabase) {
  // A table of ours is in the way, as after a migration that was not one transaction.
  ASSERT_THAT(connection_->Execute("PRAGMA application_id = 1280001369; CREATE TABLE meta (x)"),
              IsOk());
  EXPECT_THAT(Migrate(*connection_), FailsWith(kInvalidArgument, HasSubstr("not made by")));
  ASSERT_THAT(connection_->Execute("DROP TABLE meta; PRAGMA application_id = 0"), IsOk());
  EXPECT_THAT(Migrate(*connection_), IsOk());
}

TEST_F(MigrationsTest, RefuseWhatTheyDoNotKnow) {
  ASSERT_THAT(Migrate(*connection_), IsOk());
  ASSERT_THAT(connection_->Execute("PRAGMA user_version = 99"), IsOk());
  EXPECT_THAT(Migrate(*connection_), FailsWith(kInvalidArgument, HasSubstr("schema 99")));
  ASSERT_THAT(connection_->Execute("PRAGMA user_version = -1"), IsOk());
  EXPECT_THAT(Migrate(*connection_), FailsWith(kInvalidArgument, HasSubstr("not made by")));
}

TEST_F(MigrationsTest, LetNobodyWriteWhatIsDerived) {
  ASSERT_THAT(Migrate(*connection_), IsOk());
  EXPECT_THAT(connection_->Execute("UPDATE accounts SET email_folded = 'x'"), FailsWith(kIo));
}

}  // namespace
}  // namespace latchkey::sqlite
