#include "admin/line_channel.h"

#include <gmock/gmock.h>
#include <sys/socket.h>

#include <array>
#include <thread>

#include "admin/protocol.h"
#include "testing/matchers.h"

namespace latchkey::admin {
namespace {

using enum Error::Code;
using namespace std::chrono_literals;

class LineChannelTest : public testing::Test {
 protected:
  LineChannelTest() {
    std::array<int, 2> fds{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds.data()), 0);
    near_ = std::make_unique<LineChannel>(FileDescriptor{fds[0]}, 10s);
    far_ = FileDescriptor{fds[1]};
  }

  void Write(std::string_view text) const {
    EXPECT_EQ(::send(far_.get(), text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  }

  std::string ReceiveText() {
    const Result<std::optional<SecretString>> line = near_->Receive();
    if (!line || !*line) return "(none)";
    return std::string{(*line)->Expose()};
  }

  std::unique_ptr<LineChannel> near_;
  FileDescriptor far_;
};

TEST_F(LineChannelTest, TakesLinesApart) {
  Write("one\n\nthr");
  EXPECT_EQ(ReceiveText(), "one");
  EXPECT_EQ(ReceiveText(), "");
  Write("ee\n");
  EXPECT_EQ(ReceiveText(), "three");
}

TEST_F(LineChannelTest, SendsALineWithItsBreak) {
  ASSERT_THAT(near_->Send("hello"), IsOk());
  std::array<char, 16> buffer{};
  EXPECT_EQ(::recv(far_.get(), buffer.data(), 6, MSG_WAITALL), 6);
  EXPECT_EQ(std::string(buffer.data(), 6), "hello\n");
}

TEST_F(LineChannelTest, TheEndIsNoError) {
  Write("last\n");
  far_ = FileDescriptor{};
  EXPECT_EQ(ReceiveText(), "last");
  const Result<std::optional<SecretString>> end = near_->Receive();
  ASSERT_THAT(end, IsOk());
  EXPECT_FALSE(end->has_value());
}

TEST_F(LineChannelTest, AnUnfinishedLineIsAnError) {
  Write("half");
  far_ = FileDescriptor{};
  EXPECT_THAT(near_->Receive(), FailsWith(kMalformed));
}

TEST_F(LineChannelTest, RefusesALineAboveTheLimit) {
  std::thread writer{[this] {
    const std::string text(kMessageSizeMax + 1, 'x');
    std::string_view rest = text;
    while (!rest.empty()) {
      const ssize_t size = ::send(far_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
      if (size < 0) break;
      rest.remove_prefix(static_cast<std::size_t>(size));
    }
  }};
  EXPECT_THAT(near_->Receive(), FailsWith(kLimitExceeded));
  near_.reset();
  writer.join();
}

TEST_F(LineChannelTest, AClosedOtherEndIsAnErrorOfTheSender) {
  far_ = FileDescriptor{};
  EXPECT_THAT(near_->Send("hello"), FailsWith(kUnavailable));
}

}  // namespace
}  // namespace latchkey::admin
