#include "gate/answer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "problem/json_text.h"

namespace latchkey::gate {
namespace {

const Dialect& DialectOf(std::string_view name) {
  return *std::ranges::find(Dialects(), name, &Dialect::name);
}

constexpr AnswerFrame kFrame{.to_head = false, .keep_alive = true, .date = "D"};

GateAnswer Allowed() {
  GateAnswer answer;
  answer.outcome = Outcome::kAllowed;
  answer.identity = {.account = "ana", .email = "ana@x.io", .credential = "c1", .scopes = "a b"};
  return answer;
}

GateAnswer Denied(ProblemType type, Challenge challenge = Challenge::kNone) {
  GateAnswer answer;
  answer.outcome = Outcome::kDenied;
  answer.problem = Problem{.type = type,
                           .detail = "This token needs w; it has r\xc3\xb6.",
                           .challenge = challenge,
                           .cause = "missing-scope",
                           .required = {"w"},
                           .granted = std::vector<std::string>{"r"}};
  return answer;
}

class AnswerTest : public testing::Test {
 protected:
  std::string Render(std::string_view dialect, const GateAnswer& answer,
                     const AnswerFrame& frame = kFrame) {
    std::string out;
    status_ = renderer_.Append(DialectOf(dialect), answer, frame, "r1", out);
    return out;
  }

  Renderer renderer_{HeaderNames{}, "Latchkey"};
  int status_ = 0;
};

TEST_F(AnswerTest, AllowsWithEveryIdentityHeaderInEveryDialect) {
  for (const Dialect& dialect : Dialects()) {
    EXPECT_EQ(Render(dialect.name, Allowed()),
              "HTTP/1.1 200 OK\r\nDate: D\r\nX-Latchkey-Account: ana\r\n"
              "X-Latchkey-Email: ana@x.io\r\nX-Latchkey-Credential: c1\r\n"
              "X-Latchkey-Scopes: a b\r\nCache-Control: no-store\r\nContent-Length: 0\r\n\r\n");
    EXPECT_EQ(status_, 200);
  }
  GateAnswer open;
  open.outcome = Outcome::kOpen;
  EXPECT_NE(Render("caddy", open).find("X-Latchkey-Account: \r\nX-Latchkey-Email: \r\n"),
            std::string::npos);
}

TEST_F(AnswerTest, ADenialKeepsBrowsersFromMakingMoreOfIt) {
  for (const Dialect& dialect : Dialects()) {
    const std::string out = Render(dialect.name, Denied(ProblemType::kMissingScope));
    for (const char* field : {"X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer",
                              "Content-Security-Policy: default-src 'none'; frame-ancestors"}) {
      EXPECT_NE(out.find("\r\n" + std::string{field}), std::string::npos) << dialect.name;
    }
    EXPECT_EQ(out.find("Strict-Transport-Security"), std::string::npos);
  }
}

TEST_F(AnswerTest, AnAnswerThatNobodyGaveRefuses) {
  for (const Dialect& dialect : Dialects()) {
    Render(dialect.name, GateAnswer{});
    EXPECT_GE(status_, 400) << dialect.name;
  }
  GateAnswer both = Allowed();
  both.problem = Problem{};
  Render("caddy", both);
  EXPECT_GE(status_, 400);
}

TEST_F(AnswerTest, CarriesTheTrueStatusWhereTheProxyCan) {
  const std::string out =
      Render("traefik", Denied(ProblemType::kMissingScope, Challenge::kInsufficientScope));
  EXPECT_TRUE(out.starts_with("HTTP/1.1 403 Forbidden\r\n"));
  EXPECT_NE(out.find("WWW-Authenticate: Bearer realm=\"Latchkey\", error=\"insufficient_scope\""),
            std::string::npos);
  EXPECT_NE(out.find("scope=\"w\""), std::string::npos);
  EXPECT_NE(out.find("\r\nWWW-Authenticate: Basic "), std::string::npos);
  EXPECT_EQ(out.find("X-Latchkey-Status"), std::string::npos);
  const Json body = Json::parse(out.substr(out.find("\r\n\r\n") + 4));
  EXPECT_EQ(body["type"], "urn:latchkey:problem:missing-scope");
  EXPECT_EQ(body["required"], Json::array({"w"}));
  Render("traefik", Denied(ProblemType::kThrottled));
  EXPECT_EQ(status_, 429);
}

TEST_F(AnswerTest, TellsNginxInHeadersWhatItCannotCarry) {
  for (const auto& [type, status, shown] : {std::tuple{ProblemType::kThrottled, "429", 403},
                                            {ProblemType::kNoOperation, "404", 403},
                                            {ProblemType::kMalformed, "400", 403},
                                            {ProblemType::kStale, "503", 403},
                                            {ProblemType::kMissingScope, "403", 403},
                                            {ProblemType::kExpired, "401", 401}}) {
    const std::string out = Render("nginx", Denied(type));
    EXPECT_EQ(status_, shown) << status;
    EXPECT_NE(out.find("\r\nX-Latchkey-Status: " + std::string{status} + "\r\n"),
              std::string::npos);
    const std::size_t at = out.find("\r\nX-Latchkey-Error: ") + 20;
    const std::string line = out.substr(at, out.find("\r\n", at) - at);
    EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return c >= ' ' && c < '\x7f'; })) << line;
    EXPECT_EQ(Json::parse(line)["status"], std::stoi(status));
  }
}

TEST_F(AnswerTest, SpeaksBitbucketsShapeWhereTheAppsClientsDo) {
  GateAnswer answer = Denied(ProblemType::kMissingScope);
  answer.bitbucket_errors = true;
  const std::string out = Render("caddy", answer);
  const Json body = Json::parse(out.substr(out.find("\r\n\r\n") + 4));
  EXPECT_EQ(body["type"], "error");
  EXPECT_EQ(body["error"]["detail"]["required"], Json::array({"w"}));
}

TEST_F(AnswerTest, LeavesTheBodyOutForHeadAndEndsTheConnectionWhereAsked) {
  const std::string out = Render("envoy", Denied(ProblemType::kMissingScope),
                                 {.to_head = true, .keep_alive = false, .date = "D"});
  EXPECT_TRUE(out.ends_with("\r\nConnection: close\r\n\r\n"));
  EXPECT_EQ(out.find("Content-Length: 0"), std::string::npos);
}

TEST_F(AnswerTest, KeepsTheErrorLineSmall) {
  GateAnswer answer = Denied(ProblemType::kMissingScope);
  for (int i = 0; i < 500; ++i)
    answer.problem->granted->push_back("scope:number:" + std::to_string(i));
  answer.problem->detail = std::string(5000, 'x');
  const std::string line =
      ErrorLine(*answer.problem, renderer_.MakeDenial(answer, "r1"), false, "r1");
  EXPECT_LT(line.size(), 2049U);
  EXPECT_EQ(Json::parse(line)["required"], Json::array({"w"}));
  for (int i = 0; i < 500; ++i)
    answer.problem->required.push_back("scope:number:" + std::to_string(i));
  EXPECT_LT(ErrorLine(*answer.problem, renderer_.MakeDenial(answer, "r1"), true, "r1").size(),
            2049U);
}

TEST(HeaderNamesTest, AreChosenByPrefixAndOneByOne) {
  const Result<HeaderNames> names =
      HeaderNames::Create("X-Auth-", {"account=Remote-User", "email=Remote-Email"});
  ASSERT_TRUE(names.has_value());
  EXPECT_EQ(names->account, "Remote-User");
  EXPECT_EQ(names->email, "Remote-Email");
  EXPECT_EQ(names->scopes, "X-Auth-Scopes");
  EXPECT_EQ(names->status, "X-Auth-Status");
}

TEST(HeaderNamesTest, RefuseWhatCannotBeAHeaderOfOurs) {
  const std::vector<std::pair<std::string, std::vector<std::string>>> bad{
      {"X Y", {}},
      {"X_Y-", {}},
      {"", {}},  // Status is FastCGI's own.
      {"X-", {"account"}},
      {"X-", {"account="}},
      {"X-", {"x=y"}},
      {"X-", {"account=a\r\nb"}},
      {"X-", {"account=Authorization"}},
      {"X-", {"account=A", "email=a"}}};
  for (const auto& [prefix, names] : bad) {
    EXPECT_FALSE(HeaderNames::Create(prefix, names).has_value()) << prefix;
  }
}

TEST_F(AnswerTest, SaysHowOldItsKnowledgeMayBe) {
  for (const Dialect& dialect : Dialects()) {
    GateAnswer allowed = Allowed();
    GateAnswer denied = Denied(ProblemType::kStale);
    EXPECT_EQ(Render(dialect.name, allowed).find("X-Latchkey-Age-Ms"), std::string::npos);
    EXPECT_EQ(Render(dialect.name, denied).find("X-Latchkey-Age-Ms"), std::string::npos);
    allowed.age = std::chrono::milliseconds{1234};
    denied.age = std::chrono::milliseconds{31'000};
    EXPECT_EQ(Render(dialect.name, allowed),
              "HTTP/1.1 200 OK\r\nDate: D\r\nX-Latchkey-Account: ana\r\n"
              "X-Latchkey-Email: ana@x.io\r\nX-Latchkey-Credential: c1\r\n"
              "X-Latchkey-Scopes: a b\r\nX-Latchkey-Age-Ms: 1234\r\n"
              "Cache-Control: no-store\r\nContent-Length: 0\r\n\r\n");
    EXPECT_NE(Render(dialect.name, denied).find("\r\nX-Latchkey-Age-Ms: 31000\r\n"),
              std::string::npos);
    EXPECT_EQ(status_, dialect.carries_every_status ? 503 : 403);
  }
}

}  // namespace
}  // namespace latchkey::gate
