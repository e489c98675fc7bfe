#include "api/admin_accounts.h"

#include <gtest/gtest.h>

#include <string>

#include "api/fixture/api_world.h"

namespace latchkey::api {
namespace {

class AdminAccountsTest : public testing::Test {
 protected:
  FakeAnswer Ask(std::string_view method, std::string_view target, std::string_view body = {}) {
    return world_.AsPerson(ann_, method, "/api/v1/admin/accounts" + std::string{target}, body);
  }
  std::string IdOf(std::string_view username) {
    return world_.installation().directory->FindAccountByName(username)->id;
  }

  World world_;
  std::string ann_ = world_.SignIn("ann");
};

TEST_F(AdminAccountsTest, ListsWithPagesAndFilters) {
  EXPECT_EQ(Ask("GET", "").json()["values"].size(), 2U);
  const Json page = Ask("GET", "?limit=1").json();
  ASSERT_EQ(page["values"].size(), 1U);
  const auto next = page["next"].get<std::string>();
  const Json rest = Ask("GET", next.substr(next.find('?'))).json();
  ASSERT_EQ(rest["values"].size(), 1U);
  EXPECT_NE(rest["values"][0]["id"], page["values"][0]["id"]);
  EXPECT_EQ(rest["next"], nullptr);
  EXPECT_EQ(Ask("GET", "?q=BOB").json()["values"].size(), 1U);
  EXPECT_EQ(Ask("GET", "?state=suspended").json()["values"].size(), 0U);
  EXPECT_EQ(Ask("GET", "?state=gone").status, 422);
}

TEST_F(AdminAccountsTest, MakesPeopleAndServices) {
  const FakeAnswer person = Ask("POST", "", R"({"email":"eve@example.org","username":"eve"})");
  EXPECT_EQ(person.status, 201);
  EXPECT_EQ(person.json()["mailed"], false);
  const FakeAnswer service =
      Ask("POST", "", R"({"email":"ci@example.org","username":"ci","kind":"service"})");
  EXPECT_EQ(service.status, 201);
  EXPECT_FALSE(service.json().contains("link"));
  const FakeAnswer taken = Ask("POST", "", R"({"email":"x@example.org","username":"EVE"})");
  EXPECT_EQ(taken.status, 409) << taken.body;
  EXPECT_EQ(taken.json()["member"], "username");
  EXPECT_EQ(Ask("POST", "", R"({"email":"a@b.example\r\nBcc: c","username":"x"})").json()["member"],
            "email");
  EXPECT_EQ(Ask("POST", "", R"({"email":"y@example.org","username":"y","kind":"robot"})").status,
            422);
}

TEST_F(AdminAccountsTest, SuspendsAndEndsSessions) {
  const std::string bob = world_.SignIn("bob");
  const std::string path = "/" + IdOf("bob");
  EXPECT_EQ(Ask("PATCH", path, R"({"state":"suspended"})").json()["state"], "suspended");
  EXPECT_EQ(Ask("PATCH", path, R"({"state":"active"})").json()["state"], "active");
  EXPECT_EQ(world_.AsPerson(bob, "GET", "/api/v1/sessions").status, 401);
  EXPECT_EQ(Ask("PATCH", path, R"({"admin":true})").json()["admin"], true);
  EXPECT_EQ(Ask("PATCH", "/none", R"({"admin":true})").status, 404);
}

TEST_F(AdminAccountsTest, NobodyLocksHimselfOut) {
  const std::string path = "/" + IdOf("ann");
  EXPECT_EQ(Ask("PATCH", path, R"({"state":"suspended"})").status, 409);
  EXPECT_EQ(Ask("PATCH", path, R"({"admin":false})").status, 409);
  EXPECT_EQ(Ask("PATCH", path, R"({"display_name":"Ann"})").status, 200);
}

TEST_F(AdminAccountsTest, HelpsBackIn) {
  const std::string path = "/" + IdOf("bob");
  EXPECT_EQ(Ask("POST", path + "/link", R"({"kind":"set-up"})").status, 422);
  EXPECT_EQ(Ask("POST", path + "/link", R"({"kind":"password-reset"})").status, 201);
  const std::string bob = world_.SignIn("bob");
  EXPECT_EQ(Ask("DELETE", path + "/sessions").status, 204);
  EXPECT_EQ(world_.AsPerson(bob, "GET", "/api/v1/sessions").status, 401);
  EXPECT_EQ(Ask("DELETE", path + "/second-step").status, 204);
  EXPECT_EQ(Ask("DELETE", "/none/sessions").status, 404);
}

}  // namespace
}  // namespace latchkey::api
