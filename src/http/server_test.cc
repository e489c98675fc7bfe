// The life of a server on real sockets: limits, deadlines, streams, TLS, stopping.

#include "http/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include "http/blocking_pool.h"
#include "http/server_fixture.h"

namespace latchkey::http {
namespace {

using std::chrono::seconds;
using testing::AllOf;
using testing::Contains;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;
using testing::StartsWith;

constexpr std::size_t kBig = std::size_t{64} << 20U;
constexpr const char* kGet = "GET /ok HTTP/1.1\r\nHost: h\r\n\r\n";

// Bytes whose order shows: no period that divides a buffer's size.
std::string Pattern(std::size_t from, std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>((from + i) * 31 % 251);
  return bytes;
}

class ServerTest : public ServerFixture {
 protected:
  ServerTest() {
    router_.Add("GET", "/ok", [](Exchange& e, const RouteParams&) { return Ok(e); });
    router_.Add("POST", "/pipe", [](Exchange& e, const RouteParams&) { return Pipe(e); });
    router_.Add("POST", "/count", [](Exchange& e, const RouteParams&) { return Count(e); });
    router_.Add("GET", "/flood", [](Exchange& e, const RouteParams&) { return Flood(e); });
    router_.Add("GET", "/short", [](Exchange& e, const RouteParams&) { return Short(e); });
    router_.Add("GET", "/abort", [](Exchange& e, const RouteParams&) { return AbortIt(e); });
    router_.Add("GET", "/stream", [](Exchange& e, const RouteParams&) { return Stream(e); });
    router_.Add("GET", "/gate", [this](Exchange& e, const RouteParams&) { return Gate(e); });
  }
  ~ServerTest() override { StopServer(); }

  static Awaitable<void> RespondText(Exchange& exchange, std::string text) {
    Response response;
    response.body = std::move(text);
    static_cast<void>(co_await exchange.Respond(std::move(response)));
  }
  static Awaitable<void> Ok(Exchange& exchange) { return RespondText(exchange, "ok"); }
  static Awaitable<void> Pipe(Exchange& exchange) {
    std::vector<char> buffer(262144);
    Fields fields;
    if (!co_await exchange.StartStream(200, std::move(fields))) co_return;
    for (;;) {
      const Result<std::size_t> size = co_await exchange.ReadBody(buffer);
      if (!size) co_return;
      if (*size == 0) break;
      if (!co_await exchange.Write(std::span(buffer).first(*size))) co_return;
    }
    static_cast<void>(co_await exchange.FinishStream());
  }
  static Awaitable<void> Count(Exchange& exchange) {
    std::vector<char> buffer(262144);
    std::size_t total = 0;
    for (;;) {
      const Result<std::size_t> size = co_await exchange.ReadBody(buffer);
      if (!size) co_return;
      if (*size == 0) break;
      const std::string want = Pattern(total, *size);
      if (!std::equal(want.begin(), want.end(), buffer.begin())) co_return;
      total += *size;
    }
    co_await RespondText(exchange, std::to_string(total));
  }
  static Awaitable<void> Flood(Exchange& exchange) {
    Fields fields;
    if (!co_await exchange.StartStream(200, std::move(fields))) co_return;
    const std::string piece(1048576, 'a');
    while (co_await exchange.Write(piece)) {
    }
  }
  static Awaitable<void> Stream(Exchange& exchange) {
    Fields fields;
    if (!exchange.head().target.query.empty())
      fields.Set("Content-Length", exchange.head().target.query);
    if (!co_await exchange.StartStream(200, std::move(fields))) co_return;
    if (!co_await exchange.Write(std::string_view("hello, "))) co_return;
    if (!co_await exchange.Write(std::string_view("world"))) co_return;
    static_cast<void>(co_await exchange.FinishStream());
  }
  static Awaitable<void> Short(Exchange& exchange) {
    Fields fields;
    if (!co_await exchange.StartStream(200, std::move(fields))) co_return;
    static_cast<void>(co_await exchange.Write(std::string_view("half")));
  }
  static Awaitable<void> AbortIt(Exchange& exchange) {
    exchange.Abort();
    co_return;
  }
  Awaitable<void> Gate(Exchange& exchange) {
    co_await RunBlocking(pool_, [this] {
      entered_.set_value();
      opened_.get_future().wait();
    });
    co_await RespondText(exchange, "through");
  }

  BlockingPool pool_{2};
  std::promise<void> entered_;
  std::promise<void> opened_;
};

std::string Dechunk(std::string_view text) {
  std::string out;
  for (;;) {
    const std::size_t end = text.find("\r\n");
    const std::size_t size = std::stoul(std::string(text.substr(0, end)), nullptr, 16);
    if (size == 0) return out;
    out += text.substr(end + 2, size);
    text.remove_prefix(end + 2 + size + 2);
  }
}

TEST_F(ServerTest, StreamsWithoutLengthInChunks) {
  StartServer();
  RawClient client(port());
  client.Send("GET /stream HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
  const std::string all = client.ReceiveAll();
  EXPECT_THAT(all, HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
  EXPECT_EQ(Dechunk(all.substr(all.find("\r\n\r\n") + 4)), "hello, world");
}

TEST_F(ServerTest, StreamsToHttp10UntilTheEnd) {
  StartServer();
  RawClient client(port());
  client.Send("GET /stream HTTP/1.0\r\n\r\n");
  EXPECT_THAT(client.ReceiveAll(),
              AllOf(EndsWith("\r\n\r\nhello, world"), Not(HasSubstr("chunked"))));
}

TEST_F(ServerTest, StreamsAStatedLength) {
  StartServer();
  RawClient client(port());
  client.Send("GET /stream?12 HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(client.ReceiveAnswer().body, "hello, world");
  client.Send(kGet);
  EXPECT_EQ(client.ReceiveAnswer().body, "ok");
}

TEST_F(ServerTest, AnAnswerThatBreaksOffLooksBroken) {
  StartServer();
  for (const char* path : {"/short", "/abort", "/stream?11", "/stream?13"}) {
    RawClient client(port());
    client.Send("GET " + std::string(path) + " HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_THAT(client.ReceiveAll(), Not(EndsWith("0\r\n\r\n"))) << path;
    EXPECT_TRUE(client.reset()) << path;
  }
}

TEST_F(ServerTest, PassesBigBodiesBothWays) {
  StartServer();
  RawClient client(port());
  std::thread sender([&] {
    client.Send(
        "POST /pipe HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
        "Transfer-Encoding: chunked\r\n\r\n");
    constexpr std::size_t kStep = 65536;
    for (std::size_t at = 0; at < kBig; at += kStep) {
      client.Send("10000\r\n" + Pattern(at, kStep) + "\r\n");
    }
    client.Send("0\r\n\r\n");
  });
  const std::string all = client.ReceiveAll();
  sender.join();
  const std::string body = Dechunk(std::string_view(all).substr(all.find("\r\n\r\n") + 4));
  EXPECT_TRUE(body == Pattern(0, kBig)) << body.size();
}

TEST_F(ServerTest, CountsABigBodyOfKnownLength) {
  StartServer();
  RawClient client(port());
  client.Send("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(kBig) +
              "\r\n\r\n");
  client.Send(Pattern(0, kBig));
  EXPECT_EQ(client.ReceiveAnswer().body, std::to_string(kBig));
}

TEST_F(ServerTest, ASlowHeadGets408HoweverItDrips) {
  ServerSettings settings;
  settings.limits.head_timeout = seconds(1);
  StartServer(settings);
  RawClient client(port());
  client.Send("GET /ok HTTP/1.1\r\n");
  std::jthread dripper([&](const std::stop_token& stop) {
    // One byte at a time, each sent as fast as the server takes it; none of them moves the
    // deadline.
    const std::string drip = "X";
    std::mutex mutex;
    std::condition_variable_any timer;
    std::unique_lock lock(mutex);
    while (!timer.wait_for(lock, stop, std::chrono::milliseconds(50), [] { return false; }) &&
           !stop.stop_requested()) {
      if (!client.Send(drip)) return;
    }
  });
  EXPECT_EQ(client.ReceiveAnswer().status, 408);
  RawClient other(port());
  other.Send(kGet);
  EXPECT_EQ(other.ReceiveAnswer().status, 200);
}

TEST_F(ServerTest, ASlowBodyGets408) {
  ServerSettings settings;
  settings.limits.body_timeout = seconds(1);
  StartServer(settings);
  RawClient client(port());
  client.Send("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n" + Pattern(0, 3));
  EXPECT_EQ(client.ReceiveAnswer().status, 408);
}

TEST_F(ServerTest, IdleConnectionsAreClosedWithoutAWord) {
  ServerSettings settings;
  settings.limits.head_timeout = seconds(1);
  settings.limits.keep_alive_timeout = seconds(1);
  StartServer(settings);
  RawClient fresh(port());
  RawClient used(port());
  used.Send(kGet);
  EXPECT_EQ(used.ReceiveAnswer().status, 200);
  EXPECT_EQ(fresh.ReceiveAll(), "");
  EXPECT_EQ(used.ReceiveAll(), "");
}

TEST_F(ServerTest, AReaderThatStallsIsCut) {
  ServerSettings settings;
  settings.limits.write_timeout = seconds(1);
  StartServer(settings);
  RawClient client(port());
  client.Send("GET /flood HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(Records(1).front().annotations, Contains(Pair("fault", "client-reads-too-slowly")));
}

TEST_F(ServerTest, AClientThatLeavesWithinItsBodyIsLogged) {
  StartServer();
  {
    RawClient client(port());
    client.Send("POST /count HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\n" + Pattern(0, 3));
  }
  EXPECT_EQ(Records(1).front().status, 499);
}

TEST_F(ServerTest, ConnectionsBeyondTheLimitsAreToldSo) {
  ServerSettings settings;
  settings.limits.connections_per_address_max = 1;
  StartServer(settings);
  {
    RawClient first(port());
    first.Send(kGet);
    EXPECT_EQ(first.ReceiveAnswer().status, 200);
    RawClient second(port());
    const ReceivedAnswer answer = second.ReceiveAnswer();
    EXPECT_EQ(answer.status, 429);
    EXPECT_THAT(answer.head, HasSubstr("Retry-After"));
  }
  StopServer();
  settings.limits.connections_max = 1;
  settings.trusted_proxies = {"127.0.0.1"};
  StartServer(settings);
  RawClient first(port());
  first.Send(kGet);
  EXPECT_EQ(first.ReceiveAnswer().status, 200);
  EXPECT_EQ(server_->connection_count(), 1U);
  EXPECT_EQ(RawClient(port()).ReceiveAnswer().status, 503);
}

TEST_F(ServerTest, StopLetsRequestsUnderWayEnd) {
  StartServer();
  RawClient idle(port());
  idle.Send(kGet);
  EXPECT_EQ(idle.ReceiveAnswer().status, 200);
  RawClient busy(port());
  busy.Send("GET /gate HTTP/1.1\r\nHost: h\r\n\r\n");
  entered_.get_future().wait();
  server_->Stop();
  EXPECT_EQ(idle.ReceiveAll(), "");
  opened_.set_value();
  const ReceivedAnswer answer = busy.ReceiveAnswer();
  EXPECT_EQ(answer.body, "through");
  EXPECT_THAT(answer.head, HasSubstr("Connection: close"));
  busy.Close();
  thread_.join();
}

TEST_F(ServerTest, StopCutsWhatOutlivesTheGrace) {
  ServerSettings settings;
  settings.grace = seconds(0);
  StartServer(settings);
  RawClient flooded(port());
  flooded.Send("GET /flood HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_THAT(flooded.Receive(), StartsWith("HTTP/1.1 200"));
  server_->Stop();
  thread_.join();
  EXPECT_EQ(server_->connection_count(), 0U);
}

TEST_F(ServerTest, StopBeforeRunReturnsAtOnce) {
  ServerSettings settings;
  settings.listen_port = 0;
  auto server = Server::Create(settings, router_, {});
  ASSERT_TRUE(server.has_value());
  (*server)->Stop();
  (*server)->Run();
}

TEST(ServerCreate, SaysWhatIsWrong) {
  Router router;
  const auto code = [&](const ServerSettings& settings) {
    const auto server = Server::Create(settings, router, {});
    return server ? std::string("made") : std::string(CodeName(server.error().code));
  };
  ServerSettings good;
  good.listen_port = 0;
  const auto first = Server::Create(good, router, {});
  ASSERT_TRUE(first.has_value());
  ServerSettings taken = good;
  taken.listen_port = (*first)->port();
  EXPECT_EQ(code(taken), "in-use");
  ServerSettings name = good;
  name.listen_address = "localhost";
  EXPECT_EQ(code(name), "invalid-argument");
  ServerSettings block = good;
  block.trusted_proxies = {"10.0.0.0/33"};
  EXPECT_EQ(code(block), "invalid-argument");
  ServerSettings tls = good;
  tls.tls = TlsSettings{"/nonexistent/cert.pem", "/nonexistent/key.pem"};
  EXPECT_EQ(code(tls), "invalid-argument");
}

}  // namespace
}  // namespace latchkey::http
