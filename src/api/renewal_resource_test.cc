#include "api/renewal_resource.h"

#include <gmock/gmock.h>

#include "api/fixture/api_world.h"

namespace latchkey::api {
namespace {

using testing::HasSubstr;

constexpr const char* kRotate = "/api/v1/credentials/self/rotate";
constexpr const char* kActivate = "/api/v1/credentials/self/activate";

class RenewalResourceTest : public testing::Test {
 protected:
  FakeAnswer Rotate(const std::string& token, const std::vector<std::string>& keys = {"k1"}) {
    FakeRequest request{.method = "POST", .target = kRotate};
    request.fields = {{"Authorization", "Bearer " + token}};
    for (const std::string& key : keys) request.fields.emplace_back("Idempotency-Key", key);
    return world_.Send(std::move(request));
  }
  FakeAnswer Activate(const std::string& token, const std::string& replaces) {
    return world_.SendJson("POST", kActivate, token, R"({"replaces":")" + replaces + "\"}");
  }

  World world_;
  const std::string token_ =
      world_.IssueToken("ann", {"read:user:bitbucket", "rotate:self:latchkey"});
};

TEST_F(RenewalResourceTest, ATokenRenewsItself) {
  const FakeAnswer answer = Rotate(token_);
  ASSERT_EQ(answer.status, 201) << answer.body;
  EXPECT_EQ(answer.Field("Cache-Control"), "no-store");
  const Json json = answer.json();
  EXPECT_EQ(json["replaces"], World::IdOf(token_));
  EXPECT_EQ(json["account"], "ann");
  const auto secret = json["secret"].get<std::string>();
  EXPECT_EQ(json["id"], World::IdOf(secret));
  EXPECT_EQ(answer.Field("Location"),
            "https://git.example.org/api/v1/api-tokens/" + World::IdOf(secret));
  EXPECT_EQ(answer.annotations.find("subject")->second, World::IdOf(secret));

  const FakeAnswer activated = Activate(secret, World::IdOf(token_));
  ASSERT_EQ(activated.status, 200) << activated.body;
  EXPECT_EQ(activated.json()["id"], World::IdOf(token_));
  EXPECT_EQ(activated.json()["expires_at"], "2026-11-24T10:00:00Z");
}

TEST_F(RenewalResourceTest, OnlyWithItsScope) {
  const std::string plain = world_.IssueToken("ann", {"read:user:bitbucket"});
  EXPECT_EQ(Rotate(plain).status, 403);
  EXPECT_THAT(Rotate(plain).body, HasSubstr("rotate:self:latchkey"));
  EXPECT_EQ(Activate(plain, World::IdOf(token_)).status, 403);
  FakeRequest request{.method = "POST", .target = kRotate};
  EXPECT_EQ(world_.Send(std::move(request)).status, 401);
}

TEST_F(RenewalResourceTest, NeedsOneKey) {
  EXPECT_EQ(Rotate(token_, {}).status, 422);
  EXPECT_EQ(Rotate(token_, {"a", "b"}).status, 400);
  EXPECT_EQ(Rotate(token_, {"k1"}).status, 201);
  EXPECT_EQ(Rotate(token_, {"k2"}).status, 409);
}

TEST_F(RenewalResourceTest, RefusesWhatItDoesNotReplace) {
  EXPECT_EQ(Activate(token_, "none").status, 422);
  EXPECT_EQ(Activate(token_, World::IdOf(token_)).status, 404);
  EXPECT_EQ(world_.SendJson("POST", kActivate, token_, "{}").status, 422);
}

}  // namespace
}  // namespace latchkey::api
