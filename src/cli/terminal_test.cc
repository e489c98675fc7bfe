#include "cli/terminal.h"

#include <gmock/gmock.h>
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

}  // namespace
}  // namespace latchkey::cli
