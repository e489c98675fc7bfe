#include "api/query.h"

#include <gtest/gtest.h>

#include "http/target.h"

namespace latchkey::api {
namespace {

class QueryTest : public testing::Test {
 protected:
  Query Read(std::string_view query) {
    target_ = http::ParseTarget("/x?" + std::string{query}).value();
    return Query{target_};
  }
  http::Target target_;
};

TEST_F(QueryTest, ReadsWhatItIsAskedFor) {
  Query query = Read("q=a+b&state=active&limit=7&since=2026-11-30&until=2026-11-30T12:00:00Z&x=1");
  EXPECT_EQ(query.Text("q"), "a b");
  EXPECT_EQ(query.OneOf("state", {"active", "expired"}), "active");
  EXPECT_EQ(query.Number("limit", 1, 100), 7U);
  EXPECT_EQ(FormatInstant(query.Time("since").value()), "2026-11-30T00:00:00Z");
  EXPECT_EQ(FormatInstant(query.Time("until").value()), "2026-11-30T12:00:00Z");
  EXPECT_EQ(query.Text("absent"), std::nullopt);
  EXPECT_TRUE(query.Finish());
}

TEST_F(QueryTest, NamesTheFirstFault) {
  for (const char* text : {"limit=0", "limit=101", "limit=x", "limit=1&limit=1", "limit=-1"}) {
    Query query = Read(text);
    static_cast<void>(query.Number("limit", 1, 100));
    ASSERT_FALSE(query.Finish()) << text;
    EXPECT_EQ(query.Finish().error().member, "limit");
  }
  Query query = Read("state=gone&since=soon");
  EXPECT_EQ(query.OneOf("state", {"active"}), std::nullopt);
  EXPECT_EQ(query.Time("since"), std::nullopt);
  EXPECT_EQ(query.Finish().error().member, "state");
}

TEST(EscapeQueryTest, KeepsWhatMeansNothing) {
  EXPECT_EQ(EscapeQuery("a-b_c.~9"), "a-b_c.~9");
  EXPECT_EQ(EscapeQuery("a b&c=\xc3\xa4"), "a%20b%26c%3D%C3%A4");
}

}  // namespace
}  // namespace latchkey::api
