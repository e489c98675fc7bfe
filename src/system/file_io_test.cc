#include "system/file_io.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>

#include "testing/matchers.h"
#include "testing/scratch_directory.h"

namespace latchkey {
namespace {

class FileIoTest : public testing::Test {
 protected:
  [[nodiscard]] FileDescriptor OpenFile(int flags) const {
    return FileDescriptor{open(path_.c_str(), flags | O_CLOEXEC, 0600)};
  }

  ScratchDirectory directory_;
  std::string path_ = directory_.File("file");
};

TEST_F(FileIoTest, ReadsWhatWasWritten) {
  const std::string text(100'000, 'x');
  EXPECT_TRUE(WriteAll(OpenFile(O_WRONLY | O_CREAT | O_TRUNC), text));
  std::string read;
  EXPECT_TRUE(ReadAll(OpenFile(O_RDONLY), read, text.size()));
  EXPECT_EQ(read, text);
  EXPECT_THAT(SyncDirectoryOf(path_), IsOk());
}

TEST_F(FileIoTest, RefusesMoreThanItWasAskedFor) {
  EXPECT_TRUE(WriteAll(OpenFile(O_WRONLY | O_CREAT | O_TRUNC), "12345"));
  std::string read;
  EXPECT_FALSE(ReadAll(OpenFile(O_RDONLY), read, 4));
  EXPECT_EQ(errno, EFBIG);
}

TEST_F(FileIoTest, ReplacesAFileWhole) {
  ASSERT_TRUE(ReplaceFile(path_, "one"));
  ASSERT_TRUE(ReplaceFile(path_, "two"));
  std::string read;
  EXPECT_TRUE(ReadAll(OpenFile(O_RDONLY), read, 100));
  EXPECT_EQ(read, "two");
  struct stat status{};
  ASSERT_EQ(stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_FALSE(ReplaceFile("/no/such/folder/file", "x"));
}

TEST_F(FileIoTest, SaysThatWritingFailed) {
  EXPECT_FALSE(WriteAll(FileDescriptor{open("/dev/full", O_WRONLY | O_CLOEXEC)}, "x"));
  EXPECT_EQ(errno, ENOSPC);
  EXPECT_FALSE(SyncDirectoryOf("/no/such/folder/file"));
}

TEST(FileDescriptorTest, ClosesOnceAndHandsOver) {
  FileDescriptor first{open("/dev/null", O_RDONLY | O_CLOEXEC)};
  const int number = first.get();
  FileDescriptor second{std::move(first)};
  EXPECT_EQ(second.get(), number);
  EXPECT_EQ(fcntl(number, F_GETFD) & FD_CLOEXEC, FD_CLOEXEC);
  second.Close();
  EXPECT_FALSE(second.is_open());
  EXPECT_EQ(fcntl(number, F_GETFD), -1);
}

}  // namespace
}  // namespace latchkey
