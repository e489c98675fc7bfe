#include "admin/render.h"

#include <gmock/gmock.h>

#include "testing/manual_clock.h"

namespace latchkey::admin {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(RenderTest, AnAccountIsShownWithoutItsHash) {
  const Account account{.id = "0f",
                        .email = "ana@example.com",
                        .username = "ana",
                        .display_name = "Ana",
                        .password_hash = "$argon2id$x",
                        .created_at = ManualClock::kStart};
  const std::string text = RenderAccount(account).dump();
  EXPECT_THAT(text, HasSubstr("\"username\":\"ana\""));
  EXPECT_THAT(text, Not(HasSubstr("argon2id")));
}

TEST(RenderTest, ACredentialOfAnUnknownAccountShowsItsId) {
  const CredentialRecord record{.id = CredentialId{1},
                                .kind = CredentialKind::kAppPassword,
                                .account = "0f",
                                .app = "bitbucket",
                                .grants = {"repository"},
                                .name = "old",
                                .created_at = ManualClock::kStart,
                                .expires_at = {},
                                .revoked_at = {},
                                .revoke_reason = {},
                                .version = 1,
                                .seal = {}};
  const Json json = RenderCredential(record, Directory{}, ManualClock::kStart);
  EXPECT_EQ(TextOf(json, "account"), "0f");
  EXPECT_EQ(json.at("permissions").dump(), R"(["repository"])");
  EXPECT_TRUE(json.at("expires_at").is_null());
  EXPECT_FALSE(json.contains("revoked_at"));
}

}  // namespace
}  // namespace latchkey::admin
