#include "api/sign_in_resource.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "api/cookies.h"
#include "api/fixture/api_world.h"

namespace latchkey::api {
namespace {

using testing::HasSubstr;

constexpr std::string_view kPassword = "correct horse battery";

class SignInResourceTest : public testing::Test {
 protected:
  SignInResourceTest() {
    const auto bob = world_.installation().directory->FindAccountByName("bob");
    const SignInResult<void> set = world_.installation().factors->SetPassword(
        bob->id, SecretString{kPassword}, {}, MemoryInstallation::kCommandLine);
    EXPECT_TRUE(set);
  }

  FakeAnswer Post(std::string target, std::string body, std::string cookies = {}) {
    FakeRequest request{.method = "POST",
                        .target = "/api/v1/session" + target,
                        .fields = {{"X-Latchkey-Csrf", "1"}, {"Content-Type", "application/json"}},
                        .body = std::move(body)};
    if (!cookies.empty()) request.fields.emplace_back("Cookie", std::move(cookies));
    return world_.Send(std::move(request));
  }
  FakeAnswer SignIn(std::string_view user, std::string_view password) {
    return Post("", R"({"user":")" + std::string{user} + R"(","password":")" +
                        std::string{password} + R"("})");
  }
  /// `name=value` of the cookie that an answer sets; empty if it sets none.
  static std::string CookieIn(const FakeAnswer& answer, std::string_view name) {
    for (const std::string& line : answer.All("Set-Cookie")) {
      if (line.starts_with(name) && !line.contains("Max-Age=0"))
        return line.substr(0, line.find(';'));
    }
    return {};
  }
  static std::string TypeOf(const FakeAnswer& answer) {
    return answer.json().value("type", std::string{});
  }

  World world_;
};

TEST_F(SignInResourceTest, SaysHowOneCanSignIn) {
  const Json json = world_.Get("/api/v1/session", "").json();
  EXPECT_EQ(json["signed_in"], false);
  EXPECT_EQ(json["sign_in"]["password"], true);
  EXPECT_EQ(json["sign_in"]["passkey"], true);
  EXPECT_EQ(json["sign_in"]["mail"], false);
}

TEST_F(SignInResourceTest, SignsInByPassword) {
  const FakeAnswer answer = SignIn("BOB@example.org", kPassword);
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.json()["signed_in"], true);
  EXPECT_EQ(answer.json()["account"]["username"], "bob");
  EXPECT_THAT(CookieIn(answer, kSessionCookie), testing::Not(testing::IsEmpty()));
  EXPECT_THAT(CookieIn(answer, kDeviceCookie), testing::Not(testing::IsEmpty()));
  EXPECT_EQ(answer.body.find(CookieIn(answer, kSessionCookie)), std::string::npos);
}

TEST_F(SignInResourceTest, ASessionThatDoesNotStayGoesWithTheBrowser) {
  const auto line = [](const FakeAnswer& answer) {
    for (const std::string& one : answer.All("Set-Cookie")) {
      if (one.starts_with(kSessionCookie)) return one;
    }
    return std::string{};
  };
  EXPECT_THAT(line(SignIn("bob", kPassword)), testing::Not(HasSubstr("Max-Age")));
  const FakeAnswer stays =
      Post("", R"({"user":"bob","password":"correct horse battery","stay":true})");
  EXPECT_THAT(line(stays), HasSubstr("Max-Age=2592000"));
}

TEST_F(SignInResourceTest, TellsNothingOfWhoThereIs) {
  const FakeAnswer wrong = SignIn("bob", "not the password");
  const FakeAnswer unknown = SignIn("nobody", "not the password");
  const FakeAnswer without = SignIn("ann", "not the password");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(TypeOf(wrong), "urn:latchkey:problem:sign-in-failed");
  EXPECT_TRUE(wrong.All("WWW-Authenticate").empty());
  EXPECT_EQ(wrong.WithoutRequestId(), unknown.WithoutRequestId());
  EXPECT_EQ(wrong.WithoutRequestId(), without.WithoutRequestId());
}

TEST_F(SignInResourceTest, SlowsGuessingDown) {
  int status = 401;
  for (int i = 0; i < 10 && status == 401; ++i) status = SignIn("bob", "wrong").status;
  EXPECT_EQ(status, 429);
  EXPECT_NE(SignIn("bob", "wrong").Field("Retry-After"), "");
}

TEST_F(SignInResourceTest, AsksForTheSecondStep) {
  const auto bob = world_.installation().directory->FindAccountByName("bob");
  Passkey passkey;
  passkey.id = "passkey-1";
  passkey.public_key = "key";
  passkey.name = "A key";
  const RecoveryCodes codes = Must(world_.installation().factors->AddPasskey(
      bob->id, passkey, MemoryInstallation::kCommandLine));
  const FakeAnswer asked = SignIn("bob", kPassword);
  EXPECT_EQ(asked.json()["next"], "second-step");
  EXPECT_EQ(CookieIn(asked, kSessionCookie), "");
  const std::string attempt = CookieIn(asked, kAttemptCookie);
  ASSERT_NE(attempt, "");

  EXPECT_EQ(TypeOf(Post("/second-step", R"({"recovery_code":"0000-0000-0000-0000"})", attempt)),
            "urn:latchkey:problem:second-step-failed");
  EXPECT_EQ(Post("/second-step", R"({"totp":"123456","recovery_code":"x"})", attempt).status, 422);
  EXPECT_EQ(TypeOf(Post("/second-step", R"({"totp":"123456"})")),
            "urn:latchkey:problem:attempt-over");
  const FakeAnswer options = Post("/passkey-options", "{}", attempt);
  EXPECT_EQ(options.json()["publicKey"]["allowCredentials"].size(), 1U);

  const std::string code{codes.codes.front().Expose()};
  const FakeAnswer entered = Post("/second-step", R"({"recovery_code":")" + code + "\"}", attempt);
  EXPECT_EQ(entered.status, 200) << entered.body;
  EXPECT_NE(CookieIn(entered, kSessionCookie), "");
}

TEST_F(SignInResourceTest, APasskeyAloneIsAskedForWithoutNames) {
  const FakeAnswer options = Post("/passkey-options", "{}");
  EXPECT_EQ(options.status, 200);
  const Json asked = options.json()["publicKey"];
  EXPECT_EQ(asked["rpId"], "git.example.org");
  EXPECT_EQ(asked["userVerification"], "required");
  EXPECT_TRUE(!asked.contains("allowCredentials") || asked["allowCredentials"].empty());
  const std::string owner = CookieIn(options, kAttemptCookie);
  ASSERT_NE(owner, "");
  const FakeAnswer refused = Post("/passkey", R"({"credential":{"id":"eA","type":"x"}})", owner);
  EXPECT_EQ(TypeOf(refused), "urn:latchkey:problem:sign-in-failed");
}

TEST_F(SignInResourceTest, ProvesAgainAndGetsANewCookie) {
  const std::string old = CookieIn(SignIn("bob", kPassword), kSessionCookie);
  EXPECT_EQ(Post("/reauthenticate", R"({"password":"wrong"})", old).status, 401);
  const FakeAnswer proven = Post("/reauthenticate", R"({"password":"correct horse battery"})", old);
  EXPECT_EQ(proven.status, 200);
  EXPECT_NE(CookieIn(proven, kSessionCookie), old);
  EXPECT_EQ(Post("/reauthenticate", R"({"password":"correct horse battery"})", old).status, 401);
}

TEST_F(SignInResourceTest, SignsOut) {
  const std::string cookie = world_.SignIn("bob");
  const FakeAnswer out = world_.AsPerson(cookie, "DELETE", "/api/v1/session");
  EXPECT_EQ(out.status, 204);
  EXPECT_EQ(out.Field("Clear-Site-Data"), R"("cache", "storage")");
  EXPECT_EQ(world_.AsPerson(cookie, "GET", "/api/v1/sessions").status, 401);
  EXPECT_EQ(world_.AsPerson(cookie, "DELETE", "/api/v1/session").status, 204);
}

}  // namespace
}  // namespace latchkey::api
