#include "oidc/provider.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/base64url.h"
#include "crypto/digest.h"
#include "testing/manual_clock.h"
#include "testing/matchers.h"
#include "testing/scripted_random.h"

namespace latchkey::oidc {
namespace {

using namespace std::chrono_literals;
using enum Error::Code;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;
using testing::StartsWith;

/// Answers by address, as the test says, and remembers what was asked.
class FakeFetcher final : public Fetcher {
 public:
  Result<FetchAnswer> Fetch(const FetchRequest& request) override {
    asked.push_back(request.url);
    form = request.form.Expose();
    fields.clear();
    for (const SecretString& field : request.fields) fields.emplace_back(field.Expose());
    const auto found = answers.find(request.url);
    if (found == answers.end()) return Fail(kUnavailable, "nobody there");
    return FetchAnswer{.status = found->second.first, .body = SecretString{found->second.second}};
  }

  std::map<std::string, std::pair<int, std::string>> answers;
  std::vector<std::string> asked;
  std::string form;
  std::vector<std::string> fields;
};

constexpr const char* kDiscovery = "https://id.example.org/.well-known/openid-configuration";
constexpr const char* kToken = "https://id.example.org/token";
constexpr const char* kKeys = "https://id.example.org/keys";
constexpr const char* kMe = "https://id.example.org/me";

class ProviderTest : public testing::Test {
 protected:
  void SetUp() override {
    std::ifstream file{LATCHKEY_TESTDATA_DIR "/oidc/tokens.json"};
    stored_ = json::parse(file);
    document_ = {{"issuer", "https://id.example.org"},
                 {"authorization_endpoint", "https://id.example.org/auth"},
                 {"token_endpoint", kToken},
                 {"jwks_uri", kKeys},
                 {"userinfo_endpoint", kMe},
                 {"response_types_supported", {"code"}}};
    fetcher_.answers[kDiscovery] = {200, document_.dump()};
    fetcher_.answers[kKeys] = {200, stored_["keys"].dump()};
    Give("Rs256");
    provider_ = Make("s3cret/ +");
  }

  [[nodiscard]] std::unique_ptr<Provider> Make(std::string_view secret) {
    Result<std::unique_ptr<Provider>> made =
        Provider::Create({.issuer = "https://id.example.org",
                          .client_id = "latchkey",
                          .client_secret = SecretString{secret},
                          .redirect_uri = "https://keys.example.org/login/oidc/id/callback"},
                         fetcher_, clock_, random_);
    EXPECT_THAT(made, IsOk());
    return std::move(*made);
  }

  /// The token endpoint answers with the stored token of this name.
  void Give(const std::string& name) {
    for (const json& test_case : stored_["cases"]) {
      if (test_case["name"] != name) continue;
      fetcher_.answers[kToken] = {
          200,
          json{{"token_type", "bearer"}, {"access_token", "at"}, {"id_token", test_case["token"]}}
              .dump()};
    }
  }

  void Publish(const char* name, const json& value) {
    document_[name] = value;
    fetcher_.answers[kDiscovery] = {200, document_.dump()};
  }

  Result<Identity> Complete(std::optional<std::string> issuer = std::nullopt) {
    const Attempt attempt{.url = "",
                          .state = "s",
                          .nonce = "n-0S6_WzA2Mj",
                          .code_verifier = SecretString{"verifier"}};
    return provider_->Complete({.code = SecretString{"c/o d"}, .issuer = std::move(issuer)},
                               attempt);
  }

  [[nodiscard]] long Asked(const char* url) const {
    return std::ranges::count(fetcher_.asked, url);
  }

  json stored_;
  json document_;
  FakeFetcher fetcher_;
  ManualClock clock_;
  ScriptedRandom random_;
  std::unique_ptr<Provider> provider_;
};

TEST_F(ProviderTest, SendsTheBrowserAway) {
  const Result<Attempt> attempt = provider_->Begin();
  ASSERT_THAT(attempt, IsOk());
  EXPECT_THAT(attempt->state, SizeIs(43));
  EXPECT_THAT(attempt->nonce, SizeIs(43));
  EXPECT_EQ(attempt->code_verifier.size(), 43U);
  const Digest digest = Sha256(attempt->code_verifier.Expose());
  const std::string challenge =
      EncodeBase64Url({reinterpret_cast<const char*>(digest.data()), digest.size()});
  EXPECT_EQ(attempt->url,
            "https://id.example.org/auth?response_type=code&client_id=latchkey"
            "&redirect_uri=https%3A%2F%2Fkeys.example.org%2Flogin%2Foidc%2Fid%2Fcallback"
            "&scope=openid%20email%20profile&state=" +
                attempt->state + "&nonce=" + attempt->nonce + "&code_challenge=" + challenge +
                "&code_challenge_method=S256");
  const Result<Attempt> next = provider_->Begin();
  ASSERT_THAT(next, IsOk());
  EXPECT_NE(attempt->state, next->state);
  EXPECT_NE(attempt->nonce, next->nonce);
  EXPECT_NE(attempt->code_verifier.Expose(), next->code_verifier.Expose());
}

TEST_F(ProviderTest, KeepsAQueryOfTheEndpoint) {
  Publish("authorization_endpoint", "https://id.example.org/auth?p=1");
  EXPECT_THAT(provider_->Begin()->url,
              StartsWith("https://id.example.org/auth?p=1&response_type="));
}

TEST_F(ProviderTest, CompletesWithWhoSignedIn) {
  const Result<Identity> identity = Complete();
  ASSERT_THAT(identity, IsOk());
  EXPECT_EQ(identity->issuer, "https://id.example.org");
  EXPECT_EQ(identity->subject, "ana-7");
  EXPECT_EQ(identity->email, "ana@example.org");
  EXPECT_TRUE(identity->email_verified);
  EXPECT_EQ(identity->name, "Ana");
  EXPECT_THAT(fetcher_.asked, ElementsAre(kDiscovery, kToken, kKeys));
}

TEST_F(ProviderTest, ProvesItselfAsTheProviderWantsIt) {
  // The form is the last thing that is asked of a token endpoint that refuses.
  const auto ask = [this] {
    fetcher_.answers[kToken] = {400, R"({"error":"invalid_grant"})"};
    EXPECT_THAT(Complete(), FailsWith(kPermissionDenied, HasSubstr("invalid_grant")));
  };
  constexpr const char* kForm =
      "grant_type=authorization_code&code=c%2Fo%20d"
      "&redirect_uri=https%3A%2F%2Fkeys.example.org%2Flogin%2Foidc%2Fid%2Fcallback"
      "&code_verifier=verifier";
  ask();
  EXPECT_EQ(fetcher_.form, kForm);
  // latchkey:s3cret%2F%20%2B
  EXPECT_THAT(fetcher_.fields,
              ElementsAre("Authorization: Basic bGF0Y2hrZXk6czNjcmV0JTJGJTIwJTJC"));

  Publish("token_endpoint_auth_methods_supported", {"client_secret_post"});
  provider_ = Make("s3cret/ +");
  ask();
  EXPECT_EQ(fetcher_.form,
            std::string{kForm} + "&client_id=latchkey&client_secret=s3cret%2F%20%2B");
  EXPECT_THAT(fetcher_.fields, IsEmpty());

  provider_ = Make("");
  ask();
  EXPECT_EQ(fetcher_.form, std::string{kForm} + "&client_id=latchkey");
}

TEST_F(ProviderTest, RefusesABadToken) {
  for (const char* name : {"NoneAlgorithm", "Hs256WithPublicKeyAsPem", "OtherAudience", "Expired",
                           "OtherNonce", "OtherIssuer", "SignedByAnother"}) {
    Give(name);
    EXPECT_THAT(Complete(), FailsWith(kPermissionDenied)) << name;
  }
}

TEST_F(ProviderTest, ComparesTheIssuerOfTheAnswer) {
  EXPECT_THAT(Complete("https://id.example.org"), IsOk());
  EXPECT_THAT(Complete("https://evil.example"), FailsWith(kPermissionDenied));
  Publish("authorization_response_iss_parameter_supported", true);
  provider_ = Make("x");
  EXPECT_THAT(Complete(), FailsWith(kPermissionDenied));
  EXPECT_THAT(Complete("https://id.example.org"), IsOk());
}

TEST_F(ProviderTest, AsksAgainAfterAnHour) {
  ASSERT_THAT(Complete(), IsOk());
  clock_.Advance(4min);
  ASSERT_THAT(Complete(), IsOk());
  EXPECT_EQ(Asked(kDiscovery), 1);
  EXPECT_EQ(Asked(kKeys), 1);
  clock_.Advance(56min);
  EXPECT_THAT(provider_->Discover(), IsOk());
  EXPECT_EQ(Asked(kDiscovery), 2);
}

TEST_F(ProviderTest, KeepsWhatItKnowsForADayWhileTheProviderIsAway) {
  ASSERT_THAT(provider_->Discover(), IsOk());
  fetcher_.answers.erase(kDiscovery);
  clock_.Advance(24h - 1ms);
  EXPECT_THAT(provider_->Discover(), IsOk());
  clock_.Advance(1ms);
  EXPECT_THAT(provider_->Discover(), FailsWith(kUnavailable));
}

TEST_F(ProviderTest, RemembersAFailureForAWhileSoThatNobodyElseWaitsForIt) {
  fetcher_.answers.erase(kDiscovery);
  EXPECT_THAT(provider_->Begin(), FailsWith(kUnavailable));
  fetcher_.answers[kDiscovery] = {200, document_.dump()};
  clock_.Advance(10s - 1ms);
  EXPECT_THAT(provider_->Begin(), FailsWith(kUnavailable));
  EXPECT_EQ(Asked(kDiscovery), 1);
  clock_.Advance(1ms);
  EXPECT_THAT(provider_->Begin(), IsOk());

  fetcher_.answers.erase(kKeys);
  EXPECT_THAT(Complete(), FailsWith(kUnavailable));
  EXPECT_THAT(Complete(), FailsWith(kUnavailable));
  EXPECT_EQ(Asked(kKeys), 1);

  clock_.Advance(1h);
  fetcher_.answers.erase(kDiscovery);
  EXPECT_THAT(provider_->Discover(), IsOk()) << "what is known";
  EXPECT_THAT(provider_->Discover(), IsOk());
  EXPECT_EQ(Asked(kDiscovery), 3) << "and the second time without asking";
}

TEST_F(ProviderTest, AProofAsksForSomebodyNowAndRefusesATokenThatDoesNotSaySo) {
  const Result<Attempt> attempt = provider_->Begin(Prompt::kProveAgain);
  ASSERT_THAT(attempt, IsOk());
  EXPECT_THAT(attempt->url, testing::EndsWith("&prompt=login&max_age=0"));
  EXPECT_EQ(attempt->proof_since, clock_.Now());
  const Attempt proof{.url = "",
                      .state = "s",
                      .nonce = "n-0S6_WzA2Mj",
                      .code_verifier = SecretString{"verifier"},
                      .proof_since = clock_.Now()};
  EXPECT_THAT(provider_->Complete({.code = SecretString{"c"}}, proof),
              FailsWith(kPermissionDenied, HasSubstr("proved who it is")));
}

TEST_F(ProviderTest, RefusesADocumentThatTurnedBad) {
  ASSERT_THAT(provider_->Discover(), IsOk());
  Publish("issuer", "https://evil.example");
  clock_.Advance(1h);
  EXPECT_THAT(provider_->Discover(), FailsWith(kPermissionDenied));
}

TEST_F(ProviderTest, AsksForNewKeysOnceAMinute) {
  fetcher_.answers[kKeys] = {200, stored_["other_keys"].dump()};
  EXPECT_THAT(Complete(), FailsWith(kPermissionDenied));
  EXPECT_EQ(Asked(kKeys), 1);
  fetcher_.answers[kKeys] = {200, stored_["keys"].dump()};
  EXPECT_THAT(Complete(), FailsWith(kPermissionDenied));
  EXPECT_EQ(Asked(kKeys), 1);
  clock_.Advance(1min);
  EXPECT_THAT(Complete(), IsOk());
  EXPECT_EQ(Asked(kKeys), 2);
}

TEST_F(ProviderTest, AsksWhoItWasIfTheTokenHasNoAddress) {
  fetcher_.answers[kMe] = {200, R"({"sub":"ana-7","email":"a@example.org","email_verified":true})"};
  Give("WithoutEmail");
  const Result<Identity> identity = Complete();
  ASSERT_THAT(identity, IsOk());
  EXPECT_EQ(identity->email, "a@example.org");
  EXPECT_TRUE(identity->email_verified);
  EXPECT_EQ(identity->name, "Ana");
  EXPECT_THAT(fetcher_.fields, ElementsAre("Authorization: Bearer at"));

  fetcher_.answers[kMe] = {200, R"({"sub":"bob","email":"a@example.org"})"};
  EXPECT_THAT(Complete(), FailsWith(kPermissionDenied, HasSubstr("somebody else")));
  fetcher_.answers[kMe] = {200, R"({"email":"a@example.org"})"};
  EXPECT_THAT(Complete(), FailsWith(kPermissionDenied));
  fetcher_.answers[kMe] = {401, ""};
  EXPECT_THAT(Complete(), FailsWith(kPermissionDenied));
}

TEST_F(ProviderTest, TellsAFailureFromARefusal) {
  fetcher_.answers[kToken] = {503, ""};
  EXPECT_THAT(Complete(), FailsWith(kUnavailable));
  fetcher_.answers[kToken] = {429, ""};
  EXPECT_THAT(Complete(), FailsWith(kUnavailable));
  fetcher_.answers[kToken] = {302, ""};
  EXPECT_THAT(Complete(), FailsWith(kUnavailable));
  fetcher_.answers[kToken] = {400, R"({"error":"<script> lkat"})"};
  EXPECT_THAT(Complete(), FailsWith(kPermissionDenied, Not(HasSubstr("script"))));
  fetcher_.answers[kToken] = {200, "{}"};
  EXPECT_THAT(Complete(), FailsWith(kMalformed));
  fetcher_.answers[kToken] = {200, "<html>"};
  EXPECT_THAT(Complete(), FailsWith(kMalformed));
  fetcher_.answers[kToken] = {200, R"({"token_type":"mac","id_token":"x"})"};
  EXPECT_THAT(Complete(), FailsWith(kMalformed));
}

TEST_F(ProviderTest, RefusesSettingsThatCannotBeRight) {
  const auto create = [this](std::string issuer, std::string client, std::string redirect) {
    return Provider::Create({.issuer = std::move(issuer),
                             .client_id = std::move(client),
                             .redirect_uri = std::move(redirect)},
                            fetcher_, clock_, random_);
  };
  EXPECT_THAT(create("https://a.example", "c", "http://localhost:8080/cb"), IsOk());
  EXPECT_THAT(create("http://a.example", "c", "https://b.example"), FailsWith(kInvalidArgument));
  EXPECT_THAT(create("https://a.example?x", "c", "https://b.example"), FailsWith(kInvalidArgument));
  EXPECT_THAT(create("https://a.example", "c", "http://b.example"), FailsWith(kInvalidArgument));
  EXPECT_THAT(create("https://a.example", "", "https://b.example"), FailsWith(kInvalidArgument));
}

}  // namespace
}  // namespace latchkey::oidc
