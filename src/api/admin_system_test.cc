#include "api/admin_system.h"

#include <gtest/gtest.h>

#include <string>

#include "api/fixture/api_world.h"

namespace latchkey::api {
namespace {

class AdminSystemTest : public testing::Test {
 protected:
  FakeAnswer Ask(std::string_view method, std::string_view target, std::string_view body = {}) {
    return world_.AsPerson(ann_, method, "/api/v1/admin/" + std::string{target}, body);
  }

  World world_;
  std::string ann_ = world_.SignIn("ann");
};

TEST_F(AdminSystemTest, ThePolicyIsShownAndReplaced) {
  EXPECT_EQ(Ask("GET", "policy").json()["token_lifetime_max_s"], nullptr);
  const FakeAnswer set = Ask("PUT", "policy",
                             R"({"token_lifetime_max_s":7776000,"token_lifetime_default_s":86400,)"
                             R"("app_passwords":false})");
  EXPECT_EQ(set.status, 200) << set.body;
  EXPECT_EQ(set.json()["token_lifetime_max_s"], 7'776'000);
  EXPECT_EQ(set.json()["app_passwords"], false);
  EXPECT_EQ(set.json()["bounds"]["token_lifetime_max_s"], 366 * 86'400);
  const Json session = world_.AsPerson(ann_, "GET", "/api/v1/session").json();
  EXPECT_EQ(session["policy"]["token_lifetime_max_s"], 7'776'000);
  const FakeAnswer refused = world_.AsPerson(ann_, "POST", "/api/v1/app-passwords",
                                             R"({"name":"x","permissions":["repository"]})");
  EXPECT_EQ(refused.json()["type"], "urn:latchkey:problem:kind-disabled");
}

TEST_F(AdminSystemTest, ThePolicyStaysWithinTheSettings) {
  for (const char* body :
       {R"({"token_lifetime_max_s":999999999999})", R"({"token_lifetime_max_s":1})",
        R"({"token_lifetime_max_s":"90d"})", R"({"token_apps":["none"]})"}) {
    EXPECT_EQ(Ask("PUT", "policy", body).status, 422) << body;
  }
  EXPECT_EQ(Ask("PUT", "policy", R"({"second_step":true})").status, 400);
}

TEST_F(AdminSystemTest, ListsAppsAndHealth) {
  const Json apps = Ask("GET", "apps").json()["values"];
  ASSERT_EQ(apps.size(), 2U);
  EXPECT_EQ(apps[0]["app"], "bitbucket");
  EXPECT_EQ(apps[0]["refused"], nullptr);
  const Json health = Ask("GET", "health").json();
  EXPECT_EQ(health["version"], "test");
  EXPECT_EQ(health["ready"], true);
  EXPECT_EQ(health["accounts"], 2);
}

}  // namespace
}  // namespace latchkey::api
