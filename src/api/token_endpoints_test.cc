#include "api/token_endpoints.h"

#include <gmock/gmock.h>

#include "api/fixture/api_world.h"

namespace latchkey::api {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::string_view kInactive = R"({"active":false})";

class TokenEndpointsTest : public testing::Test {
 protected:
  FakeAnswer Post(const std::string& path, const std::string& form,
                  const std::string& authorization = {},
                  const std::string& type = "application/x-www-form-urlencoded") {
    FakeRequest request{.method = "POST", .target = path, .body = form};
    request.fields = {{"Content-Type", type}};
    if (!authorization.empty()) request.fields.emplace_back("Authorization", authorization);
    return world_.Send(std::move(request));
  }
  FakeAnswer Introspect(const std::string& secret) {
    return Post("/api/v1/introspect", "token=" + secret, "Bearer " + service_);
  }
  FakeAnswer Revoke(const std::string& secret, const std::string& authorization = {}) {
    return Post("/api/v1/revoke", "token=" + secret, authorization);
  }
  bool Works(const std::string& secret) { return world_.Get("/api/v1/me", secret).status == 200; }

  World world_;
  const std::string service_ = world_.IssueToken("bob", {"introspect:credential:latchkey"});
  const std::string token_ = world_.IssueToken("ann", {"read:user:bitbucket", "read:me"});
};

TEST_F(TokenEndpointsTest, DescribesATokenInForce) {
  const FakeAnswer answer = Introspect(token_);
  ASSERT_EQ(answer.status, 200);
  EXPECT_EQ(answer.Field("Cache-Control"), "no-store");
  EXPECT_EQ(answer.Field("Content-Type"), "application/json");
  const Json json = answer.json();
  EXPECT_EQ(json["active"], true);
  EXPECT_EQ(json["scope"], "read:me read:user:bitbucket");
  EXPECT_EQ(json["client_id"], World::IdOf(token_));
  EXPECT_EQ(json["username"], "ann");
  EXPECT_EQ(json["token_type"], "Bearer");
  EXPECT_EQ(json["aud"], "bitbucket");
  EXPECT_EQ(json["iss"], "https://git.example.org");
  EXPECT_EQ(json["kind"], "api-token");
  const auto exp = json["exp"].get<std::int64_t>();
  const auto iat = json["iat"].get<std::int64_t>();
  EXPECT_EQ(exp - iat, 30 * 24 * 3600);
  EXPECT_EQ(answer.annotations.find("subject")->second, World::IdOf(token_));
  EXPECT_EQ(answer.annotations.find("credential")->second, World::IdOf(service_));
}

TEST_F(TokenEndpointsTest, AnAppPasswordNeedsNoNameHere) {
  const Json json = Introspect(world_.IssueAppPassword("ann", {"repository:write"})).json();
  EXPECT_EQ(json["active"], true);
  EXPECT_EQ(json["scope"], "repository repository:write");
  EXPECT_EQ(json["token_type"], "Basic");
  EXPECT_EQ(json["kind"], "app-password");
}

TEST_F(TokenEndpointsTest, OfWhatIsNotInForceItSaysNothingElse) {
  const std::string revoked = world_.IssueToken("ann", {"read:me"});
  EXPECT_EQ(Revoke(revoked).status, 200);
  std::string mistyped = token_;
  mistyped.back() = mistyped.back() == 'a' ? 'b' : 'a';
  for (const std::string& secret : {revoked, mistyped, token_ + "x", std::string{"x"},
                                    std::string(10'000, 'x'), std::string{"%C3%A9"}}) {
    const FakeAnswer answer = Introspect(secret);
    EXPECT_EQ(answer.status, 200) << secret;
    EXPECT_EQ(answer.body, kInactive) << secret;
    EXPECT_EQ(answer.Field("Cache-Control"), "no-store");
  }
  world_.Suspend("ann");
  EXPECT_EQ(Introspect(token_).body, kInactive);
}

TEST_F(TokenEndpointsTest, AnExpiredOneIsInactive) {
  world_.clock().Advance(std::chrono::days{29});
  const std::string fresh = world_.IssueToken("bob", {"introspect:credential:latchkey"});
  world_.clock().Advance(std::chrono::days{1});
  const FakeAnswer answer = Post("/api/v1/introspect", "token=" + token_, "Bearer " + fresh);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, kInactive);
}

TEST_F(TokenEndpointsTest, WhoAsksMustHoldTheScope) {
  const FakeAnswer absent = Post("/api/v1/introspect", "token=" + token_);
  EXPECT_EQ(absent.status, 401);
  EXPECT_THAT(absent.Field("WWW-Authenticate"), HasSubstr("Bearer realm=\"Latchkey\""));
  const FakeAnswer refused = Post("/api/v1/introspect", "token=" + token_, "Bearer " + token_);
  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.Field("WWW-Authenticate"), HasSubstr("error=\"insufficient_scope\""));
  EXPECT_THAT(refused.Field("WWW-Authenticate"),
              HasSubstr("scope=\"introspect:credential:latchkey\""));
  const std::string password = world_.IssueAppPassword("ann", {"repository:admin"});
  EXPECT_EQ(Post("/api/v1/introspect", "token=" + token_, World::Basic("ann", password)).status,
            403);
}

TEST_F(TokenEndpointsTest, ManyWrongOnesDoNotStopAService) {
  for (int i = 0; i < 200; ++i) EXPECT_EQ(Introspect("wrong").body, kInactive);
  EXPECT_EQ(Introspect(token_).json()["active"], true);
}

TEST_F(TokenEndpointsTest, RefusesAFormThatCannotBeUsed) {
  for (const std::string path : {"/api/v1/introspect", "/api/v1/revoke"}) {
    const std::string authorization = "Bearer " + service_;
    for (const std::string& form :
         {std::string{}, std::string{"token="}, std::string{"tokens=x"},
          "token=" + token_ + "&token=" + token_, "token=" + token_ + "%"}) {
      const FakeAnswer answer = Post(path, form, authorization);
      EXPECT_EQ(answer.status, 400) << path << form;
      EXPECT_EQ(answer.json()["error"], "invalid_request") << path << form;
    }
    EXPECT_EQ(Post(path, R"({"token":"x"})", authorization, "application/json").status, 415);
    EXPECT_EQ(Post(path, std::string(300'000, 'x'), authorization).status, 413);
    FakeRequest get{.target = path + "?token=" + token_};
    get.fields = {{"Authorization", authorization}};
    EXPECT_EQ(world_.Send(std::move(get)).status, 405);
  }
  EXPECT_TRUE(Works(token_));
}

TEST_F(TokenEndpointsTest, WhoHoldsASecretMayEndIt) {
  const FakeAnswer answer = Revoke(token_);
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, IsEmpty());
  EXPECT_FALSE(Works(token_));
  EXPECT_THAT(world_.journal().lines().back().text,
              HasSubstr("\"credential:" + World::IdOf(token_) + "\""));
  EXPECT_EQ(Revoke(token_).status, 200) << "again";
}

TEST_F(TokenEndpointsTest, AnyHintWillDo) {
  const FakeAnswer answer = Post("/api/v1/revoke", "token_type_hint=refresh_token&token=" + token_);
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(Works(token_));
}

TEST_F(TokenEndpointsTest, AnAppPasswordAndASuspendedOneCanBeEndedToo) {
  const std::string password = world_.IssueAppPassword("ann", {"account"});
  EXPECT_EQ(Revoke(password).status, 200);
  EXPECT_EQ(Introspect(password).body, kInactive);
  world_.Suspend("ann");
  const std::size_t changes = world_.journal().lines().size();
  EXPECT_EQ(Revoke(token_).status, 200);
  EXPECT_EQ(world_.journal().lines().size(), changes + 1);
}

TEST_F(TokenEndpointsTest, UnknownOnesAreEndedAlready) {
  const std::size_t changes = world_.journal().lines().size();
  for (const std::string& secret : {std::string{"x"}, std::string(10'000, 'x')}) {
    EXPECT_EQ(Revoke(secret).status, 200) << secret;
  }
  EXPECT_EQ(world_.journal().lines().size(), changes);
}

TEST_F(TokenEndpointsTest, NobodyIsLetThinkThatAMistypedOneIsEnded) {
  std::string changed = token_;
  changed.back() = changed.back() == 'a' ? 'b' : 'a';
  for (const std::string& secret : {changed, token_.substr(0, 40), token_ + "x"}) {
    const FakeAnswer answer = Revoke(secret);
    EXPECT_EQ(answer.status, 400) << secret.size();
    EXPECT_EQ(answer.json()["error"], "invalid_request");
    EXPECT_THAT(answer.json()["error_description"].get<std::string>(),
                HasSubstr("nothing was revoked"));
  }
  EXPECT_TRUE(Works(token_));
}

TEST_F(TokenEndpointsTest, WhiteSpaceAroundACredentialDoesNotCount) {
  for (const std::string& sent : {token_ + "%0A", "%20" + token_ + "%0D%0A", token_ + "+"}) {
    EXPECT_EQ(Introspect(sent).json()["active"], true) << sent.size();
  }
  EXPECT_EQ(Revoke(token_ + "%0A").status, 200);
  EXPECT_FALSE(Works(token_));
}

TEST_F(TokenEndpointsTest, EndingManyIsNoFailure) {
  const std::string last = world_.IssueAppPassword("ann", {"account"});
  for (int i = 0; i < 100; ++i) {
    const std::string password = world_.IssueAppPassword("ann", {"account"});
    ASSERT_EQ(Revoke(password).status, 200) << i;
    ASSERT_EQ(Revoke(password).status, 200) << i << " again";
  }
  EXPECT_EQ(
      world_
          .Send({.target = "/api/v1/me", .fields = {{"Authorization", World::Basic("ann", last)}}})
          .status,
      200)
      << "nor does it count against the account";
}

TEST_F(TokenEndpointsTest, WhoSendsACredentialOfItsOwnIsNamed) {
  EXPECT_EQ(Revoke(token_, "Bearer nonsense").status, 401);
  EXPECT_TRUE(Works(token_));
  EXPECT_EQ(Revoke(token_, "Bearer " + service_).status, 200);
  EXPECT_FALSE(Works(token_));
  EXPECT_THAT(world_.journal().lines().back().text,
              HasSubstr("\"credential:" + World::IdOf(service_) + "\""));
}

TEST_F(TokenEndpointsTest, GuessingIsThrottled) {
  int status = 0;
  for (int i = 0; i < 100 && status != 429; ++i) status = Revoke("x").status;
  EXPECT_EQ(status, 429);
  EXPECT_EQ(Revoke(token_).status, 200) << "a right one never is";
  EXPECT_FALSE(Works(token_));
}

}  // namespace
}  // namespace latchkey::api
