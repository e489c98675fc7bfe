// Against npm's oidc-provider, where LATCHKEY_OIDC_PEER names a directory in which it is installed:
// tests/test_oidc_peer.py does that.

#include <gmock/gmock.h>

#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "crypto/system_random.h"
#include "oidc/curl_fetcher.h"
#include "oidc/provider.h"
#include "testing/child_program.h"
#include "testing/matchers.h"

namespace latchkey::oidc {
namespace {

using enum Error::Code;
using testing::HasSubstr;
using testing::StartsWith;

constexpr std::string_view kCallback = "http://localhost:9/login/oidc/test/callback";

/// The value of a parameter of which no character is encoded.
std::string Parameter(const std::string& url, const std::string& name) {
  const std::size_t at = url.find(name + '=');
  if (at == std::string::npos) return {};
  const std::size_t start = at + name.size() + 1;
  return url.substr(start, url.find('&', start) - start);
}

class ProviderPeerTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* directory = std::getenv("LATCHKEY_OIDC_PEER");
    if (directory == nullptr) GTEST_SKIP() << "LATCHKEY_OIDC_PEER is not set";
    peer_.emplace(std::vector<std::string>{"env", "-C", directory, "node",
                                           LATCHKEY_TESTDATA_DIR "/oidc/provider.mjs"});
    issuer_ = peer_->ReadLine();
    ASSERT_THAT(issuer_, StartsWith("http://localhost:"));
  }

  [[nodiscard]] std::unique_ptr<Provider> Make(std::string client, std::string_view secret) {
    Result<std::unique_ptr<Provider>> made =
        Provider::Create({.issuer = issuer_,
                          .client_id = std::move(client),
                          .client_secret = SecretString{secret},
                          .redirect_uri = std::string{kCallback}},
                         fetcher_, clock_, random_);
    EXPECT_THAT(made, IsOk());
    return std::move(*made);
  }

  /// Where the browser comes back to.
  std::string Browse(const Attempt& attempt) {
    peer_->WriteLine(attempt.url);
    return peer_->ReadLine();
  }

  [[nodiscard]] Callback CallbackOf(const std::string& url) const {
    return {.code = SecretString{Parameter(url, "code")}, .issuer = issuer_};
  }

  std::optional<ChildProgram> peer_;
  std::string issuer_;
  CurlFetcher fetcher_{{}};
  SystemClock clock_;
  SystemRandom random_;
};

TEST_F(ProviderPeerTest, SignsInWithASecret) {
  const auto provider = Make("client_secret_basic", "s3cret/ +");
  const Result<Attempt> attempt = provider->Begin();
  ASSERT_THAT(attempt, IsOk());
  const std::string back = Browse(*attempt);
  ASSERT_THAT(back, StartsWith(std::string{kCallback}));
  EXPECT_EQ(Parameter(back, "state"), attempt->state);
  const Result<Identity> identity = provider->Complete(CallbackOf(back), *attempt);
  ASSERT_THAT(identity, IsOk());
  EXPECT_EQ(identity->issuer, issuer_);
  EXPECT_EQ(identity->subject, "ana-7");
  EXPECT_EQ(identity->email, "ana@example.org");
  EXPECT_TRUE(identity->email_verified);
  EXPECT_EQ(identity->name, "Ana");
  // A code works once.
  EXPECT_THAT(provider->Complete(CallbackOf(back), *attempt),
              FailsWith(kPermissionDenied, HasSubstr("invalid_grant")));
}

TEST_F(ProviderPeerTest, SignsInAsAPublicClient) {
  const auto provider = Make("none", "");
  const Result<Attempt> attempt = provider->Begin();
  ASSERT_THAT(attempt, IsOk());
  EXPECT_THAT(provider->Complete(CallbackOf(Browse(*attempt)), *attempt), IsOk());
}

TEST_F(ProviderPeerTest, ACodeOfAnotherAttemptIsRefused) {
  const auto provider = Make("none", "");
  const Result<Attempt> first = provider->Begin();
  const Result<Attempt> second = provider->Begin();
  ASSERT_THAT(first, IsOk());
  ASSERT_THAT(second, IsOk());
  // The provider compares the code verifier, and we the nonce.
  EXPECT_THAT(provider->Complete(CallbackOf(Browse(*first)), *second),
              FailsWith(kPermissionDenied, HasSubstr("invalid_grant")));
  const Attempt mixed{.url = "",
                      .state = first->state,
                      .nonce = second->nonce,
                      .code_verifier = SecretString{first->code_verifier.Expose()}};
  EXPECT_THAT(provider->Complete(CallbackOf(Browse(*first)), mixed),
              FailsWith(kPermissionDenied, HasSubstr("another attempt")));
}

TEST_F(ProviderPeerTest, AWrongSecretIsRefused) {
  const auto provider = Make("client_secret_basic", "wrong");
  const Result<Attempt> attempt = provider->Begin();
  ASSERT_THAT(attempt, IsOk());
  EXPECT_THAT(provider->Complete(CallbackOf(Browse(*attempt)), *attempt),
              FailsWith(kPermissionDenied, HasSubstr("invalid_client")));
}

}  // namespace
}  // namespace latchkey::oidc
