#include "git/process.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "testing/matchers.h"

namespace latchkey::git {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

FileDescriptor Root() { return FileDescriptor{::open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)}; }

TEST(ProcessTest, TheEnvironmentIsOursAlone) {
  const std::vector<std::string> environment = GitEnvironment(GitProgram{}, 2);
  EXPECT_THAT(environment, Contains("GIT_PROTOCOL=version=2"));
  EXPECT_THAT(environment, Contains("HOME=/nonexistent"));
  EXPECT_THAT(environment, Contains("GIT_CONFIG_NOSYSTEM=1"));
  EXPECT_THAT(environment, Contains("GIT_CONFIG_KEY_0=core.hooksPath"));
  const auto count = std::ranges::count_if(
      environment, [](const std::string& text) { return text.starts_with("GIT_CONFIG_KEY_"); });
  EXPECT_THAT(environment, Contains("GIT_CONFIG_COUNT=" + std::to_string(count)));
}

TEST(ProcessTest, VersionZeroIsNotAskedFor) {
  EXPECT_THAT(GitEnvironment(GitProgram{}, 0), Not(Contains(StartsWith("GIT_PROTOCOL"))));
}

TEST(ProcessTest, RunsACommandAndReportsItsFailure) {
  EXPECT_THAT(RunGit({}, {.arguments = {"version"}}, Root().get()), IsOk());
  EXPECT_THAT(RunGit({}, {.arguments = {"no-such-command"}}, Root().get()),
              FailsWith(Error::Code::kIo, HasSubstr("no-such-command")));
}

TEST(ProcessTest, AProgramThatIsMissingIsUnavailable) {
  EXPECT_THAT(RunGit({.path = "/nonexistent/git"}, {.arguments = {"version"}}, Root().get()),
              FailsWith(Error::Code::kUnavailable));
}

TEST(ProcessTest, OtherOpenFilesDoNotReachTheProcess) {
  // Opened without O_CLOEXEC: the shell would find it.
  constexpr int kHigh = 50;
  const FileDescriptor null{::open("/dev/null", O_RDONLY | O_CLOEXEC)};
  const FileDescriptor leak{::fcntl(null.get(), F_DUPFD, kHigh)};
  ASSERT_TRUE(leak.is_open());
  const std::string probe = "-c";
  const std::string script = "test ! -e /proc/self/fd/" + std::to_string(leak.get());
  EXPECT_THAT(RunGit({.path = "/bin/sh"}, {.arguments = {probe, script}}, Root().get()), IsOk());
  const std::string sees_input = "test -e /proc/self/fd/0";
  EXPECT_THAT(RunGit({.path = "/bin/sh"}, {.arguments = {probe, sees_input}}, Root().get()),
              IsOk());
}

}  // namespace
}  // namespace latchkey::git
