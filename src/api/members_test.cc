#include "api/members.h"

#include <gtest/gtest.h>

namespace latchkey::api {
namespace {

Members Read(std::string_view text) { return Members{JsonBody::Parse(text).value()}; }

TEST(MembersTest, ReadsEachKind) {
  Members members =
      Read(R"({"a":"x","b":true,"c":{"d":"y"},"e":7,"f":["g"],"password":"correct horse"})");
  EXPECT_EQ(members.Text("a"), "x");
  EXPECT_TRUE(members.Flag("b"));
  EXPECT_EQ(members.Object("c")->FindText("d").value(), "y");
  EXPECT_EQ(members.FindInteger("e"), 7);
  EXPECT_EQ(members.FindTexts("f"), std::vector<std::string>{"g"});
  EXPECT_EQ(members.Secret("password").Expose(), "correct horse");
  EXPECT_FALSE(members.Flag("absent"));
  EXPECT_EQ(members.FindText("absent"), std::nullopt);
  EXPECT_TRUE(members.Finish());
}

TEST(MembersTest, ASecretIsTakenOut) {
  Members members = Read(R"({"password":"correct horse"})");
  EXPECT_EQ(members.Secret("password").size(), 13U);
  EXPECT_EQ(members.FindText("password"), "");
}

TEST(MembersTest, TheFirstFaultIsTold) {
  Members members = Read(R"({"a":1,"b":"x"})");
  EXPECT_EQ(members.Text("a"), "");
  EXPECT_FALSE(members.Flag("b"));
  const OrProblem<void> read = members.Finish();
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().type, ProblemType::kInvalidValue);
  EXPECT_EQ(read.error().member, "a");
}

TEST(MembersTest, RefusesWhatIsMissingAndWhatNobodyAskedFor) {
  Members missing = Read("{}");
  EXPECT_EQ(missing.Secret("password").size(), 0U);
  EXPECT_EQ(missing.Finish().error().member, "password");
  EXPECT_EQ(Read(R"({"x":1})").Finish().error().type, ProblemType::kUnknownMember);
}

}  // namespace
}  // namespace latchkey::api
