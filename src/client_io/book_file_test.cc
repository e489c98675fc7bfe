#include "client_io/book_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>

#include "testing/matchers.h"
#include "testing/scratch_directory.h"

namespace latchkey::client {
namespace {

using enum Error::Code;

class BookFileTest : public testing::Test {
 protected:
  static mode_t ModeOf(const std::string& path) {
    struct stat status{};
    return stat(path.c_str(), &status) == 0 ? status.st_mode & 0777U : 0;
  }

  ScratchDirectory scratch_;
  std::string directory_ = scratch_.File("deep/latchkey");
  DirectoryBook file_{directory_};
};

TEST_F(BookFileTest, IsEmptyUntilSomethingIsWritten) {
  EXPECT_TRUE(file_.Read()->logins.empty());
  EXPECT_FALSE(std::filesystem::exists(directory_));
  LoginBook book;
  book.Put({.url = "https://h", .server = "https://h"});
  ASSERT_THAT(file_.Write(book), IsOk());
  EXPECT_EQ(file_.Read()->logins, book.logins);
  EXPECT_EQ(ModeOf(directory_), 0700U);
  EXPECT_EQ(ModeOf(directory_ + "/logins.json"), 0600U);
}

TEST_F(BookFileTest, AWriteThatWasCutOffChangesNothing) {
  LoginBook book;
  ASSERT_THAT(file_.Write(book), IsOk());
  ASSERT_THAT(WritePrivateFile(directory_ + "/logins.json.new", "half"), IsOk());
  EXPECT_THAT(file_.Read(), IsOk());
  EXPECT_THAT(file_.Write(book), IsOk());
}

TEST_F(BookFileTest, RefusesWhatOthersMayReadOrWrite) {
  ASSERT_THAT(file_.Write({}), IsOk());
  ASSERT_EQ(chmod((directory_ + "/logins.json").c_str(), 0644), 0);
  EXPECT_THAT(file_.Read(), FailsWith(kPermissionDenied));
  ASSERT_EQ(chmod(directory_.c_str(), 0777), 0);
  EXPECT_THAT(file_.Write({}), FailsWith(kPermissionDenied));
  EXPECT_THAT(file_.Hold(), FailsWith(kPermissionDenied));
}

TEST_F(BookFileTest, RefusesWhatIsNoBook) {
  ASSERT_THAT(file_.Write({}), IsOk());
  ASSERT_THAT(WritePrivateFile(directory_ + "/logins.json", "{"), IsOk());
  EXPECT_THAT(file_.Read(), FailsWith(kMalformed));
}

TEST_F(BookFileTest, OneHoldsItAtATime) {
  Result<std::unique_ptr<Held>> first = file_.Hold();
  ASSERT_THAT(first, IsOk());
  DirectoryBook other{directory_};
  EXPECT_THAT(other.Hold(), FailsWith(kInUse));
  first->reset();
  EXPECT_THAT(other.Hold(), IsOk());
}

}  // namespace
}  // namespace latchkey::client
