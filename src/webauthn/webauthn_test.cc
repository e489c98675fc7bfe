#include "webauthn/webauthn.h"

#include <gmock/gmock.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <optional>
#include <ranges>
#include <string>
#include <vector>

#include "crypto/base64url.h"
#include "testing/matchers.h"
#include "testing/scripted_random.h"

namespace latchkey::webauthn {
namespace {

using enum Error::Code;
using nlohmann::json;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

const RelyingParty kParty{
    .id = "latchkey.example.org", .name = "Latchkey", .origin = "https://latchkey.example.org"};
const RelyingParty kLocal{.id = "localhost", .name = "Latchkey", .origin = "http://localhost:8123"};

json Read(const std::string& name) {
  std::ifstream file{std::string{LATCHKEY_TESTDATA_DIR} + "/webauthn/" + name};
  return json::parse(file);
}

/// The challenge of all stored answers: the bytes 0 to 31.
std::string StoredChallenge() {
  std::string challenge;
  for (const char byte : std::views::iota(char{0}, char{32})) challenge += byte;
  return challenge;
}

std::string Decode(const json& text) { return DecodeBase64Url(text.get<std::string>()).value(); }

Ceremony StoredCeremony(const json& test_case) {
  const bool preferred = test_case.value("user_verification", "required") == "preferred";
  Ceremony ceremony{
      .challenge = StoredChallenge(),
      .user_verification = preferred ? UserVerification::kPreferred : UserVerification::kRequired};
  for (const json& id : test_case.value("allowed", json::array())) {
    ceremony.allowed.push_back(Decode(id));
  }
  return ceremony;
}

template <typename T>
std::string Outcome(const Result<T>& result) {
  return result ? "ok" : std::string{CodeName(result.error().code)};
}

Result<Proof> Assert(const json& test_case, std::optional<bool> backup_eligible = {}) {
  const Result<Assertion> assertion = ParseAssertion(test_case["credential"]);
  if (!assertion) return std::unexpected(assertion.error());
  const json& known = test_case["known"];
  const std::string id = Decode(known["id"]);
  const std::string key = Decode(known["public_key"]);
  const std::string handle = Decode(known["user_handle"]);
  return VerifyAssertion(kParty, StoredCeremony(test_case),
                         {.id = id,
                          .public_key = key,
                          .sign_count = known["sign_count"].get<std::uint32_t>(),
                          .user_handle = handle,
                          .backup_eligible = backup_eligible},
                         *assertion);
}

TEST(WebAuthnTest, TakesAndRefusesEachRegistration) {
  const json cases = Read("cases.json")["registrations"];
  ASSERT_THAT(cases, SizeIs(testing::Gt(80U)));
  for (const json& test_case : cases) {
    const Result<Registration> result =
        VerifyRegistration(kParty, StoredCeremony(test_case), test_case["credential"]);
    EXPECT_EQ(Outcome(result), test_case["want"].get<std::string>())
        << test_case["name"] << ": " << testing::PrintToString(result);
  }
}

TEST(WebAuthnTest, TakesAndRefusesEachAssertion) {
  const json cases = Read("cases.json")["assertions"];
  ASSERT_THAT(cases, SizeIs(testing::Gt(70U)));
  for (const json& test_case : cases) {
    const Result<Proof> result = Assert(test_case);
    EXPECT_EQ(Outcome(result), test_case["want"].get<std::string>())
        << test_case["name"] << ": " << testing::PrintToString(result);
  }
}

TEST(WebAuthnTest, WhetherItMayBeCopiedNeverChanges) {
  const json first = Read("cases.json")["assertions"][0];
  const Result<Proof> good = Assert(first);
  ASSERT_THAT(good, IsOk());
  const bool eligible = Assert(first, true).has_value();
  EXPECT_NE(eligible, Assert(first, false).has_value());
  EXPECT_THAT(Assert(first, !eligible), FailsWith(kPermissionDenied));
}

TEST(WebAuthnTest, SaysWhatToStore) {
  const json stored = Read("cases.json");
  const json& first = stored["registrations"][0];
  const Result<Registration> made =
      VerifyRegistration(kParty, StoredCeremony(first), first["credential"]);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->id, "credential-of-ana");
  EXPECT_EQ(made->sign_count, 3U);
  EXPECT_TRUE(made->user_verified);
  EXPECT_FALSE(made->backed_up);
  // Unknown ones and repetitions are left out.
  EXPECT_THAT(made->transports, ElementsAre("internal", "hybrid"));

  const Result<Proof> proof = Assert(stored["assertions"][0]);
  ASSERT_THAT(proof, IsOk());
  EXPECT_EQ(proof->sign_count, 8U);
  EXPECT_TRUE(proof->user_verified);
}

TEST(WebAuthnTest, KnowsWhatChromiumSays) {
  const json stored = Read("chromium.json");
  const Ceremony ceremony{.challenge = StoredChallenge()};
  const Result<Registration> made = VerifyRegistration(kLocal, ceremony, stored["registration"]);
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->sign_count, 1U);
  EXPECT_THAT(made->transports, ElementsAre("internal"));

  const Result<Assertion> assertion = ParseAssertion(stored["assertion"]);
  ASSERT_THAT(assertion, IsOk());
  EXPECT_EQ(assertion->id, made->id);
  const Known known{.id = made->id,
                    .public_key = made->public_key,
                    .sign_count = made->sign_count,
                    .user_handle = "account-of-ana"};
  const Result<Proof> proof = VerifyAssertion(kLocal, ceremony, known, *assertion);
  ASSERT_THAT(proof, IsOk());
  EXPECT_EQ(proof->sign_count, 2U);

  // The same once more: a new challenge, and where that were kept, the counter.
  ScriptedRandom random;
  const Result<Ceremony> next = BeginCeremony(UserVerification::kRequired, random);
  ASSERT_THAT(next, IsOk());
  EXPECT_THAT(VerifyAssertion(kLocal, *next, known, *assertion), FailsWith(kPermissionDenied));
  Known counted = known;
  counted.sign_count = proof->sign_count;
  EXPECT_THAT(VerifyAssertion(kLocal, ceremony, counted, *assertion), FailsWith(kTampered));
}

TEST(WebAuthnTest, EveryChangedByteOfAnAssertionIsRefused) {
  const json stored = Read("chromium.json");
  const Ceremony ceremony{.challenge = StoredChallenge()};
  const Result<Registration> made = VerifyRegistration(kLocal, ceremony, stored["registration"]);
  ASSERT_THAT(made, IsOk());
  const Known known{.id = made->id,
                    .public_key = made->public_key,
                    .sign_count = made->sign_count,
                    .user_handle = "account-of-ana"};
  const Result<Assertion> good = ParseAssertion(stored["assertion"]);
  ASSERT_THAT(good, IsOk());
  for (auto part : {&Assertion::authenticator_data, &Assertion::client_data, &Assertion::signature,
                    &Assertion::id}) {
    for (std::size_t i = 0; i < ((*good).*part).size(); ++i) {
      Assertion changed = *good;
      (changed.*part)[i] = static_cast<char>((changed.*part)[i] ^ 1);
      EXPECT_FALSE(VerifyAssertion(kLocal, ceremony, known, changed)) << i;
    }
  }
}

TEST(WebAuthnTest, ReadsNothingThatIsNoObject) {
  const Ceremony ceremony{.challenge = StoredChallenge()};
  for (const json& value : {json(), json::array(), json("x"), json(1), json::object()}) {
    EXPECT_THAT(ParseAssertion(value), FailsWith(kMalformed));
    EXPECT_THAT(VerifyRegistration(kParty, ceremony, value), FailsWith(kMalformed));
  }
}

TEST(WebAuthnTest, NoAnswerFitsACeremonyThatNeverBegan) {
  const json stored = Read("cases.json");
  const json& first = stored["registrations"][0];
  EXPECT_THAT(VerifyRegistration(kParty, Ceremony{.challenge = ""}, first["credential"]),
              FailsWith(kPermissionDenied));
}

TEST(WebAuthnTest, DrawsAChallengeOf32Bytes) {
  ScriptedRandom random;
  const Result<Ceremony> one = BeginCeremony(UserVerification::kPreferred, random, {"id"});
  const Result<Ceremony> two = BeginCeremony(UserVerification::kRequired, random);
  ASSERT_THAT(one, IsOk());
  ASSERT_THAT(two, IsOk());
  EXPECT_THAT(one->challenge, SizeIs(32));
  EXPECT_NE(one->challenge, two->challenge);
  EXPECT_THAT(one->allowed, ElementsAre("id"));
  random.FailAlways();
  EXPECT_THAT(BeginCeremony(UserVerification::kRequired, random), FailsWith(kUnavailable));
}

TEST(WebAuthnTest, AsksForAPasskey) {
  const Ceremony ceremony{.challenge = StoredChallenge()};
  const std::vector<Descriptor> existing{{.id = "one", .transports = {"usb"}},
                                         {.id = "two", .transports = {}}};
  using namespace std::chrono_literals;
  const json options = CreationOptions(
      kParty, ceremony, {.handle = "h", .name = "ana", .display_name = "Ana"}, existing, 5min);
  EXPECT_EQ(options, json::parse(R"({
    "rp": {"id": "latchkey.example.org", "name": "Latchkey"},
    "user": {"id": "aA", "name": "ana", "displayName": "Ana"},
    "challenge": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8",
    "pubKeyCredParams": [{"type": "public-key", "alg": -7}, {"type": "public-key", "alg": -8},
                         {"type": "public-key", "alg": -257}],
    "timeout": 300000,
    "excludeCredentials": [{"type": "public-key", "id": "b25l", "transports": ["usb"]},
                           {"type": "public-key", "id": "dHdv"}],
    "authenticatorSelection": {"residentKey": "preferred", "requireResidentKey": false,
                               "userVerification": "required"},
    "attestation": "none"})"));
}

TEST(WebAuthnTest, AsksForASignature) {
  const Ceremony ceremony{.challenge = StoredChallenge(),
                          .user_verification = UserVerification::kPreferred};
  using namespace std::chrono_literals;
  const json options = RequestOptions(kParty, ceremony, {}, 1min);
  EXPECT_EQ(options, json::parse(R"({
    "challenge": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8", "timeout": 60000,
    "rpId": "latchkey.example.org", "allowCredentials": [], "userVerification": "preferred"})"));
}

TEST(WebAuthnTest, TakesItsPartyFromTheAddress) {
  const auto party = [](std::string_view url) {
    const Result<RelyingParty> made = RelyingPartyOf(url, "L");
    return made ? made->id + " " + made->origin : std::string{};
  };
  EXPECT_EQ(party("https://keys.example.org"), "keys.example.org https://keys.example.org");
  EXPECT_EQ(party("https://Keys.example.org:8443/x/"),
            "keys.example.org https://keys.example.org:8443");
  EXPECT_EQ(party("https://keys.example.org:443/"), "keys.example.org https://keys.example.org");
  EXPECT_EQ(party("http://localhost:8080"), "localhost http://localhost:8080");
  EXPECT_EQ(party("http://localhost:80"), "localhost http://localhost");
  for (const char* url : {"http://keys.example.org", "https://192.0.2.1", "https://[::1]:8443",
                          "http://127.0.0.1:8080", "ftp://x.example", "", "https://", "https:///x",
                          "https://a@b.example", "http://localhost.evil.example"}) {
    EXPECT_THAT(party(url), IsEmpty()) << url;
  }
}

}  // namespace
}  // namespace latchkey::webauthn
