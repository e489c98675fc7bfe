#include "store/sqlite/connection.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <fstream>

#include "testing/matchers.h"

namespace latchkey::sqlite {
namespace {

using testing::HasSubstr;
using testing::Not;
using enum Error::Code;

class ConnectionTest : public testing::Test {
 protected:
  ConnectionTest() {
    std::string name = (std::filesystem::temp_directory_path() / "latchkey-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
    path_ = (directory_ / "test.db").string();
    std::ofstream{path_} << "";
    Result<std::unique_ptr<Connection>> opened = Connection::Open(path_, Connection::Role::kWriter);
    EXPECT_THAT(opened, IsOk());
    if (opened) writer_ = *std::move(opened);
    EXPECT_THAT(writer_->Execute("CREATE TABLE t (k INTEGER PRIMARY KEY, v ANY) STRICT"), IsOk());
  }
  ~ConnectionTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  std::int64_t Ask(const std::string& sql) {
    Query query = writer_->Prepare(sql);
    EXPECT_THAT(query.Step(), IsOkAnd(true));
    return query.Number(0).value_or(-1);
  }

  std::filesystem::path directory_;
  std::string path_;
  std::unique_ptr<Connection> writer_;
};

TEST_F(ConnectionTest, IsSetUpForDurabilityAndAgainstHostileFiles) {
  EXPECT_EQ(Ask("PRAGMA synchronous"), 2);  // FULL
  EXPECT_EQ(Ask("PRAGMA wal_autocheckpoint"), 1000);
  EXPECT_EQ(Ask("PRAGMA foreign_keys"), 1);
  EXPECT_EQ(Ask("PRAGMA cell_size_check"), 1);
  EXPECT_EQ(Ask("PRAGMA trusted_schema"), 0);
  const auto reader = Connection::Open(path_, Connection::Role::kReader);
  ASSERT_THAT(reader, IsOk());
  Query query = (*reader)->Prepare("PRAGMA wal_autocheckpoint");
  EXPECT_THAT(query.Step(), IsOkAnd(true));
  EXPECT_EQ(query.Number(0), 0);
  EXPECT_THAT((*reader)->Execute("INSERT INTO t VALUES (1, 1)"), FailsWith(kIo));
}

TEST_F(ConnectionTest, GivesBackWhatWasBound) {
  const std::string text{"a\0'\"\xE2\x82\xAC", 7};
  constexpr std::array kBytes{std::byte{0}, std::byte{255}};
  const auto put = [this](std::int64_t key) {
    return writer_->Prepare("INSERT INTO t VALUES (?, ?)").Bind(key).Run();
  };
  EXPECT_THAT(put(0), IsOk()) << "what is not bound is null";
  EXPECT_THAT(writer_->Prepare("INSERT INTO t VALUES (1, ?)").Bind(text).Run(), IsOk());
  EXPECT_THAT(writer_->Prepare("INSERT INTO t VALUES (2, ?)").Bind(std::string_view{}).Run(),
              IsOk());
  EXPECT_THAT(writer_->Prepare("INSERT INTO t VALUES (3, ?)").Bind(std::span{kBytes}).Run(),
              IsOk());
  EXPECT_THAT(
      writer_->Prepare("INSERT INTO t VALUES (4, ?)").Bind(std::span<const std::byte>{}).Run(),
      IsOk());
  Query query = writer_->Prepare("SELECT v FROM t ORDER BY k");
  EXPECT_THAT(query.Step(), IsOkAnd(true));
  EXPECT_TRUE(query.IsNull(0));
  EXPECT_THAT(query.Step(), IsOkAnd(true));
  EXPECT_EQ(query.Text(0), text);
  EXPECT_EQ(query.Number(0), std::nullopt) << "another type is not converted";
  EXPECT_EQ(query.Blob(0), std::nullopt);
  EXPECT_THAT(query.Step(), IsOkAnd(true));
  EXPECT_EQ(query.Text(0), "");
  EXPECT_THAT(query.Step(), IsOkAnd(true));
  ASSERT_TRUE(query.Blob(0));
  EXPECT_TRUE(std::ranges::equal(*query.Blob(0), kBytes));
  EXPECT_THAT(query.Step(), IsOkAnd(true));
  ASSERT_TRUE(query.Blob(0));
  EXPECT_TRUE(query.Blob(0)->empty());
  EXPECT_THAT(query.Step(), IsOkAnd(false));
}

TEST_F(ConnectionTest, RollsBackWhatWasNotCommitted) {
  {
    Transaction transaction{*writer_};
    ASSERT_THAT(transaction.Begin(Transaction::Kind::kWrite), IsOk());
    ASSERT_THAT(writer_->Execute("INSERT INTO t VALUES (1, 1)"), IsOk());
    EXPECT_TRUE(writer_->in_transaction());
  }
  EXPECT_FALSE(writer_->in_transaction());
  EXPECT_EQ(Ask("SELECT count(*) FROM t"), 0);
}

TEST_F(ConnectionTest, NamesNoValueInAnError) {
  ASSERT_THAT(writer_->Execute("INSERT INTO t VALUES (12345, 1)"), IsOk());
  Query query = writer_->Prepare("INSERT INTO t VALUES (?, 'precious')");
  const Result<void> repeated = query.Bind(std::int64_t{12345}).Run();
  ASSERT_THAT(repeated, FailsWith(kIo));
  EXPECT_THAT(repeated.error().message, Not(HasSubstr("12345")));
  EXPECT_THAT(repeated.error().message, Not(HasSubstr("precious")));
  EXPECT_THAT(writer_->Prepare("SELECT precious FROM t").Run(),
              FailsWith(kIo, Not(HasSubstr("precious"))));
}

TEST_F(ConnectionTest, RunsNoTrigger) {
  ASSERT_THAT(writer_->Execute("CREATE TRIGGER x AFTER INSERT ON t BEGIN DELETE FROM t; END"),
              IsOk());
  ASSERT_THAT(writer_->Execute("INSERT INTO t VALUES (1, 1)"), IsOk());
  EXPECT_EQ(Ask("SELECT count(*) FROM t"), 1);
}

TEST(TranslateTest, TellsWhatKindOfFailureItIs) {
  EXPECT_THAT(Translate(SQLITE_BUSY, "be written").hint, HasSubstr("Another program"));
  EXPECT_EQ(Translate(SQLITE_FULL, "be written").code, kNoSpace);
  EXPECT_EQ(Translate(SQLITE_IOERR_FSYNC, "be written").code, kIo);
  EXPECT_EQ(Translate(SQLITE_CORRUPT_INDEX, "be read").code, kTampered);
  EXPECT_EQ(Translate(SQLITE_NOTADB, "be read").code, kTampered);
}

}  // namespace
}  // namespace latchkey::sqlite
