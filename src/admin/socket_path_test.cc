#include "admin/socket_path.h"

#include <gmock/gmock.h>

#include <fstream>

#include "admin/fixture/temporary_directory.h"
#include "testing/matchers.h"

namespace latchkey::admin {
namespace {

using testing::EndsWith;
using testing::StartsWith;
using enum Error::Code;

std::string KernelName(const SocketAddress& address) {
  return static_cast<const char*>(reinterpret_cast<const sockaddr_un*>(address.get())->sun_path);
}

TEST(SocketAddressTest, IsThePathWhereItFits) {
  const TemporaryDirectory directory;
  const Result<SocketAddress> address = SocketAddress::Open(directory.path());
  ASSERT_THAT(address, IsOk());
  EXPECT_EQ(address->path(), directory.path() + "/admin.sock");
  EXPECT_EQ(KernelName(*address), address->path());
}

TEST(SocketAddressTest, GoesThroughTheDescriptorWhereThePathIsTooLong) {
  const TemporaryDirectory directory;
  const std::string deep = directory.path() + "/" + std::string(120, 'd');
  std::filesystem::create_directory(deep);
  const Result<SocketAddress> address = SocketAddress::Open(deep);
  ASSERT_THAT(address, IsOk());
  EXPECT_EQ(address->path(), deep + "/admin.sock");
  EXPECT_THAT(KernelName(*address), StartsWith("/proc/self/fd/"));
  EXPECT_THAT(KernelName(*address), EndsWith("/admin.sock"));
}

TEST(SocketAddressTest, NamesWhatIsMissing) {
  const TemporaryDirectory directory;
  EXPECT_THAT(SocketAddress::Open(directory.path() + "/missing"), FailsWith(kNotFound));
  std::ofstream{directory.path() + "/file"} << "x";
  EXPECT_THAT(SocketAddress::Open(directory.path() + "/file"), FailsWith(kNotFound));
}

}  // namespace
}  // namespace latchkey::admin
