#include "signin/password_rules.h"

#include <gtest/gtest.h>

#include <string>

#include "crypto/digest.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using enum Error::Code;

class OneBreached final : public BreachedPasswords {
 public:
  Result<bool> Contains(std::string_view sha1) const override {
    if (broken) return Fail(kIo, "the list cannot be read");
    return sha1 == Sha1Hex("the horse that was in a breach").Expose();
  }
  bool broken = false;
};

Account Ana() {
  Account ana;
  ana.username = "ana-with-a-long-name";
  ana.email = "ana.with.long.mail@example.com";
  ana.display_name = "Ana with a long name";
  return ana;
}

struct Case {
  const char* name;
  std::string password;
  bool second_step;
  bool good;
};

class PasswordRulesTest : public testing::TestWithParam<Case> {};

TEST_P(PasswordRulesTest, Decides) {
  const OneBreached breached;
  const PasswordRules rules{.breached = &breached};
  const Result<void> checked =
      rules.Check(SecretString{GetParam().password}, Ana(), GetParam().second_step);
  EXPECT_EQ(checked.has_value(), GetParam().good);
  if (checked) return;
  EXPECT_EQ(checked.error().code, kInvalidArgument);
  if (GetParam().password.empty()) return;
  EXPECT_EQ(Describe(checked.error()).find(GetParam().password), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    All, PasswordRulesTest,
    testing::Values(Case{"Fifteen", "fifteen charact", false, true},
                    Case{"Fourteen", "fourteen chara", false, false},
                    Case{"EightWithSecondStep", "k7-!tq z", true, true},
                    Case{"SevenWithSecondStep", "k7-!tqz", true, false},
                    Case{"FifteenCharactersOfTwoBytes", "ünïcödé ïs fïné", false, true},
                    Case{"FourteenCharactersInMoreBytes", "ünïcödé ïs fïn", false, false},
                    Case{"BlanksAlone", std::string(20, ' '), false, true},
                    Case{"Longest", std::string(1024, 'q'), false, true},
                    Case{"TooLong", std::string(1025, 'q'), false, false},
                    Case{"NotUtf8", "fifteen charact\xFF", false, false},
                    Case{"Common", "password1", true, false},
                    Case{"CommonInOtherCase", "PassWord1", true, false},
                    Case{"CommonAndLong", "1qaz2wsx3edc4rfv", false, false},
                    Case{"Breached", "the horse that was in a breach", false, false},
                    Case{"BreachedInOtherCase", "The horse that was in a breach", false, true},
                    Case{"Username", "ANA-with-a-long-name", false, false},
                    Case{"Email", "ana.with.long.mail@example.com", false, false},
                    Case{"LocalPart", "ana.with.long.mail", false, false},
                    Case{"DisplayName", "ana with a long name", false, false},
                    Case{"Empty", "", false, false}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(BreachedPasswordsTest, AListThatCannotBeReadIsNoPass) {
  OneBreached breached;
  breached.broken = true;
  EXPECT_THAT(PasswordRules{.breached = &breached}.Check(SecretString{"a sentence that is fine"},
                                                         Ana(), false),
              FailsWith(kIo));
}

TEST(PasswordRulesTest, FifteenCharactersStandAlone) {
  EXPECT_TRUE(PasswordRules::StandsAlone(SecretString{"fifteen letters"}));
  EXPECT_FALSE(PasswordRules::StandsAlone(SecretString{"fifteen lettrs"}));
  EXPECT_FALSE(PasswordRules::StandsAlone(
      SecretString{"\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9\xC3\xA9"}))
      << "characters, not bytes";
}

}  // namespace
}  // namespace latchkey
