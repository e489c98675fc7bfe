#include "client/secret_look.h"

#include <gtest/gtest.h>

#include "base/secret.h"
#include "credential/credential.h"
#include "crypto/base64.h"
#include "testing/scripted_random.h"

namespace latchkey::client {
namespace {

std::string Base64(const std::string& text) { return std::string{EncodeBase64(text).Expose()}; }

class SecretLookTest : public testing::Test {
 protected:
  ScriptedRandom random_;
  std::string secret_{(*Credential::Mint(CredentialKind::kApiToken, CredentialPrefix{}, random_))
                          .Reveal()
                          .Expose()};
};

TEST_F(SecretLookTest, TellsTheTrapsApart) {
  const std::string basic = Base64("somebody@example.org:" + secret_);
  ASSERT_GT(basic.size(), 76U);
  const std::pair<std::string, SecretFault> cases[] = {
      {secret_, SecretFault::kNone},
      {secret_ + "\n", SecretFault::kSpaceAround},
      {"  " + secret_, SecretFault::kSpaceAround},
      {basic, SecretFault::kBase64},
      {Base64("x-token-auth:" + secret_ + "\n"), SecretFault::kBase64LineFeed},
      {basic.substr(0, 76), SecretFault::kBase64Cut},
      {basic.substr(0, 75), SecretFault::kBase64Cut},
      {basic.substr(0, 76) + "\n" + basic.substr(76), SecretFault::kBase64Wrapped},
      {"Bearer " + secret_, SecretFault::kHeader},
      {"authorization: Basic " + basic, SecretFault::kHeader},
      {secret_.substr(0, 40), SecretFault::kMistyped},
      {secret_ + "x", SecretFault::kMistyped},
      {"hunter2", SecretFault::kOther},
      {"", SecretFault::kOther},
      {Base64("user:hunter2"), SecretFault::kOther},
      {std::string(10'000, 'A'), SecretFault::kOther}};
  for (const auto& [text, fault] : cases) EXPECT_EQ(LookAtSecret(text), fault) << text.size();
}

TEST_F(SecretLookTest, EveryFaultHasAdvice) {
  EXPECT_TRUE(ExplainFault(SecretFault::kNone).empty());
  for (int fault = 1; fault <= static_cast<int>(SecretFault::kOther); ++fault) {
    EXPECT_FALSE(ExplainFault(static_cast<SecretFault>(fault)).empty()) << fault;
  }
}

}  // namespace
}  // namespace latchkey::client
