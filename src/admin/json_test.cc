#include "admin/json.h"

#include <gtest/gtest.h>

namespace latchkey::admin {
namespace {

TEST(JsonTest, TextOfIsEmptyForAnythingElse) {
  const Json json{{"text", "a"}, {"number", 1}, {"null", nullptr}};
  EXPECT_EQ(TextOf(json, "text"), "a");
  EXPECT_EQ(TextOf(json, "number"), "");
  EXPECT_EQ(TextOf(json, "null"), "");
  EXPECT_EQ(TextOf(json, "missing"), "");
  EXPECT_EQ(TextOf(Json::array(), "text"), "");
}

TEST(JsonTest, KeepsTheOrderOfMembers) {
  EXPECT_EQ((Json{{"b", 1}, {"a", 2}}.dump()), R"({"b":1,"a":2})");
}

TEST(JsonTest, WipeTextsEmptiesEveryLevel) {
  Json json{{"secret", "s"}, {"list", {"a", {{"b", "c"}}}}, {"number", 1}};
  WipeTexts(json);
  EXPECT_TRUE(json.is_null());
}

}  // namespace
}  // namespace latchkey::admin
