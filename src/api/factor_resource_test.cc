#include "api/factor_resource.h"

#include <gtest/gtest.h>

#include <string>

#include "api/fixture/api_world.h"

namespace latchkey::api {
namespace {

class FactorResourceTest : public testing::Test {
 protected:
  FakeAnswer Ask(std::string_view method, std::string_view target, std::string_view body = {}) {
    return world_.AsPerson(bob_, method, target, body);
  }

  World world_;
  std::string bob_ = world_.SignIn("bob");
};

TEST_F(FactorResourceTest, ChangesTheDisplayName) {
  EXPECT_EQ(Ask("PATCH", "/api/v1/me", R"({"display_name":"Bob Ross"})").json()["display_name"],
            "Bob Ross");
  const FakeAnswer refused = Ask("PATCH", "/api/v1/me", R"({"display_name":"a\nb"})");
  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.json()["member"], "display_name");
  EXPECT_EQ(Ask("PATCH", "/api/v1/me", R"({"display_name":"x","admin":true})").status, 400);
}

TEST_F(FactorResourceTest, SetsAndChangesThePassword) {
  EXPECT_EQ(Ask("PUT", "/api/v1/me/password", R"({"password":"short"})").status, 422);
  EXPECT_EQ(Ask("PUT", "/api/v1/me/password", R"({"password":"correct horse battery"})").status,
            204);
  const FakeAnswer missing =
      Ask("PUT", "/api/v1/me/password", R"({"password":"another horse battery"})");
  EXPECT_EQ(missing.json()["member"], "current_password");
  const FakeAnswer wrong =
      Ask("PUT", "/api/v1/me/password",
          R"({"current_password":"wrong","password":"another horse battery"})");
  EXPECT_EQ(wrong.status, 401);
  EXPECT_EQ(wrong.json()["member"], "current_password");
  const FakeAnswer changed = Ask("PUT", "/api/v1/me/password",
                                 R"({"current_password":"correct horse battery",)"
                                 R"("password":"another horse battery"})");
  EXPECT_EQ(changed.status, 204);
  EXPECT_FALSE(changed.All("Set-Cookie").empty());
}

TEST_F(FactorResourceTest, OffersTotpAsTextAndPicture) {
  const FakeAnswer offer = Ask("POST", "/api/v1/me/totp");
  EXPECT_EQ(offer.status, 200);
  EXPECT_TRUE(offer.json()["uri"].get<std::string>().starts_with("otpauth://totp/"));
  EXPECT_TRUE(offer.json()["qr"].get<std::string>().starts_with("<svg"));
  EXPECT_EQ(offer.Field("Cache-Control"), "no-store");
  EXPECT_EQ(Ask("POST", "/api/v1/me/totp/confirm", R"({"code":"abcdef"})").status, 401);
  EXPECT_EQ(Ask("DELETE", "/api/v1/me/totp").status, 404);
}

TEST_F(FactorResourceTest, SaysWhyTheLastSecondStepStays) {
  const auto bob = world_.installation().directory->FindAccountByName("bob");
  Passkey passkey;
  passkey.id = "key-1";
  passkey.name = "A key";
  passkey.backup_eligible = true;
  Must(world_.installation().factors->AddPasskey(bob->id, passkey,
                                                 MemoryInstallation::kCommandLine));
  EXPECT_EQ(Ask("PUT", "/api/v1/me/password", R"({"password":"eightcha"})").status, 204);
  const Json listed = Ask("GET", "/api/v1/me/passkeys").json()["values"];
  EXPECT_EQ(listed[0]["backup_eligible"], true);
  const std::string one = "/api/v1/me/passkeys/" + listed[0]["id"].get<std::string>();
  const FakeAnswer refused = Ask("DELETE", one);
  EXPECT_EQ(refused.status, 409);
  EXPECT_TRUE(refused.json()["detail"].get<std::string>().contains("15 characters"))
      << refused.body;
}

TEST_F(FactorResourceTest, ShowsRecoveryCodesOnce) {
  const FakeAnswer codes = Ask("POST", "/api/v1/me/recovery-codes");
  EXPECT_EQ(codes.status, 200);
  EXPECT_EQ(codes.json()["recovery_codes"].size(), 10U);
  const FakeAnswer others = Ask("POST", "/api/v1/me/recovery-codes");
  EXPECT_NE(codes.json()["recovery_codes"][0], others.json()["recovery_codes"][0]);
}

TEST_F(FactorResourceTest, PasskeysAreAskedForAndKept) {
  EXPECT_TRUE(Ask("GET", "/api/v1/me/passkeys").json()["values"].empty());
  const Json asked = Ask("POST", "/api/v1/me/passkeys/options").json()["publicKey"];
  EXPECT_EQ(asked["rp"]["id"], "git.example.org");
  EXPECT_EQ(asked["user"]["name"], "bob");
  const FakeAnswer bad =
      Ask("POST", "/api/v1/me/passkeys", R"({"name":"A key","credential":{"id":"eA"}})");
  EXPECT_GE(bad.status, 400);
  EXPECT_LT(bad.status, 500);

  Passkey passkey;
  passkey.id = "key-1";
  passkey.public_key = "key";
  passkey.name = "A key";
  const auto bob = world_.installation().directory->FindAccountByName("bob");
  Must(world_.installation().factors->AddPasskey(bob->id, passkey,
                                                 MemoryInstallation::kCommandLine));
  const Json listed = Ask("GET", "/api/v1/me/passkeys").json()["values"];
  ASSERT_EQ(listed.size(), 1U);
  EXPECT_TRUE(listed[0]["backup_eligible"].is_null());
  const std::string one = "/api/v1/me/passkeys/" + listed[0]["id"].get<std::string>();
  EXPECT_EQ(Ask("PATCH", one, R"({"name":"My key"})").json()["name"], "My key");
  EXPECT_EQ(Ask("DELETE", one).status, 204);
  EXPECT_EQ(Ask("DELETE", one).status, 404);
  EXPECT_EQ(Ask("DELETE", "/api/v1/me/passkeys/!").status, 404);
}

}  // namespace
}  // namespace latchkey::api
