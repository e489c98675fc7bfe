#include "api/change_list.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "api/fixture/api_world.h"

namespace latchkey::api {
namespace {

class ChangeListTest : public testing::Test {
 protected:
  FakeAnswer Get(const std::string& target) { return world_.AsPerson(ann_, "GET", target); }
  Json List(const std::string& query) { return Get("/api/v1/admin/changes" + query).json(); }

  World world_;
  std::string ann_ = world_.SignIn("ann");
};

TEST_F(ChangeListTest, IsNewestFirstAndGoesOn) {
  for (int i = 0; i < 5; ++i)
    static_cast<void>(world_.IssueToken("bob", {"read:repository:bitbucket"}));
  std::set<std::uint64_t> seen;
  std::uint64_t last = ~std::uint64_t{0};
  std::string query = "?limit=3";
  for (;;) {
    const Json page = List(query);
    for (const Json& row : page["values"]) {
      const auto seq = row["seq"].get<std::uint64_t>();
      EXPECT_LT(seq, last);
      last = seq;
      seen.insert(seq);
    }
    if (page["next"].is_null()) break;
    const auto next = page["next"].get<std::string>();
    query = next.substr(next.find('?'));
  }
  // Two accounts, a session, five credentials.
  EXPECT_EQ(seen.size(), 8U);
}

TEST_F(ChangeListTest, Filters) {
  static_cast<void>(world_.IssueToken("bob", {"read:repository:bitbucket"}));
  EXPECT_EQ(List("?action=credential.issue")["values"].size(), 1U);
  EXPECT_EQ(List("?action=credential.")["values"].size(), 1U);
  EXPECT_EQ(List("?action=account.create")["values"].size(), 2U);
  EXPECT_EQ(List("?actor=cli:test&action=account.")["values"].size(), 2U);
  EXPECT_EQ(List("?since=2999-01-01")["values"].size(), 0U);
  EXPECT_EQ(List("?until=1999-01-01")["values"].size(), 0U);
  EXPECT_EQ(List("?q=no+such+text")["values"].size(), 0U);
  EXPECT_EQ(Get("/api/v1/admin/changes?since=soon").status, 422);
}

TEST_F(ChangeListTest, NamesWhoDidIt) {
  EXPECT_EQ(world_
                .AsPerson(ann_, "POST", "/api/v1/api-tokens",
                          R"({"name":"ci","scopes":["read:repository:bitbucket"],"ttl":86400})")
                .status,
            201);
  const Json rows = List("?actor=ann&action=credential.issue")["values"];
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0]["actor_name"], "ann");
  EXPECT_EQ(rows[0]["origin"], "192.0.2.7");
  EXPECT_EQ(rows[0]["subject"]["kind"], "api-token");
  EXPECT_EQ(rows[0]["subject"]["name"], "ci");
}

TEST_F(ChangeListTest, IsExported) {
  const FakeAnswer csv = Get("/api/v1/admin/changes/export");
  EXPECT_EQ(csv.status, 200);
  EXPECT_TRUE(csv.body.starts_with(CsvHeader()));
  EXPECT_EQ(std::ranges::count(csv.body, '\n'), 4);
  const FakeAnswer lines = Get("/api/v1/admin/changes/export?format=ndjson&action=account.create");
  EXPECT_EQ(std::ranges::count(lines.body, '\n'), 2);
  EXPECT_EQ(Get("/api/v1/admin/changes/export?format=xml").status, 422);
}

TEST(CsvCellTest, IsNoFormula) {
  EXPECT_EQ(CsvCell("plain"), "\"plain\"");
  EXPECT_EQ(CsvCell("a \"b\", c\r\nd"), "\"a \"\"b\"\", c\r\nd\"");
  for (const char* text : {"=1+1", "+1", "-1", "@x", "\tx", "\rx"}) {
    EXPECT_TRUE(CsvCell(text).starts_with("\"'")) << text;
  }
  EXPECT_EQ(CsvCell("a=1"), "\"a=1\"");
}

}  // namespace
}  // namespace latchkey::api
