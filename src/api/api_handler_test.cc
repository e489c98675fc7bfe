#include "api/api_handler.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "api/embedded.h"
#include "api/fixture/api_world.h"

namespace latchkey::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kBareBearer = "Bearer realm=\"Latchkey\"";
constexpr std::string_view kBasicChallenge = "Basic realm=\"Latchkey\", charset=\"UTF-8\"";

class ApiHandlerTest : public testing::Test {
 protected:
  FakeAnswer GetWith(const std::string& authorization, const std::string& target = "/api/v1/me") {
    return world_.Send({.target = target, .fields = {{"Authorization", authorization}}});
  }

  World world_;
  const std::string token_ = world_.IssueToken("ann", {"read:user:bitbucket"});
  const std::string app_password_ = world_.IssueAppPassword("ann", {"account"});
};

/// The last character exchanged for another.
std::string Mistyped(std::string secret) {
  secret.back() = secret.back() == 'a' ? 'b' : 'a';
  return secret;
}

TEST_F(ApiHandlerTest, SaysWhoHoldsTheCredential) {
  const FakeAnswer answer = world_.Get("/api/v1/me", token_);
  ASSERT_EQ(answer.status, 200);
  const Json json = answer.json();
  EXPECT_EQ(json["account"]["username"], "ann");
  EXPECT_EQ(json["account"]["email"], "ann@example.org");
  EXPECT_EQ(json["account"]["kind"], "person");
  EXPECT_EQ(json["credential"]["id"], World::IdOf(token_));
  EXPECT_EQ(json["credential"]["kind"], "api-token");
  EXPECT_EQ(json["credential"]["app"], "bitbucket");
  EXPECT_EQ(json["credential"]["scopes"], Json::array({"read:user:bitbucket"}));
  EXPECT_EQ(json["credential"]["expires_at"], "2026-12-24T09:00:00Z");
  EXPECT_EQ(answer.annotations.find("account")->second, "ann");
  EXPECT_EQ(answer.annotations.find("credential")->second, World::IdOf(token_));
  EXPECT_EQ(answer.annotations.find("action")->second, "me");
}

TEST_F(ApiHandlerTest, TakesEveryFormOfACredential) {
  for (const std::string& authorization :
       {"Bearer " + token_, "bearer   " + token_ + " \t", World::Basic("ann", token_),
        World::Basic("ANN@example.org", token_), World::Basic("x-token-auth", token_),
        World::Basic("x-bitbucket-api-token-auth", token_), World::Basic(token_, ""),
        World::Basic("ann", app_password_), World::Basic("ann@example.org", app_password_)}) {
    EXPECT_EQ(GetWith(authorization).status, 200) << authorization;
    EXPECT_EQ(GetWith(authorization, "/2.0/user").status, 200) << authorization;
  }
}

TEST_F(ApiHandlerTest, AsksForACredentialWithoutAnErrorCode) {
  for (const FakeAnswer& answer :
       {world_.Get("/api/v1/me", ""), GetWith(""), GetWith("  \t "), world_.Get("/2.0/user", "")}) {
    EXPECT_EQ(answer.status, 401);
    EXPECT_THAT(answer.All("WWW-Authenticate"), ElementsAre(kBareBearer, kBasicChallenge));
    EXPECT_EQ(answer.annotations.find("cause")->second, "absent");
  }
}

TEST_F(ApiHandlerTest, GivesOneBodyForAllThatIsNotProven) {
  const std::string other = world_.IssueToken("bob", {"read:user:bitbucket"});
  const std::string want = world_.Get("/api/v1/me", "").WithoutRequestId();
  EXPECT_THAT(want, HasSubstr(R"("cause":"unknown")"));
  for (const std::string& authorization :
       {std::string{"Bearer nope"}, std::string{"Bearer "}, std::string{"Negotiate YIIB"},
        "Bearer" + token_, "Bearer\t" + token_, "Bearer \"" + token_ + "\"",
        "Bearer " + token_ + " " + other, "token " + token_, std::string{"Basic !!!"},
        std::string{"Bearer ' OR '1'='1' -- "}, std::string{"Bearer %n%n%s%p"}}) {
    const FakeAnswer answer = GetWith(authorization);
    EXPECT_EQ(answer.status, 401) << authorization;
    EXPECT_EQ(answer.WithoutRequestId(), want) << authorization;
    EXPECT_THAT(answer.Field("WWW-Authenticate"), HasSubstr("error=\"invalid_token\""));
  }
}

TEST_F(ApiHandlerTest, TellsTheHolderTheTrueCause) {
  const FakeAnswer mistyped = world_.Get("/api/v1/me", Mistyped(token_));
  EXPECT_EQ(mistyped.json()["cause"], "mistyped");
  EXPECT_EQ(GetWith(World::Basic("bob", token_)).json()["cause"], "wrong-user");
  world_.clock().Advance(std::chrono::days{30});
  const FakeAnswer expired = world_.Get("/api/v1/me", token_);
  EXPECT_EQ(expired.status, 401);
  EXPECT_EQ(expired.json()["type"], "urn:latchkey:problem:expired");
  EXPECT_EQ(expired.json()["detail"], "This API token expired on 2026-12-24T09:00:00Z.");
  EXPECT_EQ(expired.annotations.find("account")->second, "ann");

  const std::string fresh = world_.IssueToken("ann", {"read:user:bitbucket"});
  world_.Suspend("ann");
  EXPECT_EQ(world_.Get("/api/v1/me", fresh).json()["cause"], "suspended");
}

TEST_F(ApiHandlerTest, NamesTheScopeThatIsMissing) {
  const FakeAnswer answer = world_.Get("/api/v1/api-tokens", token_);
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(answer.json()["required"], Json::array({"read:credential:latchkey"}));
  EXPECT_EQ(answer.json()["granted"], Json::array({"read:user:bitbucket"}));
  EXPECT_THAT(answer.Field("WWW-Authenticate"), HasSubstr(R"(error="insufficient_scope")"));
  EXPECT_THAT(answer.Field("WWW-Authenticate"), HasSubstr(R"(scope="read:credential:latchkey")"));
}

TEST_F(ApiHandlerTest, ThrottlesFailuresAndNeverARightCredential) {
  FakeAnswer answer;
  for (int i = 0; i < 31; ++i) answer = world_.Get("/api/v1/me", "nope");
  EXPECT_EQ(answer.status, 429);
  EXPECT_EQ(answer.Field("Retry-After"), "60");
  EXPECT_EQ(answer.json()["cause"], "throttled");
  EXPECT_EQ(world_.Get("/api/v1/me", token_).status, 200);
}

TEST_F(ApiHandlerTest, RefusesTwoAuthorizationFieldsOnEveryRoute) {
  for (const char* target : {"/api/v1/me", "/api/v1/api-tokens", "/api/v1/catalogue",
                             "/api/v1/openapi.json", "/2.0/user", "/api/nothing", "/2.0/nothing"}) {
    const FakeAnswer answer =
        world_.Send({.target = target,
                     .fields = {{"Authorization", "Bearer " + token_}, {"authorization", ""}}});
    EXPECT_EQ(answer.status, 400) << target;
  }
}

TEST_F(ApiHandlerTest, IgnoresCookiesAndOverrides) {
  const FakeAnswer answer =
      world_.Send({.method = "GET",
                   .target = "/api/v1/me",
                   .fields = {{"Cookie", "sid=" + token_},
                              {"X-Forwarded-Authorization", "Bearer " + token_},
                              {"X-HTTP-Method-Override", "DELETE"}}});
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(world_.Get("/api/v1/me?access_token=" + token_, "").status, 401);
}

TEST_F(ApiHandlerTest, SaysWhatIsNotThere) {
  for (const char* target : {"/api", "/api/", "/api/v1", "/api/v1/nothing", "/api/v2/me",
                             "/api/v1/me/more", "/api/v1/catalogue/nothing", "/nothing"}) {
    const FakeAnswer answer = world_.Get(target, token_);
    EXPECT_EQ(answer.status, 404) << target;
    EXPECT_EQ(answer.Field("Content-Type"), "application/problem+json") << target;
    EXPECT_EQ(answer.json()["status"], 404) << target;
  }
  EXPECT_EQ(world_.SendJson("POST", "/api/v1/nothing", token_, "{}").status, 404);
  EXPECT_EQ(world_.SendJson("PROPFIND", "/api/v1/nothing", token_, "").status, 404);
}

TEST_F(ApiHandlerTest, TakesOneSlashAtTheEnd) {
  EXPECT_EQ(world_.Get("/api/v1/me/", token_).status, 200);
  EXPECT_EQ(world_.Get("/api/v1/catalogue/bitbucket/", "").status, 200);
  EXPECT_EQ(world_.SendJson("POST", "/api/v1/me/", token_, "{}").status, 405);
}

TEST_F(ApiHandlerTest, NamesTheMethodsOfAPath) {
  const FakeAnswer answer = world_.SendJson("PUT", "/api/v1/api-tokens/abc", token_, "{}");
  EXPECT_EQ(answer.status, 405);
  EXPECT_EQ(answer.Field("Allow"), "DELETE, GET, HEAD, PATCH");
  EXPECT_EQ(answer.json()["type"], "urn:latchkey:problem:method-not-allowed");
  EXPECT_EQ(world_.SendJson("POST", "/api/v1/me", token_, "{}").Field("Allow"), "GET, HEAD, PATCH");
}

TEST_F(ApiHandlerTest, SpeaksBitbucketsDialectUnderTwoPointZero) {
  const FakeAnswer user = world_.Get("/2.0/user/", token_);
  ASSERT_EQ(user.status, 200);
  EXPECT_EQ(user.Field("Content-Type"), "application/json; charset=utf-8");
  EXPECT_EQ(user.json()["username"], "ann");
  EXPECT_THAT(std::string{user.json()["links"]["self"]["href"]},
              StartsWith("https://git.example.org/2.0/users/%7B"));

  const std::string narrow = world_.IssueToken("ann", {"read:repository:bitbucket"});
  const FakeAnswer denied = world_.Get("/2.0/user", narrow);
  EXPECT_EQ(denied.status, 403);
  const Json error = denied.json();
  EXPECT_EQ(error["type"], "error");
  EXPECT_EQ(error["error"]["detail"]["required"], Json::array({"read:user:bitbucket"}));
  EXPECT_EQ(error["error"]["detail"]["granted"], Json::array({"read:repository:bitbucket"}));
  EXPECT_EQ(error["error"]["detail"]["make_one"],
            "https://git.example.org/settings/security/api-tokens/new?app=bitbucket"
            "&scopes=read:user:bitbucket");

  EXPECT_EQ(world_.Get("/2.0/nothing", token_).json()["type"], "error");
  EXPECT_EQ(world_.SendJson("DELETE", "/2.0/user", token_, "").json()["type"], "error");
  EXPECT_EQ(world_.Get("/2.0/user", "nope").body, world_.Get("/2.0/user", "").body);
}

TEST_F(ApiHandlerTest, RefusesATokenOfAnotherAppUnderTwoPointZero) {
  const std::string other = world_.IssueToken("ann", {"read:credential:latchkey"}, "latchkey");
  EXPECT_EQ(world_.Get("/2.0/user", other).status, 403);
  EXPECT_EQ(world_.Get("/2.0/user", other).annotations.find("cause")->second, "wrong-app");
  EXPECT_EQ(world_.Get("/api/v1/api-tokens", other).status, 200);
}

TEST_F(ApiHandlerTest, ServesTheCatalogueToEverybody) {
  const FakeAnswer list = world_.Get("/api/v1/catalogue", "");
  ASSERT_EQ(list.status, 200);
  EXPECT_EQ(list.json()["values"][0]["app"], "bitbucket");
  const FakeAnswer one = world_.Get("/api/v1/catalogue/bitbucket", "");
  ASSERT_EQ(one.status, 200);
  const Json json = one.json();
  std::set<std::string> scopes;
  for (const Json& scope : json["scopes"]) scopes.insert(scope["name"]);
  EXPECT_TRUE(scopes.contains("read:repository:bitbucket"));
  EXPECT_TRUE(scopes.contains("read:credential:latchkey"));
  EXPECT_FALSE(json["permissions"].empty());
}

/// Every `$ref` in `value`.
void CollectReferences(const Json& value, std::set<std::string>& references) {
  for (const auto& [key, member] : value.items()) {
    if (key == "$ref") {
      references.insert(member.get<std::string>());
    } else if (member.is_structured()) {
      CollectReferences(member, references);
    }
  }
}

TEST_F(ApiHandlerTest, ServesAnOpenApiDocumentOfExactlyItsRoutes) {
  const FakeAnswer answer = world_.Get("/api/v1/openapi.json", "");
  ASSERT_EQ(answer.status, 200);
  const Json document = answer.json();
  EXPECT_EQ(document["openapi"], "3.1.0");

  std::set<std::string> documented;
  for (const auto& [path, item] : document["paths"].items()) {
    for (const auto& [method, operation] : item.items()) {
      if (method == "parameters") continue;
      std::string upper = method;
      for (char& c : upper) c = static_cast<char>(c - 'a' + 'A');
      documented.insert(upper + " " + path);
      EXPECT_TRUE(operation.contains("operationId")) << path;
    }
  }
  std::set<std::string> served;
  for (const Route& route : world_.handler().routes()) {
    served.insert(std::string{route.method} + " " + route.pattern);
  }
  EXPECT_EQ(documented, served);

  std::set<std::string> references;
  CollectReferences(document, references);
  EXPECT_FALSE(references.empty());
  for (const std::string& reference : references) {
    EXPECT_TRUE(document.contains(Json::json_pointer{reference.substr(1)})) << reference;
  }
}

}  // namespace
}  // namespace latchkey::api
