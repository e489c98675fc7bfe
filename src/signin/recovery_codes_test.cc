#include "signin/recovery_codes.h"

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "testing/manual_clock.h"
#include "testing/matchers.h"
#include "testing/scripted_random.h"

namespace latchkey {
namespace {

std::vector<RecoveryCode> Kept(const std::vector<SecretString>& codes) {
  std::vector<RecoveryCode> kept;
  for (const SecretString& code : codes) {
    kept.push_back({.digest = RecoveryCodeDigest(code.Expose()).value_or(Digest{}), .used_at = {}});
  }
  return kept;
}

TEST(RecoveryCodesTest, AreTenDifferentOnesInGroupsOfFour) {
  ScriptedRandom random;
  const auto codes = DrawRecoveryCodes(random);
  ASSERT_THAT(codes, IsOk());
  std::set<std::string> different;
  for (const SecretString& code : *codes) {
    const std::string text{code.Expose()};
    different.insert(text);
    EXPECT_EQ(text.size(), 19U);
    for (const std::size_t dash : {4U, 9U, 14U}) EXPECT_EQ(text[dash], '-');
    EXPECT_EQ(text.find_first_of("ilou"), std::string::npos);
  }
  EXPECT_EQ(different.size(), 10U);
}

TEST(RecoveryCodesTest, EachIsFoundWhereItStandsUntilItIsUsed) {
  ScriptedRandom random;
  const auto codes = DrawRecoveryCodes(random);
  ASSERT_THAT(codes, IsOk());
  std::vector<RecoveryCode> kept = Kept(*codes);
  for (std::size_t i = 0; i < kept.size(); ++i) {
    EXPECT_EQ(FindRecoveryCode(kept, (*codes)[i].Expose()), i);
  }
  kept[3].used_at = ManualClock::kStart;
  EXPECT_FALSE(FindRecoveryCode(kept, (*codes)[3].Expose()));
}

TEST(RecoveryCodesTest, CaseDashesBlanksAndLookalikesDoNotCount) {
  const auto wanted = RecoveryCodeDigest("x4k9-0m21-7qpz-h3wd");
  ASSERT_TRUE(wanted);
  for (const char* same : {"X4K9-0M21-7QPZ-H3WD", "x4k90m217qpzh3wd", " x4k9 0m21 7qpz h3wd ",
                           "x4k9-om2l-7qpz-h3wd", "x4k9-Om2I-7qpz-h3wd"}) {
    EXPECT_EQ(RecoveryCodeDigest(same), wanted) << same;
  }
  for (const char* none : {"", "x4k9-0m21-7qpz-h3w", "x4k9-0m21-7qpz-h3wdd", "x4k9-0m21-7qpz-h3wu",
                           "x4k9_0m21_7qpz_h3wd", "x4k9-0m21-7qpz-h3w\n"}) {
    EXPECT_FALSE(RecoveryCodeDigest(none)) << none;
  }
}

TEST(RecoveryCodesTest, NoneWithoutRandomness) {
  ScriptedRandom random;
  random.FailOnCall(7);
  EXPECT_THAT(DrawRecoveryCodes(random), FailsWith(Error::Code::kUnavailable));
}

}  // namespace
}  // namespace latchkey
