#include "api/issue_answer.h"

#include <gtest/gtest.h>

#include "api/json_body.h"
#include "crypto/base64.h"
#include "testing/scripted_random.h"

namespace latchkey::api {
namespace {

Credential Minted(CredentialKind kind) {
  ScriptedRandom random;
  return Credential::Mint(kind, CredentialPrefix{}, random).value();
}

TEST(IssueAnswerTest, AddsTheSecretAndTheBasicFormOfAnApiToken) {
  Json record;
  record["name"] = "a \"quoted\" name";
  const std::string text = FormatIssueAnswer(record, Minted(CredentialKind::kApiToken));
  const Json json = Json::parse(text);
  EXPECT_EQ(json.size(), 3U);
  EXPECT_EQ(json["name"], "a \"quoted\" name");
  const std::string secret = json["secret"];
  EXPECT_TRUE(Credential::Parse(secret).has_value());
  const Result<SecretString> basic = DecodeBase64(std::string{json["basic_x_token_auth"]});
  ASSERT_TRUE(basic.has_value());
  EXPECT_EQ(basic->Expose(), "x-token-auth:" + secret);
}

TEST(IssueAnswerTest, AddsTheSecretAloneOfAnAppPassword) {
  Json record;
  record["id"] = "x";
  const Json json = Json::parse(FormatIssueAnswer(record, Minted(CredentialKind::kAppPassword)));
  EXPECT_EQ(json.size(), 2U);
  EXPECT_TRUE(Credential::Parse(std::string{json["secret"]}).has_value());
}

}  // namespace
}  // namespace latchkey::api
