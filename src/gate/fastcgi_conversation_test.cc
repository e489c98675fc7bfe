#include "gate/fastcgi_conversation.h"

#include <gtest/gtest.h>

#include <string>

#include "gate/fixture/fastcgi_client.h"
#include "gate/fixture/gate_fixture.h"

namespace latchkey::gate {
namespace {

class FastCgiConversationTest : public GateFixture {
 protected:
  FastCgiReply Ask(const FastCgiVariables& variables,
                   const Peer& peer = {.address = {}, .local = true, .trusted = true}) {
    std::string out;
    const std::string bytes = FastCgiRecords(variables);
    turn_ = conversation_.Serve(peer, bytes, /*stopping=*/false, out);
    EXPECT_EQ(turn_.used, bytes.size());
    return ReadFastCgiReply(out);
  }

  [[nodiscard]] FastCgiVariables Question(const std::string& method, const std::string& uri) const {
    return {{"FCGI_ROLE", "AUTHORIZER"},
            {"REQUEST_METHOD", method},
            {"REQUEST_URI", uri},
            {"REMOTE_ADDR", "192.0.2.7"},
            {"HTTP_AUTHORIZATION", Bearer()},
            {"HTTP_X_LATCHKEY_ACCOUNT", "root"}};
  }

  http::TrustedProxies proxies_;
  http::RequestIds request_ids_;
  Renderer renderer_{HeaderNames{}, "Latchkey"};
  std::string log_;
  FastCgiConversation conversation_{
      DeskParts{.gatekeeper = gatekeeper_,
                .renderer = renderer_,
                .proxies = proxies_,
                .clock = latchkey_.clock,
                .request_ids = request_ids_,
                .access = [this](std::string_view lines) { log_ += lines; },
                .limits = {}},
      "bitbucket"};
  Turn turn_;
};

TEST_F(FastCgiConversationTest, AllowsWithVariables) {
  const FastCgiReply reply = Ask(Question("GET", "/2.0/repositories/w/r?x"));
  EXPECT_TRUE(reply.ended);
  EXPECT_TRUE(turn_.close);
  EXPECT_EQ(reply.content,
            "Status: 200 OK\r\nVariable-AUTH_USER: ana\r\n"
            "Variable-X_LATCHKEY_ACCOUNT: ana\r\n"
            "Variable-X_LATCHKEY_EMAIL: ana@example.com\r\n"
            "Variable-X_LATCHKEY_CREDENTIAL: " +
                latchkey_.IdOf(token_).text() +
                "\r\nVariable-X_LATCHKEY_SCOPES: read:repository:bitbucket\r\n\r\n");
  FastCgiVariables open = Question("GET", "/2.0/open");
  open.erase(open.begin() + 4);
  EXPECT_TRUE(Ask(open).content.starts_with("Status: 200 OK\r\nVariable-AUTH_USER: -\r\n"));
}

TEST_F(FastCgiConversationTest, DeniesWithTheTrueStatusAndABody) {
  const std::string missing = Ask(Question("GET", "/2.0/user")).content;
  EXPECT_TRUE(missing.starts_with("Status: 403 Forbidden\r\n")) << missing;
  EXPECT_NE(missing.find("read:user:bitbucket"), std::string::npos);
  EXPECT_EQ(missing.find("Variable-"), std::string::npos);
  FastCgiVariables none = Question("GET", "/2.0/user");
  none.erase(none.begin() + 4);
  const std::string absent = Ask(none).content;
  EXPECT_TRUE(absent.starts_with("Status: 401 ")) << absent;
  EXPECT_EQ(absent.find("Basic"), std::string::npos);
  EXPECT_TRUE(Ask(Question("GET", "/2.0/x")).content.starts_with("Status: 404 "));
}

TEST_F(FastCgiConversationTest, RefusesAQuestionThatCannotBeRead) {
  const FastCgiVariables whole = Question("GET", "/2.0/repositories/w/r");
  for (std::size_t i = 1; i < 4; ++i) {
    FastCgiVariables missing = whole;
    missing.erase(missing.begin() + static_cast<std::ptrdiff_t>(i));
    FastCgiVariables repeated = whole;
    repeated.push_back(whole[i]);
    FastCgiVariables nonsense = whole;
    nonsense[i].second = "a b";
    for (const FastCgiVariables& variables : {missing, repeated, nonsense}) {
      EXPECT_TRUE(Ask(variables).content.starts_with("Status: 400 ")) << whole[i].first;
    }
  }
  const Peer stranger{.address = boost::asio::ip::make_address("192.0.2.1")};
  EXPECT_TRUE(Ask(whole, stranger).content.starts_with("Status: 403 "));
}

TEST_F(FastCgiConversationTest, SpeaksOnlyToAuthorizers) {
  std::string out;
  conversation_.Serve({.address = {}, .local = true, .trusted = true},
                      FastCgiRecords(Question("GET", "/2.0/user"), false, /*role=*/1), false, out);
  const FastCgiReply reply = ReadFastCgiReply(out);
  EXPECT_EQ(reply.protocol_status, 3);
  EXPECT_EQ(reply.content, "");
}

TEST_F(FastCgiConversationTest, KeepsAConnectionThatIsAskedToBeKept) {
  const std::string two = FastCgiRecords(Question("GET", "/2.0/user"), true) +
                          FastCgiRecords(Question("GET", "/2.0/user"), true);
  std::string out;
  const Turn turn =
      conversation_.Serve({.address = {}, .local = true, .trusted = true}, two, false, out);
  EXPECT_FALSE(turn.close);
  EXPECT_EQ(turn.used, two.size());
  const Turn cut =
      conversation_.Serve({.address = {}, .local = true, .trusted = true}, "GET /", false, out);
  EXPECT_TRUE(cut.close);
}

TEST_F(FastCgiConversationTest, LogsEachQuestion) {
  Ask(Question("GET", "/2.0/repositories/w/r?secret=1"));
  conversation_.Settle(std::chrono::steady_clock::now(), /*at_once=*/true);
  EXPECT_NE(log_.find("\"client\":\"192.0.2.7\",\"app\":\"bitbucket\",\"dialect\":\"fastcgi\","
                      "\"method\":\"GET\",\"path\":\"/2.0/repositories/w/r\",\"status\":200,"
                      "\"outcome\":\"allowed\",\"account\":\"ana\""),
            std::string::npos)
      << log_;
}

}  // namespace
}  // namespace latchkey::gate
