#include "admin/socket_server.h"

#include <gmock/gmock.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <thread>
#include <vector>

#include "admin/actor.h"
#include "admin/client.h"
#include "admin/fixture/admin_world.h"
#include "admin/fixture/temporary_directory.h"
#include "testing/matchers.h"

namespace latchkey::admin {
namespace {

using testing::HasSubstr;
using enum Error::Code;

class SocketServerTest : public testing::Test {
 protected:
  std::unique_ptr<SocketServer> Start(const std::string& path) {
    return Must(SocketServer::Start(path, world_.service));
  }

  AdminWorld world_;
  TemporaryDirectory directory_;
};

TEST_F(SocketServerTest, AnswersAsTheServiceDoes) {
  const auto server = Start(directory_.path());
  const auto client = Must(SocketAdminPort::Connect(directory_.path()));
  const Json account{{"email", "ana@example.com"}, {"username", "ana"}};
  ASSERT_THAT(client->Call("account.create", account), IsOk());
  EXPECT_THAT(client->Call("account.create", account), FailsWith(kAlreadyExists));
  const Result<Json> shown = client->Call("account.show", Json{{"account", "ana"}});
  ASSERT_THAT(shown, IsOk());
  EXPECT_EQ(*shown, *world_.Call("account.show", Json{{"account", "ana"}}));
}

TEST_F(SocketServerTest, NamesTheUserInTheJournal) {
  const auto server = Start(directory_.path());
  const auto client = Must(SocketAdminPort::Connect(directory_.path()));
  ASSERT_THAT(client->Call("workspace.create", Json{{"workspace", "acme"}}), IsOk());
  const std::vector<ChangeLine> lines = world_.latchkey.journal.lines();
  ASSERT_FALSE(lines.empty());
  EXPECT_THAT(lines.back().text, HasSubstr("\"" + ActorFor(::geteuid()) + "\""));
}

TEST_F(SocketServerTest, TheSocketIsTheOwnersAlone) {
  const mode_t before = ::umask(0);
  const auto server = Start(directory_.path());
  ::umask(before);
  struct stat found{};
  ASSERT_EQ(::stat((directory_.path() + "/admin.sock").c_str(), &found), 0);
  EXPECT_TRUE(S_ISSOCK(found.st_mode));
  EXPECT_EQ(found.st_mode & 0777U, 0600U);
}

TEST_F(SocketServerTest, WorksInADeepDirectory) {
  const std::string deep = directory_.path() + "/" + std::string(200, 'd');
  std::filesystem::create_directory(deep);
  const auto server = Start(deep);
  const auto client = Must(SocketAdminPort::Connect(deep));
  EXPECT_THAT(client->Call("status", Json::object()), IsOk());
}

TEST_F(SocketServerTest, ReplacesASocketThatWasLeft) {
  {
    const FileDescriptor left{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
    const SocketAddress address = Must(SocketAddress::Open(directory_.path()));
    ASSERT_EQ(::bind(left.get(), address.get(), address.size()), 0);
  }
  EXPECT_THAT(SocketAdminPort::Connect(directory_.path()), FailsWith(kNotFound));
  const auto server = Start(directory_.path());
  EXPECT_THAT(SocketAdminPort::Connect(directory_.path()), IsOk());
}

TEST_F(SocketServerTest, LeavesAFileThatIsNoSocket) {
  std::ofstream{directory_.path() + "/admin.sock"} << "precious";
  EXPECT_THAT(SocketServer::Start(directory_.path(), world_.service), FailsWith(kInUse));
  EXPECT_TRUE(std::filesystem::exists(directory_.path() + "/admin.sock"));
}

TEST_F(SocketServerTest, StopRemovesTheSocketAndEndsIdleConnections) {
  const auto server = Start(directory_.path());
  const auto idle = Must(SocketAdminPort::Connect(directory_.path()));
  ASSERT_THAT(idle->Call("status", Json::object()), IsOk());
  server->Stop();
  server->Stop();
  EXPECT_THAT(idle->Call("status", Json::object()), FailsWith(kUnavailable));
  EXPECT_THAT(SocketAdminPort::Connect(directory_.path()), FailsWith(kNotFound));
}

TEST_F(SocketServerTest, ClosesAfterAMessageThatIsNone) {
  const auto server = Start(directory_.path());
  const SocketAddress address = Must(SocketAddress::Open(directory_.path()));
  FileDescriptor socket{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  ASSERT_EQ(::connect(socket.get(), address.get(), address.size()), 0);
  LineChannel channel{std::move(socket), std::chrono::seconds{10}};
  ASSERT_THAT(channel.Send("GET / HTTP/1.1"), IsOk());
  const Result<std::optional<SecretString>> answer = channel.Receive();
  ASSERT_THAT(answer, IsOk());
  ASSERT_TRUE(answer->has_value());
  EXPECT_THAT(std::string{(*answer)->Expose()}, HasSubstr("malformed"));
  const Result<std::optional<SecretString>> end = channel.Receive();
  ASSERT_THAT(end, IsOk());
  EXPECT_FALSE(end->has_value());
}

TEST_F(SocketServerTest, ServesMoreClientsThanConnections) {
  const auto server = Start(directory_.path());
  std::atomic<int> made{0};
  std::vector<std::thread> clients;
  for (std::size_t i = 0; i < SocketServer::kConnectionsMax + 8; ++i) {
    clients.emplace_back([this, i, &made] {
      const auto client = Must(SocketAdminPort::Connect(directory_.path()));
      const Json params{{"workspace", "w" + std::to_string(i)}};
      if (client->Call("workspace.create", params)) ++made;
    });
  }
  for (std::thread& client : clients) client.join();
  EXPECT_EQ(made, static_cast<int>(clients.size()));
  EXPECT_EQ(world_.latchkey.directory->ListWorkspaces().size(), clients.size());
}

}  // namespace
}  // namespace latchkey::admin
