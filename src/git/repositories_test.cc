#include "git/repositories.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

#include "git/process.h"
#include "testing/matchers.h"

namespace latchkey::git {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using enum Error::Code;

class RepositoryStoreTest : public testing::Test {
 protected:
  RepositoryStoreTest() {
    std::string name = (fs::temp_directory_path() / "latchkey-store-XXXXXX").string();
    base_ = ::mkdtemp(name.data());
    root_ = base_ / "repositories";
    store_.emplace(*RepositoryStore::Open(root_.string(), GitProgram{}));
  }
  ~RepositoryStoreTest() override {
    std::error_code ignored;
    fs::remove_all(base_, ignored);
  }

  fs::path base_;
  fs::path root_;
  std::optional<RepositoryStore> store_;
};

TEST_F(RepositoryStoreTest, MakesABareRepositoryOnce) {
  EXPECT_THAT(store_->Create("acme", "app"), IsOk());
  EXPECT_THAT(store_->Create("acme", "app"), FailsWith(kAlreadyExists));
  EXPECT_THAT(store_->OpenRepository("acme", "app"), IsOk());
  std::string head;
  std::getline(std::ifstream{root_ / "acme/app.git/HEAD"}, head);
  EXPECT_EQ(head, "ref: refs/heads/main");
  EXPECT_FALSE(fs::exists(root_ / "acme/app.git/hooks"));
  EXPECT_EQ(fs::status(root_).permissions(), fs::perms::owner_all);
}

TEST_F(RepositoryStoreTest, AFailedCreateLeavesNothing) {
  const Result<RepositoryStore> broken =
      RepositoryStore::Open(root_.string(), {.path = "/bin/false"});
  EXPECT_THAT(broken->Create("acme", "app"), FailsWith(kIo));
  EXPECT_TRUE(fs::is_empty(root_ / "acme"));
}

TEST_F(RepositoryStoreTest, ListsWhatThereIs) {
  EXPECT_THAT(store_->Create("beta", "x"), IsOk());
  EXPECT_THAT(store_->Create("acme", "z"), IsOk());
  EXPECT_THAT(store_->Create("acme", "a.b"), IsOk());
  fs::create_directories(root_ / "acme/.new-abc");
  fs::create_directories(root_ / "acme/Upper.git");
  fs::create_directory_symlink(root_ / "acme/z.git", root_ / "acme/link.git");
  EXPECT_THAT(store_->List(),
              IsOkAnd(ElementsAre(RepositoryName{"acme", "a.b"}, RepositoryName{"acme", "z"},
                                  RepositoryName{"beta", "x"})));
}

TEST_F(RepositoryStoreTest, RemovesWhatWasLeftBehindAndNothingElse) {
  EXPECT_THAT(store_->Create("acme", "app"), IsOk());
  fs::create_directories(root_ / "acme/.new-abc/objects");
  fs::create_directories(root_ / "acme/app.git/objects/tmp_objdir-incoming-abc/pack");
  std::ofstream{root_ / "acme/app.git/refs/heads/main.lock"};
  std::ofstream{root_ / "acme/app.git/packed-refs.lock"};
  EXPECT_THAT(store_->RemoveLeftovers(), IsOkAnd(4U));
  EXPECT_THAT(store_->RemoveLeftovers(), IsOkAnd(0U));
  EXPECT_THAT(store_->OpenRepository("acme", "app"), IsOk());
}

TEST_F(RepositoryStoreTest, LeavesARepositoryAloneInWhichAGitStillRuns) {
  EXPECT_THAT(store_->Create("acme", "app"), IsOk());
  EXPECT_THAT(store_->Create("acme", "other"), IsOk());
  const fs::path quarantine = root_ / "acme/app.git/objects/tmp_objdir-incoming-abc";
  fs::create_directories(quarantine);
  fs::create_directories(root_ / "acme/other.git/objects/tmp_objdir-incoming-abc");

  // It reads its input to the end, so it lives until the pipe is closed.
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  FileDescriptor input{ends[0]};
  FileDescriptor feed{ends[1]};
  const FileDescriptor nothing{::open("/dev/null", O_RDWR | O_CLOEXEC)};
  Result<FileDescriptor> directory = store_->OpenRepository("acme", "app");
  ASSERT_THAT(directory, IsOk());
  const Result<Process> git =
      StartGit({}, {.arguments = {"cat-file", "--batch"}}, directory->get(),
               {.in = input.get(), .out = nothing.get(), .error = nothing.get()});
  ASSERT_THAT(git, IsOk());
  // As a killed server's would be.
  directory->Close();

  EXPECT_THAT(store_->RemoveLeftovers(), IsOkAnd(1U));
  EXPECT_TRUE(fs::exists(quarantine));
  input.Close();
  feed.Close();
  EXPECT_TRUE(Reap(*git).ok());
  EXPECT_THAT(store_->RemoveLeftovers(), IsOkAnd(1U));
  EXPECT_FALSE(fs::exists(quarantine));
}

TEST_F(RepositoryStoreTest, LinksAndFilesAreNoRepositories) {
  EXPECT_THAT(store_->Create("acme", "app"), IsOk());
  fs::create_directory_symlink(root_ / "acme/app.git", root_ / "acme/link.git");
  fs::create_directory_symlink(root_ / "acme", root_ / "beta");
  fs::create_directory_symlink("/etc", root_ / "acme/etc.git");
  std::ofstream{root_ / "acme/file.git"} << "gitdir: /etc\n";
  EXPECT_THAT(store_->OpenRepository("acme", "link"),
              FailsWith(kNotFound, HasSubstr("symbolic link")));
  EXPECT_THAT(store_->OpenRepository("beta", "app"),
              FailsWith(kNotFound, HasSubstr("symbolic link")));
  EXPECT_THAT(store_->OpenRepository("acme", "etc"), FailsWith(kNotFound));
  EXPECT_THAT(store_->OpenRepository("acme", "file"), FailsWith(kNotFound));
  EXPECT_THAT(store_->OpenRepository("acme", "none"), FailsWith(kNotFound));
}

TEST_F(RepositoryStoreTest, ADirectoryOfAnotherUserIsNoRepository) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give a directory away";
  EXPECT_THAT(store_->Create("acme", "app"), IsOk());
  ASSERT_EQ(::chown((root_ / "acme/app.git").c_str(), 12345, 12345), 0);
  EXPECT_THAT(store_->OpenRepository("acme", "app"),
              FailsWith(kNotFound, HasSubstr("another user")));
}

class RepositoryNameRefused
    : public RepositoryStoreTest,
      public testing::WithParamInterface<std::pair<const char*, const char*>> {};

TEST_P(RepositoryNameRefused, BeforeItBecomesAPath) {
  const auto& [workspace, slug] = GetParam();
  EXPECT_THAT(store_->Create(workspace, slug), FailsWith(kInvalidArgument));
  EXPECT_THAT(store_->OpenRepository(workspace, slug), FailsWith(kNotFound));
  EXPECT_TRUE(fs::is_empty(root_));
}

INSTANTIATE_TEST_SUITE_P(All, RepositoryNameRefused,
                         testing::Values(std::pair{"acme", ".."}, std::pair{"..", "app"},
                                         std::pair{"acme", "../x"}, std::pair{"acme", "a/b"},
                                         std::pair{"acme", ""}, std::pair{"", "app"},
                                         std::pair{"acme", "-x"}, std::pair{"acme", "App"},
                                         std::pair{"ACME", "app"}, std::pair{"acme", "app.git"},
                                         std::pair{"acme", "app.lock"}, std::pair{"acme", ".new-x"},
                                         std::pair{"acme", "app\r"}, std::pair{"api", "app"}));

}  // namespace
}  // namespace latchkey::git
