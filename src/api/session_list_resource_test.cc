#include "api/session_list_resource.h"

#include <gtest/gtest.h>

#include <string>

#include "api/fixture/api_world.h"

namespace latchkey::api {
namespace {

class SessionListResourceTest : public testing::Test {
 protected:
  World world_;
  std::string here_ = world_.SignIn("bob");
  std::string there_ = world_.SignIn("bob");
};

TEST_F(SessionListResourceTest, ListsAndRenames) {
  const Json list = world_.AsPerson(here_, "GET", "/api/v1/sessions").json();
  ASSERT_EQ(list["values"].size(), 2U);
  const std::string id = here_.substr(0, here_.find('.'));
  for (const Json& row : list["values"]) EXPECT_EQ(row["current"], row["id"] == id);
  const FakeAnswer renamed =
      world_.AsPerson(here_, "PATCH", "/api/v1/sessions/" + id, R"({"name":"The laptop"})");
  EXPECT_EQ(renamed.json()["name"], "The laptop");
  const FakeAnswer refused =
      world_.AsPerson(here_, "PATCH", "/api/v1/sessions/" + id, R"({"name":""})");
  EXPECT_EQ(refused.json()["member"], "name");
}

TEST_F(SessionListResourceTest, EndsOneOrTheOthers) {
  const std::string there = there_.substr(0, there_.find('.'));
  EXPECT_EQ(world_.AsPerson(here_, "DELETE", "/api/v1/sessions/" + there).status, 204);
  EXPECT_EQ(world_.AsPerson(there_, "GET", "/api/v1/sessions").status, 401);
  EXPECT_EQ(world_.AsPerson(here_, "DELETE", "/api/v1/sessions/" + there).status, 404);
  const std::string third = world_.SignIn("bob");
  EXPECT_EQ(world_.AsPerson(here_, "DELETE", "/api/v1/sessions?others=true").status, 204);
  EXPECT_EQ(world_.AsPerson(third, "GET", "/api/v1/sessions").status, 401);
  EXPECT_EQ(world_.AsPerson(here_, "DELETE", "/api/v1/sessions?others=some").status, 422);
  EXPECT_EQ(world_.AsPerson(here_, "DELETE", "/api/v1/sessions").status, 204);
  EXPECT_EQ(world_.AsPerson(here_, "GET", "/api/v1/sessions").status, 401);
}

TEST_F(SessionListResourceTest, AnothersDoNotExist) {
  const std::string ann = world_.SignIn("ann");
  const std::string id = here_.substr(0, here_.find('.'));
  EXPECT_EQ(world_.AsPerson(ann, "DELETE", "/api/v1/sessions/" + id).status, 404);
  EXPECT_EQ(world_.AsPerson(here_, "GET", "/api/v1/sessions").status, 200);
}

}  // namespace
}  // namespace latchkey::api
