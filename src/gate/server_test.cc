#include "gate/server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gate/fixture/fastcgi_client.h"
#include "gate/fixture/gate_fixture.h"
#include "gate/loop.h"

namespace latchkey::gate {
namespace {

/// A blocking connection. A read that waits longer than any test should take fails.
class Client {
 public:
  explicit Client(const ListenAddress& address)
      : socket_(::socket(address.is_unix() ? AF_UNIX : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval patience{30, 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    sockaddr_un local{};
    local.sun_family = AF_UNIX;
    address.path.copy(local.sun_path, sizeof(local.sun_path) - 1);
    sockaddr_in tcp{};
    tcp.sin_family = AF_INET;
    tcp.sin_port = htons(address.port);
    tcp.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    const void* const untyped =
        address.is_unix() ? static_cast<const void*>(&local) : static_cast<const void*>(&tcp);
    const socklen_t size = address.is_unix() ? sizeof(local) : sizeof(tcp);
    connected_ = ::connect(socket_.get(), static_cast<const sockaddr*>(untyped), size) == 0;
  }

  [[nodiscard]] bool connected() const { return connected_; }

  bool Send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// The head of the next answer whose body is empty or told by Content-Length.
  std::string ReceiveAnswer() {
    for (;;) {
      const std::size_t end = pending_.find("\r\n\r\n");
      if (end != std::string::npos) {
        const std::size_t at = pending_.find("Content-Length: ");
        const std::size_t length = std::stoul(pending_.substr(at + 16));
        if (pending_.size() >= end + 4 + length) {
          std::string answer = pending_.substr(0, end + 4 + length);
          pending_.erase(0, end + 4 + length);
          return answer;
        }
      }
      if (!ReceiveMore()) return {};
    }
  }

  std::string ReceiveAll() {
    while (ReceiveMore()) {
    }
    return std::exchange(pending_, {});
  }

  void FinishSending() { ::shutdown(socket_.get(), SHUT_WR); }
  void SetReceiveBuffer(int size) {
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
  }

 private:
  bool ReceiveMore() {
    std::array<char, 65536> buffer{};
    const ssize_t size = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (size <= 0) return false;
    pending_.append(buffer.data(), static_cast<std::size_t>(size));
    return true;
  }

  FileDescriptor socket_;
  bool connected_ = false;
  std::string pending_;
};

class GateServerTest : public GateFixture {
 protected:
  GateServerTest() {
    std::string pattern = "/tmp/latchkey-gate-XXXXXX";
    directory_ = ::mkdtemp(pattern.data());
  }
  GateServerTest(const GateServerTest&) = delete;
  GateServerTest& operator=(const GateServerTest&) = delete;
  ~GateServerTest() override {
    server_.reset();
    ::unlink((directory_ + "/gate.sock").c_str());
    ::rmdir(directory_.c_str());
  }

  void StartGate(GateSettings settings = {}) {
    settings.listen = {ParseListenAddress("127.0.0.1:0").value(),
                       ParseListenAddress("unix:" + directory_ + "/gate.sock").value()};
    settings.fastcgi = {ParseFastCgiAddress("127.0.0.1:0=bitbucket").value()};
    if (settings.threads == 0) settings.threads = 2;
    auto server = GateServer::Create(std::move(settings),
                                     {.gatekeeper = gatekeeper_, .clock = latchkey_.clock},
                                     [this](std::string_view lines) {
                                       const std::scoped_lock lock{mutex_};
                                       log_ += lines;
                                     });
    ASSERT_TRUE(server.has_value()) << server.error().message;
    server_ = std::move(*server);
    server_->Start();
    tcp_ = server_->addresses().at(0);
    unix_ = server_->addresses().at(1);
    fastcgi_ = server_->addresses().at(2);
  }

  [[nodiscard]] std::string Question(const std::string& version = "HTTP/1.1") const {
    return "GET /gate/bitbucket/nginx " + version +
           "\r\nHost: tok\r\nX-Original-Method: GET\r\nX-Original-URI: /2.0/repositories/w/r\r\n"
           "X-Original-Host: h\r\nX-Real-IP: 192.0.2.7\r\nAuthorization: " +
           Bearer() + "\r\n\r\n";
  }

  std::string directory_;
  std::unique_ptr<GateServer> server_;
  ListenAddress tcp_;
  ListenAddress unix_;
  ListenAddress fastcgi_;
  std::mutex mutex_;
  std::string log_;
};

TEST_F(GateServerTest, AnswersManyQuestionsOnOneConnection) {
  StartGate();
  for (const ListenAddress& address : {tcp_, unix_}) {
    Client client(address);
    for (int i = 0; i < 100; ++i) {
      ASSERT_TRUE(client.Send(Question()));
      ASSERT_TRUE(client.ReceiveAnswer().starts_with("HTTP/1.1 200 OK\r\n"));
    }
  }
  server_->Stop();
  EXPECT_EQ(std::ranges::count(log_, '\n'), 200);
}

TEST_F(GateServerTest, AnswersAThousandPipelinedQuestions) {
  StartGate();
  Client client(unix_);
  std::string all;
  for (int i = 0; i < 1000; ++i) all += Question();
  std::thread sender([&] { client.Send(all); });
  int answers = 0;
  while (answers < 1000 && client.ReceiveAnswer().starts_with("HTTP/1.1 200 OK\r\n")) ++answers;
  sender.join();
  EXPECT_EQ(answers, 1000);
}

TEST_F(GateServerTest, WaitsForAReaderThatIsSlowWithoutReadingOn) {
  StartGate();
  Client client(unix_);
  client.SetReceiveBuffer(4096);
  std::string all;
  for (int i = 0; i < 20000; ++i) all += Question();
  std::thread sender([&] { client.Send(all); });
  // Others are answered meanwhile.
  Client other(unix_);
  ASSERT_TRUE(other.Send(Question()));
  EXPECT_TRUE(other.ReceiveAnswer().starts_with("HTTP/1.1 200"));
  int answers = 0;
  while (answers < 20000 && client.ReceiveAnswer().starts_with("HTTP/1.1 200 OK\r\n")) ++answers;
  sender.join();
  EXPECT_EQ(answers, 20000);
}

TEST_F(GateServerTest, ReadsARequestByteByByte) {
  StartGate();
  Client client(tcp_);
  for (const char byte : Question()) ASSERT_TRUE(client.Send({&byte, 1}));
  EXPECT_TRUE(client.ReceiveAnswer().starts_with("HTTP/1.1 200"));
}

TEST_F(GateServerTest, SpeaksHttp10AndEndsTheConnection) {
  StartGate();
  Client client(tcp_);
  client.Send(Question("HTTP/1.0"));
  const std::string all = client.ReceiveAll();
  EXPECT_TRUE(all.starts_with("HTTP/1.1 200 OK\r\n"));
  EXPECT_TRUE(all.ends_with("Connection: close\r\n\r\n"));
}

TEST_F(GateServerTest, AnswersWhoHasFinishedSending) {
  StartGate();
  Client client(tcp_);
  client.Send(Question());
  client.FinishSending();
  EXPECT_TRUE(client.ReceiveAll().starts_with("HTTP/1.1 200"));
}

TEST_F(GateServerTest, DeliversARefusalAlthoughMoreWasSent) {
  StartGate();
  Client client(tcp_);
  client.Send("BAD\r\n\r\n" + std::string(100000, 'x'));
  const std::string all = client.ReceiveAll();
  EXPECT_TRUE(all.starts_with("HTTP/1.1 400")) << all;
}

TEST_F(GateServerTest, CutsOffWhoDripsHoweverManyTheyAre) {
  GateSettings settings;
  settings.limits.head_timeout = std::chrono::seconds{1};
  StartGate(settings);
  std::vector<std::unique_ptr<Client>> drippers;
  for (int i = 0; i < 300; ++i) {
    drippers.push_back(std::make_unique<Client>(i % 2 == 0 ? tcp_ : unix_));
    ASSERT_TRUE(drippers.back()->Send("GET /gate"));
  }
  Client client(tcp_);
  client.Send(Question());
  EXPECT_TRUE(client.ReceiveAnswer().starts_with("HTTP/1.1 200"));
  for (const auto& dripper : drippers) {
    EXPECT_TRUE(dripper->ReceiveAll().starts_with("HTTP/1.1 408"));
  }
}

TEST_F(GateServerTest, ServesAThousandConnectionsAtOnceAndTurnsAwayTheRest) {
  rlimit files{};
  ::getrlimit(RLIMIT_NOFILE, &files);
  if (files.rlim_cur < 2500) GTEST_SKIP() << "too few files may be open";
  GateSettings settings;
  settings.limits.connections_max = 1000;
  StartGate(settings);
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 1000; ++i) {
    clients.push_back(std::make_unique<Client>(unix_));
    ASSERT_TRUE(clients.back()->connected());
    ASSERT_TRUE(clients.back()->Send(Question()));
  }
  for (const auto& client : clients) {
    ASSERT_TRUE(client->ReceiveAnswer().starts_with("HTTP/1.1 200"));
  }
  EXPECT_EQ(server_->connection_count(), 1000U);
  Client late(unix_);
  EXPECT_TRUE(late.ReceiveAll().starts_with("HTTP/1.1 503"));
}

TEST_F(GateServerTest, SpeaksFastCgi) {
  StartGate();
  Client client(fastcgi_);
  client.Send(FastCgiRecords({{"REQUEST_METHOD", "GET"},
                              {"REQUEST_URI", "/2.0/repositories/w/r"},
                              {"REMOTE_ADDR", "192.0.2.7"},
                              {"HTTP_AUTHORIZATION", Bearer()}}));
  const FastCgiReply reply = ReadFastCgiReply(client.ReceiveAll());
  EXPECT_TRUE(reply.ended);
  EXPECT_TRUE(reply.content.starts_with("Status: 200 OK\r\nVariable-AUTH_USER: ana\r\n"));
  Client other(fastcgi_);
  other.Send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(other.ReceiveAll(), "");
}

// The kernel tells of what came once: whatever came with it must be found all the same.
TEST_F(GateServerTest, AnswersMoreThanOneReadHoldsAndThenTheEnd) {
  StartGate();
  constexpr int kQuestions = 9000;  // Beyond the reads of one round, too.
  std::string bytes;
  for (int i = 0; i < kQuestions; ++i) bytes += Question();
  for (const ListenAddress& address : {tcp_, unix_}) {
    Client client(address);
    std::thread sender([&] {
      client.Send(bytes);
      client.FinishSending();
    });
    int answers = 0;
    while (client.ReceiveAnswer().starts_with("HTTP/1.1 200")) ++answers;
    sender.join();
    EXPECT_EQ(answers, kQuestions);
    EXPECT_EQ(client.ReceiveAll(), "");
  }
}

TEST_F(GateServerTest, ClosesAtOnceWhereTheEndCameWithTheQuestion) {
  GateSettings settings;
  settings.limits.keep_alive_timeout = std::chrono::hours{1};
  StartGate(settings);
  for (int i = 0; i < 200; ++i) {
    Client client(i % 2 == 0 ? tcp_ : unix_);
    client.Send(Question());
    client.FinishSending();
    EXPECT_TRUE(client.ReceiveAll().starts_with("HTTP/1.1 200"));
  }
}

TEST_F(GateServerTest, LetsRequestsOnTheWayEndAndRemovesItsSocket) {
  StartGate();
  Client idle(tcp_);
  idle.Send(Question());
  EXPECT_TRUE(idle.ReceiveAnswer().starts_with("HTTP/1.1 200"));
  Client half(unix_);
  const std::string question = Question();
  half.Send(question.substr(0, 40));
  Client other(unix_);  // Answered, so what was sent before has been seen.
  other.Send(Question());
  EXPECT_TRUE(other.ReceiveAnswer().starts_with("HTTP/1.1 200"));
  std::thread stopper([this] { server_->Stop(); });
  EXPECT_EQ(idle.ReceiveAll(), "");
  half.Send(question.substr(40));
  const std::string answer = half.ReceiveAll();
  stopper.join();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("Connection: close\r\n\r\n"));
  server_.reset();
  struct stat status{};
  EXPECT_NE(::lstat(unix_.path.c_str(), &status), 0);
}

TEST_F(GateServerTest, RefusesUntrustedPeersOverTcpButNotOverTheUnixSocket) {
  GateSettings settings;
  settings.trusted_proxies = {"10.0.0.0/8"};
  StartGate(settings);
  Client tcp(tcp_);
  tcp.Send(Question());
  EXPECT_TRUE(tcp.ReceiveAnswer().starts_with("HTTP/1.1 403"));
  Client local(unix_);
  local.Send(Question());
  EXPECT_TRUE(local.ReceiveAnswer().starts_with("HTTP/1.1 200"));
}

TEST_F(GateServerTest, NoConnectionTakesThePlaceOfAnotherKind) {
  GateSettings settings;
  settings.limits.connections_max = 20;
  StartGate(settings);
  std::vector<std::unique_ptr<Client>> idle;
  for (int i = 0; i < 20; ++i) {
    idle.push_back(std::make_unique<Client>(tcp_));
    idle.back()->Send(Question());
    EXPECT_TRUE(idle.back()->ReceiveAnswer().starts_with("HTTP/1.1 200")) << i;
  }
  EXPECT_TRUE(Client(tcp_).ReceiveAll().starts_with("HTTP/1.1 503"));
  Client local(unix_);
  local.Send(Question());
  EXPECT_TRUE(local.ReceiveAnswer().starts_with("HTTP/1.1 200"));
}

TEST_F(GateServerTest, WhoMayNotAskHasFewPlacesOfItsOwn) {
  GateSettings settings;
  settings.threads = 1;  // Which takes connections in the order in which they came.
  settings.trusted_proxies = {"10.0.0.0/8"};
  StartGate(settings);
  std::vector<std::unique_ptr<Client>> idle;
  for (std::size_t i = 0; i < kUntrustedMax; ++i) idle.push_back(std::make_unique<Client>(tcp_));
  EXPECT_TRUE(Client(tcp_).ReceiveAll().starts_with("HTTP/1.1 503"));
  Client local(unix_);
  local.Send(Question());
  EXPECT_TRUE(local.ReceiveAnswer().starts_with("HTTP/1.1 200"));
  idle.clear();
  // Whoever left gives the place to the next one.
  bool told = false;
  for (int i = 0; i < 10'000 && !told; ++i) {
    Client next(tcp_);
    next.Send(Question());
    told = next.ReceiveAnswer().starts_with("HTTP/1.1 403");
  }
  EXPECT_TRUE(told);
}

TEST_F(GateServerTest, SaysWhereItCannotListen) {
  StartGate();
  GateSettings settings;
  settings.listen = {unix_};
  const auto second =
      GateServer::Create(settings, {.gatekeeper = gatekeeper_, .clock = latchkey_.clock}, {});
  ASSERT_FALSE(second.has_value());
  EXPECT_NE(second.error().message.find(unix_.path), std::string::npos);
}

TEST(FastCgiAddressTest, NamesAnAppForEachAddress) {
  EXPECT_EQ(ParseFastCgiAddress("127.0.0.1:8201=bitbucket")->app, "bitbucket");
  EXPECT_FALSE(ParseFastCgiAddress("127.0.0.1:8201").has_value());
  EXPECT_FALSE(ParseFastCgiAddress("127.0.0.1:8201=").has_value());
  EXPECT_FALSE(ParseFastCgiAddress("=bitbucket").has_value());
}

}  // namespace
}  // namespace latchkey::gate
