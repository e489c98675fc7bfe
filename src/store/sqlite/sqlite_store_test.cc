// What is SQLite's own. The promises of authority/store.h are tested in
// store/store_contract_test.cc.

#include "store/sqlite/sqlite_store.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <mutex>

#include "store/memory/sample_records.h"
#include "testing/matchers.h"

namespace latchkey::sqlite {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using enum Error::Code;

class SqliteStoreTest : public testing::Test {
 protected:
  SqliteStoreTest() {
    std::string name = (std::filesystem::temp_directory_path() / "latchkey-XXXXXX").string();
    EXPECT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
    path_ = (directory_ / "latchkey.db").string();
  }
  ~SqliteStoreTest() override {
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  std::unique_ptr<SqliteStore> Open(
      SqliteStore::Access access = SqliteStore::Access::kReadWrite) const {
    Result<std::unique_ptr<SqliteStore>> store = SqliteStore::Open(path_, access);
    EXPECT_THAT(store, IsOk());
    return store ? *std::move(store) : nullptr;
  }
  /// Does to the database what an operator, or an intruder, could do with the sqlite3 program.
  void Tamper(const std::string& sql) const {
    const auto connection = Connection::Open(path_, Connection::Role::kWriter);
    ASSERT_THAT(connection, IsOk());
    ASSERT_THAT((*connection)->Execute(sql), IsOk());
  }
  void Commit(SqliteStore& store, const Record& record) {
    const auto committed = store.Commit(std::vector{WriteOf(record)}, script_.maker());
    ASSERT_THAT(committed, IsOk());
    ASSERT_THAT(committed->at(0), IsOk());
  }
  static std::vector<std::string> LoadByThreads(const SqliteStore& store) {
    std::mutex mutex;
    std::vector<std::string> keys;
    EXPECT_THAT(store.LoadByThreads(
                    2,
                    [&](const Record& record) {
                      const std::scoped_lock lock{mutex};
                      keys.push_back(KeyOf(record));
                    },
                    [](std::string_view key) { ADD_FAILURE() << key; }),
                IsOk());
    return keys;
  }
  unsigned ModeOf(const std::string& suffix) const {
    struct stat status{};
    EXPECT_EQ(stat((path_ + suffix).c_str(), &status), 0) << suffix;
    return status.st_mode & 0777U;
  }

  std::filesystem::path directory_;
  std::string path_;
  LineScript script_;
};

TEST_F(SqliteStoreTest, ItsFilesAreForTheirOwnerAlone) {
  const std::unique_ptr<SqliteStore> store = Open();
  Commit(*store, SampleWorkspace(1));
  EXPECT_EQ(ModeOf(""), 0600U);
  EXPECT_EQ(ModeOf("-wal"), 0600U);
  EXPECT_EQ(ModeOf("-shm"), 0600U);
}

TEST_F(SqliteStoreTest, LeavesNoLogWhenItCloses) {
  {
    const std::unique_ptr<SqliteStore> store = Open();
    Commit(*store, SampleWorkspace(1));
    EXPECT_THAT(store->LastChange(), IsOk());
  }
  EXPECT_FALSE(std::filesystem::exists(path_ + "-wal"));
}

TEST_F(SqliteStoreTest, RefusesANewerSchema) {
  Open().reset();
  Tamper("PRAGMA user_version = 99");
  EXPECT_THAT(SqliteStore::Open(path_), FailsWith(kInvalidArgument, HasSubstr("schema 99")));
  EXPECT_THAT(SqliteStore::Open(path_, SqliteStore::Access::kReadOnly),
              FailsWith(kInvalidArgument, HasSubstr("schema 99")));
}

TEST_F(SqliteStoreTest, RefusesTheDatabaseOfAnotherProgram) {
  std::ofstream{path_} << "";
  Tamper("CREATE TABLE songs (title TEXT)");
  EXPECT_THAT(SqliteStore::Open(path_), FailsWith(kInvalidArgument, HasSubstr("not made by")));
  std::ofstream{path_, std::ios::trunc} << std::string(8192, 'x');
  EXPECT_THAT(SqliteStore::Open(path_), FailsWith(kTampered));
}

TEST_F(SqliteStoreTest, ReadOnlySeesCommitsAndMakesNone) {
  EXPECT_THAT(SqliteStore::Open(path_, SqliteStore::Access::kReadOnly), FailsWith(kIo));
  const std::unique_ptr<SqliteStore> store = Open();
  const std::unique_ptr<SqliteStore> reader = Open(SqliteStore::Access::kReadOnly);
  Commit(*store, SampleWorkspace(1));
  EXPECT_THAT(reader->Find(RecordType::kWorkspace, "team-1"), IsOk());
  EXPECT_THAT(reader->Commit(std::vector{WriteOf(SampleWorkspace(2))}, script_.maker()),
              FailsWith(kIo));
  EXPECT_THAT(reader->WriteMeta("a", "b"), FailsWith(kIo));
}

TEST_F(SqliteStoreTest, NoticesAForeignWrite) {
  const std::unique_ptr<SqliteStore> store = Open();
  Commit(*store, SampleWorkspace(1));
  const Result<std::uint64_t> before = store->ForeignWrites();
  ASSERT_THAT(before, IsOk());
  Tamper("UPDATE workspaces SET version = 7");
  EXPECT_THAT(store->ForeignWrites(), IsOkAnd(testing::Ne(*before)));
}

TEST_F(SqliteStoreTest, ReportsRowsThatAreNoRecords) {
  const std::unique_ptr<SqliteStore> store = Open();
  for (std::uint64_t i = 1; i <= 3; ++i) Commit(*store, SampleCredential(i));
  Commit(*store, SampleMembership(1));
  Commit(*store, SampleAccount(1));
  Commit(*store, SampleSession(1));
  Commit(*store, SampleLink(1));
  Commit(*store, SamplePolicy(1));
  Tamper(
      "UPDATE credentials SET kind = 'root' WHERE id = '00000000001';"
      "UPDATE credentials SET id = 'x' WHERE id = '00000000002';"
      "UPDATE memberships SET role = 'owner';"
      "UPDATE accounts SET admin = 2;"
      "UPDATE sessions SET version = 0;"
      "UPDATE links SET kind = 'key';"
      "UPDATE policies SET api_tokens = 2;");
  std::vector<std::string> records;
  std::vector<std::string> unreadable;
  EXPECT_THAT(store->Load([&](const Record& record) { records.push_back(KeyOf(record)); },
                          [&](std::string_view key) { unreadable.emplace_back(key); }),
              IsOk());
  EXPECT_THAT(records, ElementsAre("00000000003"));
  EXPECT_THAT(unreadable,
              testing::UnorderedElementsAre("00000000001", "x", KeyOf(SampleAccount(1)),
                                            KeyOf(SampleMembership(1)), KeyOf(SampleSession(1)),
                                            KeyOf(SampleLink(1)), std::string{kPolicyKey}));
  EXPECT_THAT(store->Find(RecordType::kCredential, "00000000001"), FailsWith(kTampered));
  const auto listed = store->ListCredentials({});
  ASSERT_THAT(listed, IsOk());
  EXPECT_EQ(listed->size(), 1U) << "one bad row does not spoil the list";
}

TEST_F(SqliteStoreTest, GivesBackWhatSomebodyChangedForTheSealToJudge) {
  const std::unique_ptr<SqliteStore> store = Open();
  const CredentialRecord record = SampleCredential(1);
  Commit(*store, record);
  Tamper("UPDATE credentials SET grants = 'admin:everything  x', expires_at = NULL, version = 9");
  const Result<Record> found = store->Find(RecordType::kCredential, record.id.text());
  ASSERT_THAT(found, IsOk());
  const auto& changed = std::get<CredentialRecord>(*found);
  EXPECT_THAT(changed.grants, ElementsAre("admin:everything", "", "x"));
  EXPECT_EQ(changed.expires_at, std::nullopt);
  EXPECT_EQ(changed.version, 9U);
  EXPECT_EQ(changed.seal, record.seal);
}

TEST_F(SqliteStoreTest, RefusesGrantsThatItCouldNotGiveBack) {
  const std::unique_ptr<SqliteStore> store = Open();
  for (const char* grant : {"", "a b"}) {
    CredentialRecord record = SampleCredential(1);
    record.grants = {grant};
    const auto committed = store->Commit(std::vector{WriteOf(record)}, script_.maker());
    ASSERT_THAT(committed, IsOk());
    EXPECT_THAT(committed->at(0), FailsWith(kInvalidArgument));
  }
}

TEST_F(SqliteStoreTest, RefusesMethodsAndAppsThatItCouldNotGiveBack) {
  const std::unique_ptr<SqliteStore> store = Open();
  for (const char* name : {"", "a b"}) {
    SessionRecord session = SampleSession(1);
    session.value.methods = {name};
    PolicyRecord policy = SamplePolicy(1);
    policy.value.token_apps = {name};
    for (const Record& record : {Record{session}, Record{policy}}) {
      const auto committed = store->Commit(std::vector{WriteOf(record)}, script_.maker());
      ASSERT_THAT(committed, IsOk());
      EXPECT_THAT(committed->at(0), FailsWith(kInvalidArgument));
    }
  }
}

// This is why the journal exists. If it ever fails because SQLite has learnt to notice, good.
TEST_F(SqliteStoreTest, LosesTheLastCommitWithoutAWordWhenItsLogIsOneByteShort) {
  const std::filesystem::path copy = directory_ / "copy.db";
  {
    const std::unique_ptr<SqliteStore> store = Open();
    Commit(*store, SampleWorkspace(1));
    Commit(*store, Next(SampleWorkspace(1)));
    // As a crash leaves the files: closing would empty the log.
    std::filesystem::copy_file(path_, copy);
    std::filesystem::copy_file(path_ + "-wal", copy.string() + "-wal");
  }
  const std::string log = copy.string() + "-wal";
  std::filesystem::resize_file(log, std::filesystem::file_size(log) - 1);
  const Result<std::unique_ptr<SqliteStore>> store = SqliteStore::Open(copy.string());
  ASSERT_THAT(store, IsOk());
  const Result<Record> found = (*store)->Find(RecordType::kWorkspace, "team-1");
  ASSERT_THAT(found, IsOk());
  EXPECT_EQ(VersionOf(*found), 1U);
  const auto last = (*store)->LastChange();
  ASSERT_TRUE(last && *last);
  EXPECT_EQ((*last)->seq, 1U);
}

TEST_F(SqliteStoreTest, ForgetsExpiredClaimsAFewAtATime) {
  const std::unique_ptr<SqliteStore> store = Open();
  std::vector<Write> writes;
  for (std::uint64_t i = 0; i < 10; ++i) {
    writes.push_back(WriteOf(SampleCredential(i)));
    writes.back().claim = SampleClaim("ana", "key " + std::to_string(i));
  }
  ASSERT_THAT(store->Commit(writes, script_.maker()), IsOk());
  CredentialRecord later = SampleCredential(100);
  later.created_at = writes[0].claim->expires_at;
  Write write = WriteOf(later);
  write.claim = SampleClaim("ana", "a later key");
  ASSERT_THAT(store->Commit(std::vector{write}, script_.maker()), IsOk());
  int known = 0;
  for (const Write& old : writes) {
    const auto claim = store->FindClaim("ana", old.claim->key);
    ASSERT_THAT(claim, IsOk());
    if (*claim) ++known;
  }
  EXPECT_EQ(known, 6);
}

TEST_F(SqliteStoreTest, ThreadsLoadRowsWhateverTheirNumbers) {
  const std::unique_ptr<SqliteStore> store = Open();
  for (std::uint64_t i = 1; i <= 4; ++i) Commit(*store, SampleCredential(i));
  Tamper("UPDATE credentials SET rowid = -9223372036854775807 - 1 WHERE rowid = 1");
  Tamper("UPDATE credentials SET rowid = 9223372036854775807 WHERE rowid = 2");
  EXPECT_EQ(LoadByThreads(*store).size(), 4U);
}

TEST_F(SqliteStoreTest, ThreadsLoadAlsoFromAReadOnlyStoreAndHoldNothingAfter) {
  const std::unique_ptr<SqliteStore> store = Open();
  Commit(*store, SampleCredential(1));
  EXPECT_EQ(LoadByThreads(*store).size(), 1U);
  EXPECT_EQ(LoadByThreads(*Open(SqliteStore::Access::kReadOnly)).size(), 1U);
  Commit(*store, SampleCredential(2));  // What they held is given back.
  EXPECT_EQ(LoadByThreads(*store).size(), 2U);
}

}  // namespace
}  // namespace latchkey::sqlite
