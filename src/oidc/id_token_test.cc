#include "oidc/id_token.h"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "testing/manual_clock.h"
#include "testing/matchers.h"

namespace latchkey::oidc {
namespace {

using enum Error::Code;
using nlohmann::json;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

json Stored() {
  std::ifstream file{LATCHKEY_TESTDATA_DIR "/oidc/tokens.json"};
  return json::parse(file);
}

Expectation Expected(Instant now = ManualClock::kStart) {
  return {.issuer = "https://id.example.org",
          .client_id = "latchkey",
          .nonce = "n-0S6_WzA2Mj",
          .now = now};
}

TEST(IdTokenTest, TakesAndRefusesEach) {
  const json stored = Stored();
  const std::string keys = stored["keys"].dump();
  ASSERT_THAT(stored["cases"], SizeIs(testing::Gt(70U)));
  for (const json& test_case : stored["cases"]) {
    const auto token = test_case["token"].get<std::string>();
    const Result<Claims> claims = VerifyIdToken(token, keys, Expected());
    EXPECT_EQ(claims ? "ok" : std::string{CodeName(claims.error().code)},
              test_case["want"].get<std::string>())
        << test_case["name"] << ": " << testing::PrintToString(claims);
    if (claims || token.empty()) continue;
    EXPECT_THAT(Describe(claims.error()), Not(HasSubstr(token.substr(0, 20))));
  }
}

TEST(IdTokenTest, SaysWhoSignedIn) {
  const json stored = Stored();
  const auto token = stored["cases"][0]["token"].get<std::string>();
  const Result<Claims> claims = VerifyIdToken(token, stored["keys"].dump(), Expected());
  ASSERT_THAT(claims, IsOk());
  EXPECT_EQ(claims->subject, "ana-7");
  EXPECT_EQ(claims->email, "ana@example.org");
  EXPECT_TRUE(claims->email_verified);
  EXPECT_EQ(claims->name, "Ana");
}

TEST(IdTokenTest, EndsAMinuteAfterItsExpiry) {
  using namespace std::chrono_literals;
  const json stored = Stored();
  const std::string keys = stored["keys"].dump();
  const auto token = stored["cases"][0]["token"].get<std::string>();
  const Instant end = ManualClock::kStart + 300s + 60s;
  EXPECT_THAT(VerifyIdToken(token, keys, Expected(end - 1ms)), IsOk());
  EXPECT_THAT(VerifyIdToken(token, keys, Expected(end)), FailsWith(kPermissionDenied));
}

TEST(IdTokenTest, NoNonceFitsAnAttemptThatNeverBegan) {
  const json stored = Stored();
  Expectation expected = Expected();
  expected.nonce = "";
  for (const json& test_case : stored["cases"]) {
    const auto token = test_case["token"].get<std::string>();
    EXPECT_FALSE(VerifyIdToken(token, stored["keys"].dump(), expected));
  }
}

TEST(IdTokenTest, AKeyThatCannotBeReadEndsNothingElse) {
  const json stored = Stored();
  const auto token = stored["cases"][0]["token"].get<std::string>();
  for (const char* name : {"n", "e"}) {
    for (const json& value : {json("xR_W3=FN36"), json("xR_W3-FN36="), json("a"), json(""),
                              json("+/+/"), json("\xC3\xA9"), json(7), json()}) {
      json keys = stored["keys"];
      keys["keys"][0][name] = value;
      EXPECT_THAT(VerifyIdToken(token, keys.dump(), Expected()), FailsWith(kPermissionDenied))
          << name << ' ' << value;
    }
    json keys = stored["keys"];
    keys["keys"][0].erase(name);
    EXPECT_THAT(VerifyIdToken(token, keys.dump(), Expected()), FailsWith(kPermissionDenied));
  }
  const std::string keys = stored["keys"].dump();
  const std::string unsigned_token = token.substr(0, token.rfind('.') + 1);
  for (const std::string& odd :
       {token + "=", token + "A==", unsigned_token, unsigned_token + "*"}) {
    EXPECT_THAT(VerifyIdToken(odd, keys, Expected()), FailsWith(kPermissionDenied));
  }
}

TEST(IdTokenTest, NeedsAKeySet) {
  const json stored = Stored();
  const auto token = stored["cases"][0]["token"].get<std::string>();
  EXPECT_THAT(VerifyIdToken(token, stored["other_keys"].dump(), Expected()), FailsWith(kNotFound));
  EXPECT_THAT(VerifyIdToken(token, R"({"keys":[]})", Expected()), FailsWith(kNotFound));
  EXPECT_THAT(VerifyIdToken(token, R"({"keys":[1,null]})", Expected()), FailsWith(kNotFound));
  EXPECT_THAT(VerifyIdToken(token, "{}", Expected()), FailsWith(kPermissionDenied));
  EXPECT_THAT(VerifyIdToken(token, "", Expected()), FailsWith(kMalformed));
  EXPECT_THAT(
      VerifyIdToken(token, R"({"keys":[{"kty":"RSA","kid":"rsa","n":"","e":""}]})", Expected()),
      FailsWith(kPermissionDenied));
  EXPECT_THAT(VerifyIdToken(token, R"({"keys":[{"kty":"RSA","kid":"rsa","n":1}]})", Expected()),
              FailsWith(kPermissionDenied));
}

TEST(IdTokenTest, EveryChangedCharacterIsRefused) {
  const json stored = Stored();
  const std::string keys = stored["keys"].dump();
  const auto token = stored["cases"][1]["token"].get<std::string>();
  for (std::size_t i = 0; i < token.size(); ++i) {
    std::string changed = token;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(VerifyIdToken(changed, keys, Expected())) << i;
  }
}

TEST(IdTokenTest, LeavesOutWhatCannotBeShown) {
  const Claims claims = ReadClaims(json::parse(
      R"({"sub":"a","email":"a\nb@example.org","name":"A\u202Ena","email_verified":"true"})"));
  EXPECT_EQ(claims.subject, "a");
  EXPECT_THAT(claims.email, IsEmpty());
  EXPECT_THAT(claims.name, IsEmpty());
  EXPECT_TRUE(claims.email_verified);
  EXPECT_FALSE(ReadClaims(json::parse(R"({"email_verified":1})")).email_verified);
  EXPECT_FALSE(ReadClaims(json::parse(R"({"email_verified":"yes"})")).email_verified);
  EXPECT_FALSE(ReadClaims(json::object()).email_verified);
}

}  // namespace
}  // namespace latchkey::oidc
