#include "gate/listen_address.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <string>

namespace latchkey::gate {
namespace {

TEST(ListenAddressTest, ReadsWhatItWrites) {
  for (const std::string text :
       {"127.0.0.1:8200", "[::1]:0", "0.0.0.0:65535", "unix:/run/a.sock"}) {
    const Result<ListenAddress> address = ParseListenAddress(text);
    ASSERT_TRUE(address.has_value()) << text;
    EXPECT_EQ(address->text(), text);
    EXPECT_EQ(address->is_unix(), text.starts_with("unix:"));
  }
}

TEST(ListenAddressTest, RefusesWhatNobodyCanListenOn) {
  for (const std::string& text :
       {std::string{}, std::string{"8200"}, std::string{"127.0.0.1:"}, std::string{"127.0.0.1:x"},
        std::string{"127.0.0.1:65536"}, std::string{"localhost:80"}, std::string{":80"},
        std::string{"unix:relative"}, std::string{"unix:"}, "unix:/" + std::string(107, 'a')}) {
    EXPECT_FALSE(ParseListenAddress(text).has_value()) << text;
  }
  EXPECT_TRUE(ParseListenAddress("unix:/" + std::string(106, 'a')).has_value());
}

class UnixListenTest : public testing::Test {
 protected:
  UnixListenTest() {
    std::string pattern = "/tmp/latchkey-gate-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
    address_.path = directory_ + "/s";
  }
  UnixListenTest(const UnixListenTest&) = delete;
  UnixListenTest& operator=(const UnixListenTest&) = delete;
  ~UnixListenTest() override {
    ::unlink(address_.path.c_str());
    ::rmdir(directory_.c_str());
  }

  std::string directory_;
  ListenAddress address_;
};

TEST_F(UnixListenTest, GivesTheFileItsModeAndReplacesOnlyAStaleOne) {
  {
    const Result<FileDescriptor> socket = Listen(address_, false, 0620);
    ASSERT_TRUE(socket.has_value()) << socket.error().message;
    struct stat status{};
    ASSERT_EQ(::stat(address_.path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0620U);
    const Result<FileDescriptor> second = Listen(address_, false, 0600);
    ASSERT_FALSE(second.has_value());
    EXPECT_EQ(second.error().code, Error::Code::kInUse);
  }
  EXPECT_TRUE(Listen(address_, false, 0666).has_value());
}

TEST_F(UnixListenTest, LeavesAnyOtherFileAlone) {
  std::ofstream{address_.path} << "precious";
  EXPECT_FALSE(Listen(address_, false, 0666).has_value());
  std::ifstream file{address_.path};
  std::string content;
  file >> content;
  EXPECT_EQ(content, "precious");
}

TEST(TcpListenTest, TakesAFreePortAndSharesItWhereAsked) {
  ListenAddress address = ParseListenAddress("127.0.0.1:0").value();
  const Result<FileDescriptor> first = Listen(address, true, 0);
  ASSERT_TRUE(first.has_value());
  EXPECT_NE(address.port, 0);
  EXPECT_TRUE(Listen(address, true, 0).has_value());
  const Result<FileDescriptor> alone = Listen(address, false, 0);
  ASSERT_FALSE(alone.has_value());
  EXPECT_EQ(alone.error().code, Error::Code::kInUse);
}

}  // namespace
}  // namespace latchkey::gate
