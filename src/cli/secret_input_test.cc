#include "cli/secret_input.h"

#include <gmock/gmock.h>

#include "cli/fixture/cli_world.h"
#include "crypto/base64.h"
#include "testing/matchers.h"

namespace latchkey::cli {
namespace {

class LooksLikeSecretTest : public testing::Test {
 protected:
  LooksLikeSecretTest()
      : token_(world_.admin.latchkey.IssueToken(world_.admin.latchkey.AddAccount("ana"),
                                                {"read:repository:bitbucket"})) {}

  CliWorld world_;
  std::string token_;
};

TEST_F(LooksLikeSecretTest, FindsCredentialsWherever) {
  EXPECT_TRUE(LooksLikeSecret(token_));
  EXPECT_TRUE(LooksLikeSecret("ana:" + token_));
  EXPECT_TRUE(LooksLikeSecret("--reason=leaked " + token_));
  EXPECT_TRUE(LooksLikeSecret(token_.substr(0, 40))) << "cut short";
  EXPECT_TRUE(LooksLikeSecret(token_ + "x")) << "one too many";
  EXPECT_TRUE(LooksLikeSecret("ATATT3xFfGF0abcdefghijklmnop"));
}

TEST_F(LooksLikeSecretTest, LeavesPlainWordsAlone) {
  for (const char* word : {"ana", "--data", "format_x", "acme/stat_page", "9fK2mQ7LwXc",
                           "read:repository:bitbucket", "what_is_this", "ATATT"}) {
    EXPECT_FALSE(LooksLikeSecret(word)) << word;
  }
}

struct InputCase {
  const char* name;
  std::string input;
  const char* secret;  // Null: refused.
  bool note;
};

class ObtainSecretFromInput : public testing::TestWithParam<InputCase> {};

TEST_P(ObtainSecretFromInput, LeavesOneLineBreakOut) {
  CliWorld world;
  world.input = GetParam().input;
  const Outcome outcome = world.Run({"encode", "u"});
  if (GetParam().secret == nullptr) {
    EXPECT_EQ(outcome.status, 4);
    EXPECT_EQ(outcome.out, "");
    return;
  }
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.out,
            std::string{EncodeBase64(std::string{"u:"} + GetParam().secret).Expose()} + "\n");
  EXPECT_EQ(outcome.err.contains("line break"), GetParam().note);
}

INSTANTIATE_TEST_SUITE_P(
    All, ObtainSecretFromInput,
    testing::Values(InputCase{"Plain", "secret", "secret", false},
                    InputCase{"Newline", "secret\n", "secret", true},
                    InputCase{"CarriageReturnNewline", "secret\r\n", "secret", true},
                    InputCase{"Blanks", " secret ", " secret ", false},
                    InputCase{"Colons", "a:b:c", "a:b:c", false},
                    InputCase{"Utf8", "p\xC3\xA4ss", "p\xC3\xA4ss", false},
                    InputCase{"TwoNewlines", "secret\n\n", nullptr, false},
                    InputCase{"NewlineInside", "se\ncret", nullptr, false},
                    InputCase{"Tab", "se\tcret", nullptr, false},
                    InputCase{"Nul", std::string{"se\0cret", 7}, nullptr, false},
                    InputCase{"Nothing", "", nullptr, false},
                    InputCase{"NewlineAlone", "\n", nullptr, false}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

}  // namespace
}  // namespace latchkey::cli
