#include "cli/terminal.h"

#include <gmock/gmock.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <string>
#include <thread>

#include "testing/matchers.h"

namespace latchkey::cli {
namespace {

/// ReadSecret() of a pipe that holds `text`.
Result<SecretString> ReadFromPipe(const std::string& text) {
  std::array<int, 2> fds{};
  EXPECT_EQ(::pipe(fds.data()), 0);
  std::thread writer{[&text, fd = fds[1]] {
    std::string_view rest = text;
    while (!rest.empty()) {
      const ssize_t size = ::write(fd, rest.data(), rest.size());
      if (size < 0) break;
      rest.remove_prefix(static_cast<std::size_t>(size));
    }
    ::close(fd);
  }};
  Result<SecretString> secret = ReadSecret(fds[0]);
  // Drains what is left, so that the writer ends.
  std::array<char, 4096> rest{};
  while (::read(fds[0], rest.data(), rest.size()) > 0) continue;
  writer.join();
  ::close(fds[0]);
  return secret;
}

TEST(ReadSecretTest, TakesEveryByteAsItIs) {
  const std::string text = std::string{"a\n\0\xFF\r\n", 6} + std::string(10'000, 'x');
  const Result<SecretString> secret = ReadFromPipe(text);
  ASSERT_THAT(secret, IsOk());
  EXPECT_EQ(std::string{secret->Expose()}, text);
}

TEST(ReadSecretTest, BoundsTheSize) {
  EXPECT_THAT(ReadFromPipe(std::string(kSecretSizeMax, 'x')), IsOk());
  EXPECT_THAT(ReadFromPipe(std::string(kSecretSizeMax + 1, 'x')),
              FailsWith(Error::Code::kLimitExceeded));
}

TEST(ReadSecretTest, ReportsADescriptorThatCannotBeRead) {
  EXPECT_THAT(ReadSecret(-1), FailsWith(Error::Code::kIo));
}

/// What a terminal shows, and how a process ends that asks on it for "s3cret" and is typed `typed`.
struct PromptOutcome {
  std::string shown;
  int status;
};

PromptOutcome TypeAtPrompt(std::string_view typed) {
  int terminal = -1;
  const pid_t child = ::forkpty(&terminal, nullptr, nullptr, nullptr);
  if (child == 0) {
    const Result<SecretString> secret = PromptSecret("Secret: ");
    if (!secret) ::_exit(1);
    ::_exit(secret->Expose() == "s3cret\n" ? 0 : 2);
  }
  PromptOutcome outcome{.shown = {}, .status = -1};
  std::array<char, 256> buffer{};
  bool asked = false;
  // The end of the child is an error of the terminal (EIO), or its end.
  for (ssize_t size = 0; (size = ::read(terminal, buffer.data(), buffer.size())) > 0;) {
    outcome.shown.append(buffer.data(), static_cast<std::size_t>(size));
    if (asked || !outcome.shown.ends_with(": ")) continue;
    asked = ::write(terminal, typed.data(), typed.size()) > 0;
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  ::close(terminal);
  outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return outcome;
}

TEST(PromptSecretTest, DoesNotEcho) {
  const PromptOutcome outcome = TypeAtPrompt("s3cret\n");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.shown, "Secret: \r\n");
}

TEST(PromptSecretTest, TheInterruptKeyGivesUp) {
  const PromptOutcome outcome = TypeAtPrompt("s3c\x03");
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.shown, testing::Not(testing::HasSubstr("s3c")));
}

}  // namespace
}  // namespace latchkey::cli
