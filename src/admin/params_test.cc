#include "admin/params.h"

#include <gmock/gmock.h>

#include "testing/matchers.h"

namespace latchkey::admin {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using enum Error::Code;

TEST(ParamsTest, ReadsEachType) {
  const Json json = Json::parse(
      R"({"name":"ci","scopes":["a","b"],"admin":true,"limit":3,"password":"p","nothing":null})");
  Params params{json};
  EXPECT_EQ(params.Text("name"), "ci");
  EXPECT_THAT(params.Texts("scopes"), ElementsAre("a", "b"));
  EXPECT_TRUE(params.Flag("admin"));
  EXPECT_EQ(params.Count("limit", 10), 3U);
  EXPECT_EQ(params.Secret("password").Expose(), "p");
  EXPECT_EQ(params.OptionalText("nothing"), std::nullopt);
  EXPECT_THAT(params.Finish(), IsOk());
}

TEST(ParamsTest, HasDefaultsForWhatIsMissing) {
  const Json json = Json::object();
  Params params{json};
  EXPECT_EQ(params.OptionalText("name"), std::nullopt);
  EXPECT_THAT(params.Texts("scopes"), ElementsAre());
  EXPECT_FALSE(params.Flag("admin"));
  EXPECT_EQ(params.Count("limit", 10), 10U);
  EXPECT_TRUE(params.Secret("password").empty());
  EXPECT_THAT(params.Finish(), IsOk());
}

TEST(ParamsTest, CountIsCutToItsMaximum) {
  const Json json = Json::parse(R"({"limit":11})");
  Params params{json};
  EXPECT_EQ(params.Count("limit", 10), 10U);
  EXPECT_THAT(params.Finish(), IsOk());
}

TEST(ParamsTest, RefusesWhatNobodyReads) {
  const Json json = Json::parse(R"({"expirse":"1d"})");
  Params params{json};
  (void)params.OptionalText("expires");
  EXPECT_THAT(params.Finish(), FailsWith(kInvalidArgument, HasSubstr("\"expirse\"")));
}

struct WrongCase {
  const char* name;
  const char* json;
};

class ParamsRefuses : public testing::TestWithParam<WrongCase> {};

TEST_P(ParamsRefuses, ByTheMembersName) {
  const Json json = Json::parse(GetParam().json);
  Params params{json};
  (void)params.Text("text");
  (void)params.Texts("texts");
  (void)params.Flag("flag");
  (void)params.Count("count", 10);
  (void)params.Secret("secret");
  EXPECT_THAT(params.Finish(), FailsWith(kInvalidArgument));
}

INSTANTIATE_TEST_SUITE_P(
    All, ParamsRefuses,
    testing::Values(WrongCase{"MissingText", "{}"}, WrongCase{"NumberAsText", R"({"text":1})"},
                    WrongCase{"TextAsTexts", R"({"text":"","texts":"a"})"},
                    WrongCase{"NumberInTexts", R"({"text":"","texts":["a",1]})"},
                    WrongCase{"TextAsFlag", R"({"text":"","flag":"true"})"},
                    WrongCase{"ZeroAsCount", R"({"text":"","count":0})"},
                    WrongCase{"NegativeCount", R"({"text":"","count":-1})"},
                    WrongCase{"FractionAsCount", R"({"text":"","count":1.5})"},
                    WrongCase{"ListAsSecret", R"({"text":"","secret":[]})"},
                    WrongCase{"NoObject", "[]"}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

}  // namespace
}  // namespace latchkey::admin
