#include "admin/client.h"

#include <gmock/gmock.h>

#include "admin/fixture/admin_world.h"
#include "admin/fixture/temporary_directory.h"
#include "admin/protocol.h"
#include "admin/socket_server.h"
#include "testing/matchers.h"

namespace latchkey::admin {
namespace {

using testing::HasSubstr;
using enum Error::Code;

TEST(AdminPortTest, ALocalOneCallsTheService) {
  AdminWorld world;
  LocalAdminPort port{world.service, "cli:ana"};
  ASSERT_THAT(port.Call("workspace.create", Json{{"workspace", "acme"}}), IsOk());
  EXPECT_THAT(world.latchkey.journal.lines().back().text, HasSubstr("\"cli:ana\""));
}

TEST(AdminPortTest, WithoutServerNobodyListens) {
  const TemporaryDirectory directory;
  EXPECT_THAT(SocketAdminPort::Connect(directory.path()), FailsWith(kNotFound));
  EXPECT_THAT(SocketAdminPort::Connect(directory.path() + "/missing"), FailsWith(kNotFound));
}

TEST(AdminPortTest, ARequestAboveTheLimitIsNotSent) {
  AdminWorld world;
  const TemporaryDirectory directory;
  const auto server = Must(SocketServer::Start(directory.path(), world.service));
  const auto client = Must(SocketAdminPort::Connect(directory.path()));
  const Json params{{"workspace", std::string(kMessageSizeMax, 'x')}};
  EXPECT_THAT(client->Call("workspace.create", params), FailsWith(kLimitExceeded));
  EXPECT_THAT(client->Call("status", Json::object()), IsOk());
}

}  // namespace
}  // namespace latchkey::admin
