#include "api/admin_credentials.h"

#include <gtest/gtest.h>

#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "api/fixture/api_world.h"

namespace latchkey::api {
namespace {

using std::chrono::days;

class AdminCredentialsTest : public testing::Test {
 protected:
  Json List(const std::string& query) {
    const FakeAnswer answer = world_.AsPerson(ann_, "GET", "/api/v1/admin/credentials" + query);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json();
  }
  /// As ann, with a fresh proof however late it is.
  Json Revoke(const std::string& body) {
    ann_ = world_.SignIn("ann");
    const FakeAnswer answer =
        world_.AsPerson(ann_, "POST", "/api/v1/admin/credentials/revoke", body);
    EXPECT_EQ(answer.status, 200) << answer.body;
    return answer.json();
  }
  std::string Issue(std::string_view username) {
    world_.clock().Advance(std::chrono::seconds{1});
    return World::IdOf(world_.IssueToken(username, {"read:repository:bitbucket"}));
  }

  World world_;
  std::string ann_ = world_.SignIn("ann");
};

TEST_F(AdminCredentialsTest, ListsEverybodysNewestFirst) {
  const std::string first = Issue("bob");
  const std::string second = Issue("ann");
  const Json list = List("");
  ASSERT_EQ(list["values"].size(), 2U);
  EXPECT_EQ(list["total"], 2);
  EXPECT_EQ(list["next"], nullptr);
  EXPECT_EQ(list["values"][0]["id"], second);
  EXPECT_EQ(list["values"][1]["account"]["username"], "bob");
  EXPECT_EQ(list["values"][1]["id"], first);
}

TEST_F(AdminCredentialsTest, GoesOnWhereAPageEnded) {
  std::vector<std::string> ids;
  for (int i = 0; i < 5; ++i) ids.push_back(Issue("bob"));
  for (const std::string sort :
       {"", "&sort=name", "&sort=-expires", "&sort=created", "&state=unused"}) {
    std::set<std::string> seen;
    std::string query = "?limit=2" + sort;
    for (int page = 0; page < 3; ++page) {
      const Json list = List(query);
      for (const Json& row : list["values"]) seen.insert(row["id"].get<std::string>());
      if (list["next"].is_null()) break;
      const auto next = list["next"].get<std::string>();
      query = next.substr(next.find('?'));
    }
    EXPECT_EQ(seen, std::set<std::string>(ids.begin(), ids.end())) << sort;
  }
}

TEST_F(AdminCredentialsTest, Filters) {
  const std::string bobs = Issue("bob");
  Issue("ann");
  for (const std::string query :
       {"?account=bob", "?q=bob", "?q=BOB@example", "?account=bob&state=active&kind=api-token",
        "?account=bob&app=bitbucket"}) {
    const Json list = List(query);
    ASSERT_EQ(list["values"].size(), 1U) << query;
    EXPECT_EQ(list["values"][0]["id"], bobs);
  }
  for (const std::string query :
       {"?account=nobody", "?q=nobody", "?state=revoked", "?kind=app-password", "?app=none"}) {
    EXPECT_TRUE(List(query)["values"].empty()) << query;
  }
  EXPECT_EQ(world_.AsPerson(ann_, "GET", "/api/v1/admin/credentials?sort=secret").status, 422);
}

TEST_F(AdminCredentialsTest, RevokesByIdsAccountAndDisuse) {
  const std::string one = Issue("ann");
  Issue("bob");
  Issue("bob");
  EXPECT_EQ(Revoke(R"({"ids":[")" + one + R"("],"reason":"lost"})")["revoked"], 1);
  EXPECT_EQ(Revoke(R"({"ids":[")" + one + R"("]})")["revoked"], 0);
  EXPECT_EQ(Revoke(R"({"account":"bob","reason":"left"})")["revoked"], 2);
  EXPECT_EQ(List("?state=active")["values"].size(), 0U);
}

TEST_F(AdminCredentialsTest, AYoungOneIsNotCalledUnused) {
  const std::string token = world_.IssueToken("bob", {"read:credential:latchkey"}, "latchkey");
  const std::string unused = Issue("bob");
  world_.clock().Advance(days{10});
  const std::string young = Issue("bob");
  EXPECT_EQ(world_.Get("/api/v1/me", token).status, 200);
  world_.FlushUsage();
  const Json would = Revoke(R"({"unused_for_days":9,"dry_run":true})");
  EXPECT_EQ(would["revoked"], 0);
  EXPECT_EQ(would["would_revoke"], 1);
  EXPECT_EQ(Revoke(R"({"unused_for_days":9})")["revoked"], 1);
  const Json revoked = List("?state=revoked");
  ASSERT_EQ(revoked["values"].size(), 1U);
  EXPECT_EQ(revoked["values"][0]["id"], unused);
}

TEST_F(AdminCredentialsTest, AsksForExactlyOneChoice) {
  for (const char* body : {"{}", R"({"ids":[],"account":"bob"})", R"({"unused_for_days":0})",
                           R"({"account":"nobody"})", R"({"ids":["x"]})"}) {
    EXPECT_EQ(world_.AsPerson(ann_, "POST", "/api/v1/admin/credentials/revoke", body).status, 422)
        << body;
  }
}

TEST_F(AdminCredentialsTest, PeopleMakeTheirOwn) {
  const std::string id = world_.installation().directory->FindAccountByName("bob")->id;
  EXPECT_EQ(world_
                .AsPerson(ann_, "POST", "/api/v1/admin/accounts/" + id + "/api-tokens",
                          R"({"name":"x","scopes":["read:repository:bitbucket"]})")
                .status,
            404);
}

}  // namespace
}  // namespace latchkey::api
