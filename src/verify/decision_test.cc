#include "verify/decision.h"

#include <gtest/gtest.h>

#include <set>

namespace latchkey {
namespace {

TEST(DecisionTest, RefusesUnlessSomebodyDecided) {
  const Decision decision;
  EXPECT_FALSE(decision.allowed);
  EXPECT_FALSE(decision.proven);
  EXPECT_EQ(decision.cause, Cause::kStale);
}

TEST(DecisionTest, SaysSomethingElseOfEachMistake) {
  EXPECT_EQ(MistakeText(Mistake::kNone), "");
  std::set<std::string_view> texts;
  for (const Mistake mistake :
       {Mistake::kCutShort, Mistake::kTooLong, Mistake::kCharacterChanged, Mistake::kLineBreak,
        Mistake::kUserMissing, Mistake::kNotOwnerOfToken, Mistake::kNotOwnerOfPassword}) {
    EXPECT_FALSE(MistakeText(mistake).empty());
    EXPECT_TRUE(texts.insert(MistakeText(mistake)).second) << MistakeText(mistake);
  }
}

TEST(DecisionTest, NamesNothingThatIsRequiredWhereNothingIsProven) {
  const Requirement requirement{.catalogue = nullptr, .scopes = {}, .permissions = {}};
  Decision decision;
  for (std::size_t cause = 0; cause < kCauseCount; ++cause) {
    decision.cause = static_cast<Cause>(cause);
    EXPECT_TRUE(RequiredNames(decision, requirement).empty());
  }
}

}  // namespace
}  // namespace latchkey
