#include "gate/http_conversation.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "gate/fixture/gate_fixture.h"

namespace latchkey::gate {
namespace {

class HttpConversationTest : public GateFixture {
 protected:
  HttpConversationTest() { MakeConversation(); }

  void MakeConversation(http::Limits limits = {}) {
    conversation_ = std::make_unique<HttpConversation>(
        DeskParts{.gatekeeper = gatekeeper_,
                  .renderer = renderer_,
                  .proxies = proxies_,
                  .clock = latchkey_.clock,
                  .request_ids = request_ids_,
                  .access = [this](std::string_view lines) { log_ += lines; },
                  .limits = limits});
  }

  std::string Serve(std::string_view bytes, bool stopping = false) {
    std::string out;
    turn_ = conversation_->Serve(peer_, bytes, stopping, out);
    return out;
  }

  [[nodiscard]] std::string Question(const std::string& uri, const std::string& more = {},
                                     const std::string& version = "HTTP/1.1") const {
    return "GET /gate/bitbucket/nginx " + version +
           "\r\nHost: tok\r\nX-Original-Method: GET\r\nX-Original-URI: " + uri +
           "\r\nX-Original-Host: api.example.com\r\nX-Real-IP: 192.0.2.7\r\nAuthorization: " +
           Bearer() + "\r\n" + more + "\r\n";
  }

  static int StatusOf(std::string_view answer) {
    return answer.size() < 12 ? 0 : std::stoi(std::string{answer.substr(9, 3)});
  }
  static std::size_t CountAnswers(std::string_view text) {
    constexpr std::string_view kStart = "HTTP/1.1 ";
    std::size_t count = 0;
    for (std::size_t at = text.find(kStart); at != std::string_view::npos;
         at = text.find(kStart, at + 1)) {
      const std::string_view status = text.substr(at + kStart.size(), 1);
      if (!status.empty() && status[0] >= '0' && status[0] <= '9') ++count;
    }
    return count;
  }

  http::TrustedProxies proxies_;
  http::RequestIds request_ids_;
  Renderer renderer_{HeaderNames{}, "Latchkey"};
  std::string log_;
  Peer peer_{.address = {}, .local = true, .trusted = true};
  std::unique_ptr<HttpConversation> conversation_;
  Turn turn_;
};

TEST_F(HttpConversationTest, AnswersAQuestionAndKeepsTheConnection) {
  const std::string question = Question("/2.0/repositories/w/r");
  const std::string answer = Serve(question);
  EXPECT_EQ(StatusOf(answer), 200) << answer;
  EXPECT_NE(answer.find("X-Latchkey-Account: ana\r\n"), std::string::npos);
  EXPECT_NE(answer.find("\r\nDate: "), std::string::npos);
  EXPECT_EQ(turn_.used, question.size());
  EXPECT_FALSE(turn_.close);
}

TEST_F(HttpConversationTest, AnswersPipelinedQuestionsInOrder) {
  std::string bytes;
  for (int i = 0; i < 20; ++i) {
    bytes += Question(i % 2 == 0 ? "/2.0/repositories/w/r" : "/2.0/user");
  }
  const std::string unfinished = Question("/2.0/user").substr(0, 50);
  const std::string answers = Serve(bytes + unfinished);
  EXPECT_EQ(turn_.used, bytes.size());
  EXPECT_EQ(CountAnswers(answers), 20U);
  EXPECT_LT(answers.find("200 OK"), answers.find("403 Forbidden"));
}

TEST_F(HttpConversationTest, BoundsWhatOneRoundAnswers) {
  std::string bytes;
  for (int i = 0; i < 3000; ++i) bytes += "GET / HTTP/1.1\r\nHost: h\r\n\r\n";
  std::size_t answers = 0;
  int rounds = 0;
  do {
    answers += CountAnswers(Serve(bytes));
    bytes.erase(0, turn_.used);
    ++rounds;
  } while (turn_.more && rounds < 100);
  EXPECT_EQ(answers, 3000U);
  EXPECT_GT(rounds, 1);
  EXPECT_TRUE(bytes.empty());
}

TEST_F(HttpConversationTest, ClosesForHttp10AndWhereAsked) {
  std::string answer = Serve(Question("/2.0/repositories/w/r", {}, "HTTP/1.0"));
  EXPECT_EQ(StatusOf(answer), 200);
  EXPECT_TRUE(answer.ends_with("Connection: close\r\n\r\n"));
  EXPECT_TRUE(turn_.close);
  EXPECT_FALSE(turn_.linger);
  Serve(Question("/2.0/repositories/w/r", "Connection: close, Authorization, X-Original-URI\r\n"));
  EXPECT_TRUE(turn_.close);
  answer = Serve(Question("/2.0/repositories/w/r", "Connection: X-Original-URI\r\n"));
  EXPECT_EQ(StatusOf(answer), 200);
  EXPECT_FALSE(turn_.close);
  Serve(Question("/2.0/repositories/w/r"), /*stopping=*/true);
  EXPECT_TRUE(turn_.close);
}

TEST_F(HttpConversationTest, TakesWhatProxiesSendAlongWithoutABody) {
  for (const std::string more : {"Content-Length: 0\r\n", "Expect: 100-continue\r\n",
                                 "Upgrade: h2c\r\nConnection: Upgrade, HTTP2-Settings\r\n"}) {
    EXPECT_EQ(StatusOf(Serve(Question("/2.0/repositories/w/r", more))), 200) << more;
    EXPECT_FALSE(turn_.close);
  }
}

struct RefusedCase {
  const char* name;
  std::string bytes;
  int status;
};

TEST_F(HttpConversationTest, RefusesWhatHasTwoReadingsAndLooksAtNothingBehindIt) {
  const std::string smuggled = "GET /gate/bitbucket/envoy/2.0/open HTTP/1.1\r\nHost: h\r\n\r\n";
  const std::string start = "GET /gate/bitbucket/envoy/2.0/open HTTP/1.1\r\nHost: h\r\n";
  for (const RefusedCase& test :
       {RefusedCase{"LengthAndChunked",
                    start + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                    400},
        RefusedCase{"Body", start + "Content-Length: 4\r\n\r\nabcd", 413},
        RefusedCase{"Chunked", start + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 413},
        RefusedCase{"ExpectWithBody", start + "Content-Length: 4\r\nExpect: 100-continue\r\n\r\n",
                    413},
        RefusedCase{"UnknownCoding", start + "Transfer-Encoding: xchunked\r\n\r\n", 501},
        RefusedCase{"TwoLengths", start + "Content-Length: 0\r\nContent-Length: 0\r\n\r\n", 400},
        RefusedCase{"SignedLength", start + "Content-Length: +0\r\n\r\n", 400},
        RefusedCase{"TwoHosts", start + "Host: h\r\n\r\n", 400},
        RefusedCase{"NoHost", "GET /gate/bitbucket/envoy/2.0/open HTTP/1.1\r\n\r\n", 400},
        RefusedCase{"BareLineFeed", start + "X: y\n\r\n", 400},
        RefusedCase{"Folded", start + "X: y\r\n z\r\n\r\n", 400},
        RefusedCase{"SpaceBeforeColon", start + "X : y\r\n\r\n", 400},
        RefusedCase{"Nul", start + std::string{"X: a\0b\r\n\r\n", 10}, 400},
        RefusedCase{"EmptyName", start + ": x\r\n\r\n", 400},
        RefusedCase{"AbsoluteForm",
                    "GET http://h/gate/bitbucket/envoy/2.0/open HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        RefusedCase{"Asterisk", "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        RefusedCase{"Fragment", "GET /gate/x/nginx#y HTTP/1.1\r\nHost: h\r\n\r\n", 400},
        RefusedCase{"Version", "GET / HTTP/2.0\r\nHost: h\r\n\r\n", 505},
        RefusedCase{"OtherExpectation", start + "Expect: 200-ok\r\n\r\n", 417}}) {
    const std::string answer = Serve(test.bytes + smuggled);
    EXPECT_EQ(StatusOf(answer), test.status) << test.name << '\n' << answer;
    EXPECT_EQ(CountAnswers(answer), 1U) << test.name;
    EXPECT_TRUE(turn_.close) << test.name;
    EXPECT_TRUE(turn_.linger) << test.name;
  }
}

TEST_F(HttpConversationTest, HasNoOtherRoutesAndMethods) {
  for (const auto& [line, status] :
       std::vector<std::pair<std::string, int>>{{"GET /", 404},
                                                {"GET /gate/bitbucket", 404},
                                                {"GET /gate/bitbucket/apache", 404},
                                                {"POST /gate/bitbucket/nginx", 405},
                                                {"TRACE /gate/bitbucket/envoy/2.0/open", 405},
                                                {"CONNECT /gate/bitbucket/envoy/2.0/open", 405},
                                                {"GET /gate/bitbucket/envoy/2.0/open", 200},
                                                {"GET /gate/nobody/envoy/2.0/open", 404}}) {
    EXPECT_EQ(StatusOf(Serve(line + " HTTP/1.1\r\nHost: h\r\n\r\n")), status) << line;
    EXPECT_FALSE(turn_.close) << line;
  }
}

TEST_F(HttpConversationTest, HasLimits) {
  http::Limits limits;
  limits.target_size_max = 300;
  limits.head_size_max = 1024;
  limits.field_count_max = 10;
  MakeConversation(limits);
  EXPECT_EQ(StatusOf(Serve("GET /" + std::string(400, 'a'))), 414);
  EXPECT_EQ(StatusOf(Serve("GET / HTTP/1.1\r\nX: " + std::string(1100, 'a'))), 431);
  std::string many = "GET / HTTP/1.1\r\nHost: h\r\n";
  for (int i = 0; i < 10; ++i) many += "X: y\r\n";
  EXPECT_EQ(StatusOf(Serve(many + "\r\n")), 431);
  // An original URI as long as a head can hold is judged or refused, and never let through unseen.
  MakeConversation();
  EXPECT_EQ(StatusOf(Serve(Question("/" + std::string(65536, 'a')))), 431);
}

TEST_F(HttpConversationTest, NeverAllowsAQuestionThatCannotBeRead) {
  for (const std::string uri : {"", "http://[::1", "*", "relative", "//2.0/open", "/2.0/open#",
                                "/2.0/open%", "/2.0/open%zz", "/2.0/open\\"}) {
    const std::string answer = Serve(Question(uri));
    EXPECT_EQ(StatusOf(answer), 403) << uri;
    EXPECT_NE(answer.find("X-Latchkey-Status: 400\r\n"), std::string::npos) << uri << answer;
  }
}

TEST_F(HttpConversationTest, ListensToTrustedProxiesAlone) {
  peer_ = {.address = boost::asio::ip::make_address("192.0.2.1"), .local = false, .trusted = false};
  const std::string answer = Serve(Question("/2.0/repositories/w/r"));
  EXPECT_EQ(StatusOf(answer), 403);
  EXPECT_NE(answer.find("gate_trusted_proxies"), std::string::npos) << answer;
  EXPECT_TRUE(turn_.close);
  EXPECT_EQ(answer.find("ana"), std::string::npos);
  EXPECT_EQ(StatusOf(Serve("GET /gate/bitbucket/envoy/2.0/open HTTP/1.1\r\nHost: h\r\n\r\n")), 403);
}

TEST_F(HttpConversationTest, LogsEveryRequestWithoutItsSecret) {
  Serve(Question("/2.0/repositories/w/r?x=" + token_));
  Serve(Question("/2.0/user"));
  Serve("GET / HTTP/9\r\n\r\n");
  conversation_->Settle(std::chrono::steady_clock::now(), /*at_once=*/true);
  EXPECT_EQ(std::ranges::count(log_, '\n'), 3);
  EXPECT_EQ(log_.find(token_), std::string::npos);
  EXPECT_NE(log_.find("\"client\":\"192.0.2.7\",\"app\":\"bitbucket\",\"dialect\":\"nginx\","
                      "\"method\":\"GET\",\"path\":\"/2.0/repositories/w/r\",\"status\":200,"
                      "\"outcome\":\"allowed\",\"account\":\"ana\""),
            std::string::npos)
      << log_;
  EXPECT_NE(log_.find("\"outcome\":\"missing-scope\""), std::string::npos);
  EXPECT_NE(log_.find("\"method\":\"-\",\"path\":\"-\",\"status\":400"), std::string::npos) << log_;
}

TEST_F(HttpConversationTest, SaysThatARequestCameTooSlowly) {
  std::string out;
  conversation_->AppendTimeout(peer_, out);
  EXPECT_EQ(StatusOf(out), 408);
}

}  // namespace
}  // namespace latchkey::gate
