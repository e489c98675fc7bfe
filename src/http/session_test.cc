// Requests on real sockets: framing, hostile heads, what the server adds and refuses by itself.

#include "http/session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <vector>

#include "http/server_fixture.h"

namespace latchkey::http {
namespace {

using testing::AllOf;
using testing::Contains;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

std::string Repeat(std::size_t count, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

Response Text(int status, std::string body) {
  Response response{.status = status, .fields = {}, .body = std::move(body)};
  response.fields.Set("Content-Type", "text/plain");
  return response;
}

// Actions have no captures but the fixture, which outlives the server.
class SessionTest : public ServerFixture {
 protected:
  SessionTest() {
    router_.Add("GET", "/ok", [this](Exchange& exchange, const RouteParams&) {
      return Answer(exchange, Text(200, "ok"));
    });
    router_.Add("POST", "/ok", [this](Exchange& exchange, const RouteParams&) {
      return Answer(exchange, Text(200, "unread"));
    });
    router_.Add("POST", "/echo",
                [this](Exchange& exchange, const RouteParams&) { return Echo(exchange); });
    router_.Add("GET", "/smuggled", [this](Exchange& exchange, const RouteParams&) {
      ++smuggled_;
      return Answer(exchange, Text(200, "smuggled"));
    });
    router_.Add("GET", "/who", [this](Exchange& exchange, const RouteParams&) {
      return Answer(exchange,
                    Text(200, exchange.head().client_address + " " + exchange.head().request_id));
    });
    router_.Add("GET", "/throw", [](Exchange&, const RouteParams&) { return Throw(); });
    router_.Add("GET", "/silent", [](Exchange&, const RouteParams&) { return Silent(); });
    router_.Add("GET", "/no-content", [this](Exchange& exchange, const RouteParams&) {
      return Answer(exchange, Text(204, "never sent"));
    });
    router_.Add("GET", "/split", [this](Exchange& exchange, const RouteParams&) {
      Response response = Text(200, "x");
      response.fields.Set("Location", "/a\r\nSet-Cookie: b");
      return Answer(exchange, std::move(response));
    });
  }

  Awaitable<void> Answer(Exchange& exchange, Response response) {
    ++handled_;
    exchange.Annotate("note", "a\nb");
    static_cast<void>(co_await exchange.Respond(std::move(response)));
  }
  Awaitable<void> Echo(Exchange& exchange) {
    ++handled_;
    Result<std::string> body = co_await exchange.ReadWholeBody(1000);
    if (body) static_cast<void>(co_await exchange.Respond(Text(200, std::move(*body))));
  }
  static Awaitable<void> Throw() {
    throw std::runtime_error("lkat_secret");
    co_return;
  }
  static Awaitable<void> Silent() { co_return; }

  std::vector<ReceivedAnswer> Ask(const std::string& raw) {
    RawClient client(port());
    client.Send(raw);
    return client.ReceiveAnswers();
  }

  std::atomic<int> handled_ = 0;
  std::atomic<int> smuggled_ = 0;
};

struct HostileCase {
  const char* name;
  std::string raw;
  std::vector<int> statuses;
};

class HostileRequest : public SessionTest, public testing::WithParamInterface<HostileCase> {};

TEST_P(HostileRequest, GetsOneAnswerAndTheConnectionIsClosed) {
  StartServer();
  const std::vector<ReceivedAnswer> answers = Ask(GetParam().raw);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_THAT(GetParam().statuses, Contains(answers[0].status));
  EXPECT_THAT(answers[0].head, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(answers[0].head, HasSubstr("application/problem+json"));
  StopServer();
  EXPECT_EQ(smuggled_, 0);
  for (const AccessRecord& record : Records(1)) {
    EXPECT_THAT(record.path, Not(HasSubstr("smuggled")));
  }
}

const std::string kNext = "GET /smuggled HTTP/1.1\r\nHost: h\r\n\r\n";

std::string Post(const std::string& fields, const std::string& body,
                 const std::string& version = "HTTP/1.1") {
  return "POST /echo " + version + "\r\nHost: h\r\n" + fields + "\r\n" + body + kNext;
}
std::string Chunked(const std::string& body) {
  return Post("Transfer-Encoding: chunked\r\n", body);
}
std::string Get(const std::string& fields) { return "GET /ok HTTP/1.1\r\n" + fields + "\r\n"; }

INSTANTIATE_TEST_SUITE_P(
    BodyLength, HostileRequest,
    testing::Values(
        HostileCase{"LengthAndChunked",
                    Post("Content-Length: 4\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
                    {400}},
        HostileCase{"ChunkedAndLength",
                    Post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "3\r\nabc\r\n"),
                    {400}},
        HostileCase{"TwoLengths", Post("Content-Length: 2\r\nContent-Length: 2\r\n", "{}"), {400}},
        HostileCase{"LengthList", Post("Content-Length: 2, 2\r\n", "{}"), {400}},
        HostileCase{"LengthPlus", Post("Content-Length: +2\r\n", "{}"), {400}},
        HostileCase{"LengthMinus", Post("Content-Length: -1\r\n", "{}"), {400}},
        HostileCase{"LengthEmpty", Post("Content-Length: \r\n", "{}"), {400}},
        HostileCase{"LengthHex", Post("Content-Length: 0x2\r\n", "{}"), {400}},
        HostileCase{"LengthWraps", Post("Content-Length: 18446744073709551618\r\n", "{}"), {400}},
        HostileCase{
            "LengthAbove63Bits", Post("Content-Length: 9223372036854775808\r\n", "{}"), {400}},
        HostileCase{"LengthSuperscript", Post("Content-Length: \xb2\r\n", "{}"), {400}},
        HostileCase{"UnknownCoding", Post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), {501}},
        HostileCase{
            "ChunkedNotLast", Post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), {501}},
        HostileCase{
            "CodingWithVerticalTab", Post("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n"), {400}},
        HostileCase{
            "CodingAfterComma", Post("Transfer-Encoding: ,chunked\r\n", "0\r\n\r\n"), {501}},
        HostileCase{
            "CodingTwice",
            Post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
            {400}},
        HostileCase{"CodingInHttp10",
                    Post("Transfer-Encoding: chunked\r\n", "0\r\n\r\n", "HTTP/1.0"),
                    {400}}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

INSTANTIATE_TEST_SUITE_P(
    Chunks, HostileRequest,
    testing::Values(
        HostileCase{"Underscore", Chunked("0_2\r\n{}\r\n0\r\n\r\n"), {400}},
        HostileCase{"Plus", Chunked("+2\r\n{}\r\n0\r\n\r\n"), {400}},
        HostileCase{"Minus", Chunked("-2\r\n{}\r\n0\r\n\r\n"), {400}},
        HostileCase{"LeadingSpace", Chunked(" 2\r\n{}\r\n0\r\n\r\n"), {400}},
        HostileCase{"SizeWraps", Chunked("10000000000000002\r\n{}\r\n0\r\n\r\n"), {400}},
        HostileCase{"LineFeedInExtension", Chunked("2;a\nb\r\n{}\r\n0\r\n\r\n"), {400}},
        HostileCase{"BareLineFeed", Chunked("2\n\r\n{}\r\n0\r\n\r\n"), {400}},
        HostileCase{"NoLineEndAfterData", Chunked("2\r\n{}XX0\r\n\r\n"), {400}},
        HostileCase{"ExtensionFlood",
                    Chunked(Repeat(16, "1;" + Repeat(4096, "a") + "\r\n \r\n") + "0\r\n\r\n"),
                    {400}},
        HostileCase{"JunkAtTheEnd", Chunked("2\r\n{}\r\n0\r\nXX"), {400}},
        HostileCase{"LargerThanTheHandlerTakes",
                    Chunked("3e9\r\n" + Repeat(1001, "a") + "\r\n0\r\n\r\n"),
                    {413}},
        HostileCase{"LongerThanTheHandlerTakes",
                    Post("Content-Length: 1001\r\n", Repeat(1001, "a")),
                    {413}}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

INSTANTIATE_TEST_SUITE_P(
    Heads, HostileRequest,
    testing::Values(
        HostileCase{"BareCarriageReturn", Get("Host: h\r\nX-A: b\rX-B: c\r\n"), {400}},
        HostileCase{"BareLineFeed", Get("Host: h\nX-A: b\r\n"), {400}},
        HostileCase{"Nul", Get("Host: h\r\nX-A: b" + std::string(1, '\0') + "\r\n"), {400}},
        HostileCase{"Folded", Get("Host: h\r\nX-A: b\r\n c\r\n"), {400}},
        HostileCase{"SpaceBeforeColon", Get("Host: h\r\nX-A : b\r\n"), {400}},
        HostileCase{"NoColon", Get("Host: h\r\nX-A\r\n"), {400}},
        HostileCase{"EmptyName", Get("Host: h\r\n: x\r\n"), {400}},
        HostileCase{"NameNoToken", Get("Host: h\r\nX(A): b\r\n"), {400}},
        HostileCase{"NameWithLatin1", Get("Host: h\r\nX\xe4: b\r\n"), {400}},
        HostileCase{"NoHost", Get("X-A: b\r\n"), {400}},
        HostileCase{"TwoHosts", Get("Host: h\r\nHost: evil.example\r\n"), {400}},
        HostileCase{"EmptyHost", Get("Host: \r\n"), {400}},
        HostileCase{"HostWithUser", Get("Host: a@h\r\n"), {400}},
        HostileCase{"ForeignHost", Get("Host: evil.example\r\n"), {421}},
        HostileCase{"EndsInCarriageReturnX", "GET /ok HTTP/1.1\r\nHost: h\r\n\rX" + kNext, {400}},
        HostileCase{"LineFeedInRequestLine", "GET /ok\nHTTP/1.1\r\nHost: h\r\n\r\n", {400}},
        HostileCase{"TwoSpaces", "GET  /ok HTTP/1.1\r\nHost: h\r\n\r\n", {400}},
        HostileCase{"TabInRequestLine", "GET\t/ok HTTP/1.1\r\nHost: h\r\n\r\n", {400}},
        HostileCase{"SpaceInTarget", "GET /o k HTTP/1.1\r\nHost: h\r\n\r\n", {400}},
        HostileCase{"SpaceAtTheEnd", "GET /ok HTTP/1.1 \r\nHost: h\r\n\r\n", {400}},
        HostileCase{"NoVersion", "GET /ok\r\n\r\n", {400}},
        HostileCase{"VersionWithTail", "GET /ok HTTP/1.1x\r\nHost: h\r\n\r\n", {400}},
        HostileCase{"LowerCaseVersion", "GET /ok http/1.1\r\nHost: h\r\n\r\n", {400}},
        HostileCase{"Version12", "GET /ok HTTP/1.2\r\nHost: h\r\n\r\n", {505}},
        HostileCase{"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {505}},
        HostileCase{"TlsHello", std::string("\x16\x03\x01\x02\x00\x01", 6), {400}},
        HostileCase{"LongMethod", Repeat(9000, "A") + " /ok HTTP/1.1\r\nHost: h\r\n\r\n", {501}},
        HostileCase{
            "LongTarget", "GET /" + Repeat(65536, "a") + " HTTP/1.1\r\nHost: h\r\n\r\n", {414}},
        HostileCase{"ManyFields", Get("Host: h\r\n" + Repeat(10000, "X-A: b\r\n")), {431}},
        HostileCase{"LargeField", Get("Host: h\r\nX-A: " + Repeat(20000, "a") + "\r\n"), {431}},
        HostileCase{"EndlessField", "GET /ok HTTP/1.1\r\nX-A: " + Repeat(20000, "a"), {431}},
        HostileCase{"Connect", "CONNECT 127.0.0.1:5432 HTTP/1.1\r\nHost: h\r\n\r\n", {400}},
        HostileCase{"AbsoluteForm", "GET http://h/ok HTTP/1.1\r\nHost: h\r\n\r\n", {400}},
        HostileCase{"DotDot", "GET /a/../ok HTTP/1.1\r\nHost: h\r\n\r\n", {400}},
        HostileCase{"Expectation", Get("Host: h\r\nExpect: 200-maybe\r\n"), {417}}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

constexpr const char* kClose = "Host: h\r\nConnection: close\r\n";

TEST_F(SessionTest, AnswersInOrderOnOneConnection) {
  StartServer();
  std::string raw;
  for (int i = 0; i < 1000; ++i) {
    const std::string body = std::to_string(i);
    raw += "POST /echo HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
  }
  const std::vector<ReceivedAnswer> answers = Ask(raw + Get(kClose));
  ASSERT_EQ(answers.size(), 1001U);
  for (std::size_t i = 0; i < 1000; ++i) EXPECT_EQ(answers[i].body, std::to_string(i));
}

TEST_F(SessionTest, EveryAnswerHasTheSafeFields) {
  StartServer();
  for (const char* path : {"/ok", "/nothing-here", "/throw", "/..", "/no-content"}) {
    const auto answers = Ask("GET " + std::string(path) + " HTTP/1.1\r\n" + kClose + "\r\n");
    ASSERT_EQ(answers.size(), 1U) << path;
    EXPECT_THAT(answers[0].head,
                AllOf(HasSubstr("\r\nX-Request-Id: "), HasSubstr("\r\nDate: "),
                      HasSubstr("\r\nX-Content-Type-Options: nosniff\r\n"),
                      HasSubstr("\r\nCache-Control: no-store\r\n"),
                      HasSubstr("\r\nReferrer-Policy: no-referrer\r\n"),
                      HasSubstr("frame-ancestors 'none'"), Not(HasSubstr("\r\nServer:")),
                      Not(HasSubstr("Strict-Transport-Security"))))
        << path;
  }
}

TEST_F(SessionTest, ForgetfulHandlersGive500) {
  StartServer();
  EXPECT_EQ(Ask("GET /silent HTTP/1.1\r\nHost: h\r\n\r\n")[0].status, 500);
  const auto answers = Ask("GET /throw HTTP/1.1\r\nHost: h\r\n\r\n");
  EXPECT_EQ(answers[0].status, 500);
  EXPECT_THAT(answers[0].body, Not(HasSubstr("lkat_secret")));
  const AccessRecord record = Records(2).back();
  EXPECT_THAT(record.annotations, Contains(Pair("exception", "std::runtime_error")));
  EXPECT_EQ(record.status, 500);
}

TEST_F(SessionTest, AFieldCannotSplitTheAnswer) {
  StartServer();
  const auto answers = Ask("GET /split HTTP/1.1\r\n" + std::string(kClose) + "\r\n");
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].status, 500);
  EXPECT_THAT(answers[0].head, Not(HasSubstr("Set-Cookie")));
}

TEST_F(SessionTest, HeadHasTheLengthAndNoBody) {
  StartServer();
  RawClient client(port());
  client.Send("HEAD /ok HTTP/1.1\r\nHost: h\r\n\r\n");
  const ReceivedAnswer head = client.ReceiveAnswer(/*to_head=*/true);
  EXPECT_THAT(head.head, HasSubstr("\r\nContent-Length: 2\r\n"));
  client.Send(Get(kClose));
  EXPECT_EQ(client.ReceiveAnswers().size(), 1U);
}

TEST_F(SessionTest, NoContentHasNoLength) {
  StartServer();
  const auto answers = Ask("GET /no-content HTTP/1.1\r\nHost: h\r\n\r\n" + Get(kClose));
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(answers[0].status, 204);
  EXPECT_THAT(answers[0].head, Not(HasSubstr("Content-Length")));
}

TEST_F(SessionTest, TraceIsRefusedEverywhere) {
  StartServer();
  for (const char* path : {"/", "/ok"}) {
    const auto answers =
        Ask("TRACE " + std::string(path) + " HTTP/1.1\r\nX-Echo: parrot\r\n" + kClose + "\r\n");
    EXPECT_EQ(answers[0].status, 405);
    EXPECT_THAT(answers[0].head, HasSubstr("\r\nAllow: "));
    EXPECT_THAT(answers[0].body, Not(HasSubstr("parrot")));
  }
}

TEST_F(SessionTest, HintsOfOtherProtocolsAreIgnored) {
  StartServer();
  const auto answers = Ask(
      "GET /ok HTTP/1.1\r\nHost: h\r\nX-HTTP-Method-Override: DELETE\r\n"
      "Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AA\r\n\r\n");
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].body, "ok");
}

TEST_F(SessionTest, ABodyOfGetIsNoRequest) {
  StartServer();
  const auto answers =
      Ask("GET /ok HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(kNext.size()) +
          "\r\n\r\n" + kNext + Get(kClose));
  ASSERT_EQ(answers.size(), 2U);
  EXPECT_EQ(smuggled_, 0);
}

TEST_F(SessionTest, AnUnreadBodyIsDrainedOrTheConnectionClosed) {
  StartServer();
  const auto post = [](std::size_t size) {
    return "POST /ok HTTP/1.1\r\nHost: h\r\nContent-Length: " + std::to_string(size) + "\r\n\r\n" +
           Repeat(size, "a");
  };
  EXPECT_EQ(Ask(post(200000) + Get(kClose)).size(), 2U);
  const auto answers = Ask(post(300000) + Get(kClose));
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_THAT(answers[0].head, HasSubstr("Connection: close"));
}

TEST_F(SessionTest, ContinueIsSentWhenTheBodyIsWanted) {
  StartServer();
  RawClient client(port());
  client.Send(
      "POST /echo HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.ReceiveAnswer().status, 100);
  client.Send("{}");
  EXPECT_EQ(client.ReceiveAnswer().body, "{}");
}

TEST_F(SessionTest, ContinueIsNotSentWhenItIsNot) {
  StartServer();
  const auto answers =
      Ask("POST /ok HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].status, 200);
  EXPECT_THAT(answers[0].head, HasSubstr("Connection: close"));
}

TEST_F(SessionTest, Http10IsAnsweredAndClosed) {
  StartServer();
  const auto answers = Ask("GET /ok HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].body, "ok");
}

TEST_F(SessionTest, OneEmptyLineInFrontIsIgnored) {
  StartServer();
  EXPECT_EQ(Ask("\r\n" + Get(kClose))[0].status, 200);
  EXPECT_EQ(Ask("\r\n\r\n" + Get(kClose))[0].status, 400);
}

TEST_F(SessionTest, OnlyTrustedProxiesNameTheClient) {
  const std::string ask =
      "GET /who HTTP/1.1\r\nX-Forwarded-For: 203.0.113.9, 198.51.100.7\r\n"
      "X-Request-Id: from-proxy-1\r\n" +
      std::string(kClose) + "\r\n";
  StartServer();
  EXPECT_THAT(Ask(ask)[0].body, AllOf(HasSubstr("127.0.0.1 "), Not(HasSubstr("from-proxy"))));
  StopServer();
  ServerSettings settings;
  settings.trusted_proxies = {"127.0.0.0/8"};
  StartServer(settings);
  EXPECT_EQ(Ask(ask)[0].body, "198.51.100.7 from-proxy-1");
}

TEST_F(SessionTest, TheAccessLogHoldsNoCredential) {
  StartServer();
  Ask("GET /u/lk%61t_9fK2mQ7LwXcB0d1e2F3g4H5i6?token=lkap_x HTTP/1.1\r\n" + std::string(kClose) +
      "\r\n");
  const AccessRecord record = Records(1).front();
  EXPECT_EQ(record.path, "/u/lkat_***");
  EXPECT_EQ(record.status, 404);
  EXPECT_EQ(record.client_address, "127.0.0.1");
  EXPECT_EQ(record.method, "GET");
}

TEST_F(SessionTest, TheAccessLogCountsBytesAndKeepsAnnotationsOnOneLine) {
  StartServer();
  const std::string raw =
      "POST /echo HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}";
  RawClient client(port());
  client.Send(raw);
  const std::size_t received = client.ReceiveAll().size();
  const AccessRecord record = Records(1).front();
  EXPECT_EQ(record.bytes_in, raw.size());
  EXPECT_EQ(record.bytes_out, received);
  Ask(Get(kClose));
  EXPECT_THAT(Records(2).back().annotations, Contains(Pair("note", "a\\x0ab")));
}

}  // namespace
}  // namespace latchkey::http
