// A disk that fills up, on a small file system in memory. Where the kernel does not let the test
// make one, it is skipped.

#include <gmock/gmock.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "store/memory/sample_records.h"
#include "store/sqlite/sqlite_store.h"
#include "testing/matchers.h"

namespace latchkey::sqlite {
namespace {

using enum Error::Code;

class DiskFullTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = (std::filesystem::temp_directory_path() / "latchkey-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    directory_ = name;
    // In a name space of its own, so that nobody else sees the file system and it ends with this
    // process.
    const bool apart = unshare(CLONE_NEWNS) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0;
    mounted_ = apart && mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0 &&
               mount("tmpfs", directory_.c_str(), "tmpfs", 0, "size=1024k") == 0;
    if (!mounted_) GTEST_SKIP() << "this process may not mount a file system";
  }
  void TearDown() override {
    if (mounted_) umount2(directory_.c_str(), MNT_DETACH);
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }

  std::filesystem::path directory_;
  bool mounted_ = false;
  LineScript script_;
};

TEST_F(DiskFullTest, ChangesNothingAndGoesOnOnceThereIsRoom) {
  const std::filesystem::path filling = directory_ / "filling";
  std::ofstream{filling} << std::string(300'000, 'x');
  const auto opened = SqliteStore::Open(directory_ / "latchkey.db");
  ASSERT_THAT(opened, IsOk());
  SqliteStore& store = **opened;

  std::uint64_t accepted = 0;
  std::optional<Error> failure;
  while (!failure && accepted < 10'000) {
    CredentialRecord record = SampleCredential(accepted + 1);
    record.name = std::string(1000, 'n');
    LineScript script{accepted};
    const auto committed = store.Commit(std::vector{WriteOf(record)}, script.maker());
    if (committed) {
      ++accepted;
    } else {
      failure = committed.error();
    }
  }
  ASSERT_TRUE(failure);
  EXPECT_EQ(failure->code, kNoSpace) << Describe(*failure);
  EXPECT_GT(accepted, 0U);
  const auto last = store.LastChange();
  ASSERT_TRUE(last && *last);
  EXPECT_EQ((*last)->seq, accepted);
  EXPECT_THAT(store.Find(RecordType::kCredential, CredentialId{accepted}.text()), IsOk());
  EXPECT_THAT(store.Find(RecordType::kCredential, CredentialId{accepted + 1}.text()),
              FailsWith(kNotFound));

  std::filesystem::remove(filling);
  LineScript script{accepted};
  EXPECT_THAT(store.Commit(std::vector{WriteOf(SampleCredential(accepted + 1))}, script.maker()),
              IsOk());
}

}  // namespace
}  // namespace latchkey::sqlite
