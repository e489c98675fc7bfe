#include "api/session_guard.h"

#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "api/cookies.h"
#include "api/fixture/api_world.h"

namespace latchkey::api {
namespace {

using std::chrono::minutes;

class SessionGuardTest : public testing::Test {
 protected:
  static std::string TypeOf(const FakeAnswer& answer) {
    return answer.json().value("type", std::string{});
  }

  World world_;
  std::string ann_ = world_.SignIn("ann");
  std::string bob_ = world_.SignIn("bob");
};

constexpr std::string_view kNewToken =
    R"({"name":"ci","scopes":["read:repository:bitbucket"],"ttl":86400})";

TEST_F(SessionGuardTest, KnowsWhoIsSignedIn) {
  const FakeAnswer answer = world_.AsPerson(bob_, "GET", "/api/v1/session");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.json()["account"]["username"], "bob");
  EXPECT_EQ(answer.Field("Cache-Control"), "no-store");
}

TEST_F(SessionGuardTest, AsksToSignInWithoutAChallenge) {
  for (const std::string& cookie : {std::string{}, bob_.substr(0, 17) + std::string(22, '0')}) {
    const FakeAnswer answer = world_.AsPerson(cookie, "GET", "/api/v1/sessions");
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(TypeOf(answer), "urn:latchkey:problem:sign-in-required");
    EXPECT_TRUE(answer.All("WWW-Authenticate").empty());
  }
}

TEST_F(SessionGuardTest, APagesScriptIsNotChallengedEither) {
  const FakeAnswer script =
      world_.Send({.target = "/api/v1/api-tokens", .fields = {{"Sec-Fetch-Mode", "cors"}}});
  EXPECT_EQ(script.status, 401);
  EXPECT_TRUE(script.All("WWW-Authenticate").empty());
  const FakeAnswer curl = world_.Get("/api/v1/api-tokens", "");
  EXPECT_EQ(curl.All("WWW-Authenticate").size(), 2U);
}

TEST_F(SessionGuardTest, AuthorizationDecides) {
  const FakeAnswer answer =
      world_.Send({.target = "/api/v1/api-tokens",
                   .fields = {{"Cookie", std::string{kSessionCookie} + "=" + bob_},
                              {"Authorization", "Bearer nothing"}}});
  EXPECT_EQ(answer.status, 401);
  EXPECT_EQ(answer.All("WWW-Authenticate").size(), 2U);
}

TEST_F(SessionGuardTest, OtherSitesChangeNothing) {
  const FakeAnswer answer =
      world_.Send({.method = "POST",
                   .target = "/api/v1/api-tokens",
                   .fields = {{"Cookie", std::string{kSessionCookie} + "=" + bob_},
                              {"Content-Type", "application/json"}},
                   .body = std::string{kNewToken}});
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(TypeOf(answer), "urn:latchkey:problem:cross-site");
}

TEST_F(SessionGuardTest, MakesSecretsOnlyAfterAFreshProof) {
  world_.clock().Advance(minutes{15} - std::chrono::milliseconds{1});
  EXPECT_EQ(world_.AsPerson(bob_, "POST", "/api/v1/api-tokens", kNewToken).status, 201);
  world_.clock().Advance(std::chrono::milliseconds{1});
  const FakeAnswer answer = world_.AsPerson(bob_, "POST", "/api/v1/api-tokens", kNewToken);
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(TypeOf(answer), "urn:latchkey:problem:reauthentication-required");
  EXPECT_EQ(world_.AsPerson(bob_, "GET", "/api/v1/api-tokens").status, 200);
}

TEST_F(SessionGuardTest, KeepsAdministrationToAdministrators) {
  EXPECT_EQ(world_.AsPerson(ann_, "GET", "/api/v1/admin/health").status, 200);
  const FakeAnswer answer = world_.AsPerson(bob_, "GET", "/api/v1/admin/health");
  EXPECT_EQ(answer.status, 403);
  EXPECT_EQ(TypeOf(answer), "urn:latchkey:problem:permission-denied");
}

TEST_F(SessionGuardTest, PolicyAsksForASecondStepFirst) {
  InstallationPolicy policy;
  policy.second_step_required = true;
  Must(world_.installation().policy_authority->Set(policy, MemoryInstallation::kCommandLine));
  const FakeAnswer answer = world_.AsPerson(bob_, "GET", "/api/v1/api-tokens");
  EXPECT_EQ(TypeOf(answer), "urn:latchkey:problem:second-step-required");
  EXPECT_EQ(world_.AsPerson(bob_, "GET", "/api/v1/session").status, 200);
  EXPECT_EQ(world_.AsPerson(bob_, "POST", "/api/v1/me/totp").status, 200);
}

TEST_F(SessionGuardTest, ASuspendedAccountIsNotSignedIn) {
  world_.Suspend("bob");
  EXPECT_EQ(world_.AsPerson(bob_, "GET", "/api/v1/sessions").status, 401);
}

}  // namespace
}  // namespace latchkey::api
