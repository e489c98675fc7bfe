#include "api/form_body.h"

#include <gmock/gmock.h>

#include "problem/json_text.h"

namespace latchkey::api {
namespace {

/// The value, or a word for why there is none.
std::string Read(std::string_view text, std::string_view name) {
  const std::optional<FormBody> form = FormBody::Parse(text);
  if (!form) return "(refused)";
  const SecretString* value = form->Find(name);
  return value == nullptr ? "(none)" : std::string{value->Expose()};
}

TEST(FormBodyTest, ReadsParameters) {
  EXPECT_EQ(Read("token=abc&token_type_hint=x", "token"), "abc");
  EXPECT_EQ(Read("a=1&&token=a%2Bb+c%3d", "token"), "a+b c=");
  EXPECT_EQ(Read("to%6ben=abc", "token"), "abc");
  EXPECT_EQ(Read("token=a=b", "token"), "a=b");
  EXPECT_EQ(Read("token=%C3%A9", "token"), "\xC3\xA9");
}

TEST(FormBodyTest, OneWithoutAValueWasNotSent) {
  for (const std::string_view text : {"", "&", "token", "token=", "Token=abc", "a=token"}) {
    EXPECT_EQ(Read(text, "token"), "(none)") << text;
  }
}

TEST(FormBodyTest, RefusesWhatCouldBeReadInTwoWays) {
  std::string many;
  for (std::size_t i = 0; i <= FormBody::kParametersMax; ++i) many += "a" + std::to_string(i) + "&";
  for (const std::string& text :
       {std::string{"token=a&token=b"}, std::string{"token=a&to%6ben=b"}, std::string{"token=%"},
        std::string{"token=%2"}, std::string{"token=%zz"}, std::string{"token=a%00"},
        std::string{"token=%FF"}, std::string{"x%=1&token=a"}, many}) {
    EXPECT_EQ(Read(text, "token"), "(refused)") << text;
  }
}

TEST(FormBodyTest, AnErrorHasTheShapeOfOAuth) {
  const Outcome outcome = OAuthError("invalid_request", "no token");
  ASSERT_TRUE(outcome.has_value());
  EXPECT_EQ(outcome->response.status, 400);
  EXPECT_EQ(outcome->response.body,
            R"({"error":"invalid_request","error_description":"no token"})");
  EXPECT_EQ(outcome->response.fields.Find("Cache-Control"), "no-store");
}

}  // namespace
}  // namespace latchkey::api
