#include "http/message.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(FieldsTest, FindsWithoutRegardToCase) {
  Fields fields;
  fields.Add("Content-Type", "text/plain");
  fields.Add("X-A", "1");
  fields.Add("x-a", "2");
  EXPECT_EQ(fields.Find("content-TYPE"), "text/plain");
  EXPECT_EQ(fields.Find("X-a"), "1");
  EXPECT_EQ(fields.Count("x-A"), 2U);
  EXPECT_FALSE(fields.Find("X-B").has_value());
}

TEST(FieldsTest, SetLeavesOneLine) {
  Fields fields;
  fields.Add("X-A", "1");
  fields.Add("x-a", "2");
  fields.Set("X-A", "3");
  EXPECT_EQ(fields.Count("X-A"), 1U);
  EXPECT_EQ(fields.Find("X-A"), "3");
}

TEST(TargetTest, IsComparesDecodedSegments) {
  const Target target{.raw = "/api/v1/m%65", .segments = {"api", "v1", "me"}, .query = ""};
  EXPECT_TRUE(target.Is("/api/v1/me"));
  EXPECT_FALSE(target.Is("/api/v1/me/"));
  EXPECT_FALSE(target.Is("/api/v1"));
  EXPECT_FALSE(target.Is("/api/v1/mee"));
  EXPECT_FALSE(target.Is("api/v1/me"));
  const Target root{.raw = "/", .segments = {""}, .query = ""};
  EXPECT_TRUE(root.Is("/"));
  EXPECT_FALSE(root.Is(""));
}

TEST(TargetTest, QueryValuesAreFormDecoded) {
  const Target target{.raw = "", .segments = {""}, .query = "q=a+b%2Bc&x&q=2&=e&%71=3&q"};
  EXPECT_THAT(target.QueryValues("q"), ElementsAre("a b+c", "2", "3", ""));
  EXPECT_THAT(target.QueryValues("x"), ElementsAre(""));
  EXPECT_THAT(target.QueryValues("y"), IsEmpty());
}

TEST(TargetTest, AnEmptyQueryHasNoValues) {
  const Target target{.raw = "/?", .segments = {""}, .query = ""};
  EXPECT_THAT(target.QueryValues(""), IsEmpty());
}

}  // namespace
}  // namespace latchkey::http
