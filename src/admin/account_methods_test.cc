#include <gmock/gmock.h>

#include "admin/fixture/admin_world.h"
#include "testing/matchers.h"

namespace latchkey::admin {
namespace {

using testing::HasSubstr;
using testing::Not;
using enum Error::Code;

class AccountMethodsTest : public testing::Test {
 protected:
  Json Create(const std::string& username) {
    return Must(world_.Call("account.create",
                            Json{{"email", username + "@example.com"}, {"username", username}}));
  }

  AdminWorld world_;
};

TEST_F(AccountMethodsTest, CreatesAnAccount) {
  const Json account = Must(world_.Call("account.create", Json{{"email", "ci@example.com"},
                                                               {"username", "ci"},
                                                               {"name", "The CI"},
                                                               {"service", true},
                                                               {"admin", true}}));
  EXPECT_EQ(TextOf(account, "username"), "ci");
  EXPECT_EQ(TextOf(account, "name"), "The CI");
  EXPECT_EQ(TextOf(account, "kind"), "service");
  EXPECT_EQ(TextOf(account, "state"), "active");
  EXPECT_EQ(account.at("admin"), true);
  EXPECT_EQ(TextOf(account, "created_at"), "2026-11-24T09:00:00Z");
}

TEST_F(AccountMethodsTest, ThePasswordIsHashedAndNeverShown) {
  const Json account = Must(world_.Call(
      "account.create",
      Json{{"email", "a@example.com"}, {"username", "a"}, {"password", "a long sentence"}}));
  EXPECT_THAT(account.dump(), Not(HasSubstr("argon")));
  EXPECT_THAT(account.dump(), Not(HasSubstr("sentence")));
  EXPECT_THAT(world_.latchkey.sign_ins.FindSignIn(account.at("id"))->password_hash,
              HasSubstr("argon2id"));
}

TEST_F(AccountMethodsTest, AnEmailInAnotherLetterCaseIsTaken) {
  Create("ana");
  EXPECT_THAT(
      world_.Call("account.create", Json{{"email", "ANA@example.com"}, {"username", "other"}}),
      FailsWith(kAlreadyExists));
}

TEST_F(AccountMethodsTest, SuspendsAndResumes) {
  Create("ana");
  EXPECT_EQ(TextOf(Must(world_.Call("account.suspend", Json{{"account", "ANA"}})), "state"),
            "suspended");
  EXPECT_EQ(
      TextOf(Must(world_.Call("account.resume", Json{{"account", "ana@example.com"}})), "state"),
      "active");
  EXPECT_THAT(world_.Call("account.suspend", Json{{"account", "bob"}}), FailsWith(kNotFound));
}

TEST_F(AccountMethodsTest, ListsInPages) {
  for (const char* name : {"cy", "ana", "bob"}) Create(name);
  const Json first = Must(world_.Call("account.list", Json{{"limit", 2}}));
  EXPECT_EQ(first.at("values").size(), 2U);
  EXPECT_EQ(TextOf(first.at("values").at(0), "username"), "ana");
  EXPECT_EQ(first.at("next"), "bob");
  const Json second = Must(world_.Call("account.list", Json{{"limit", 2}, {"after", "bob"}}));
  EXPECT_EQ(second.at("values").size(), 1U);
  EXPECT_EQ(TextOf(second.at("values").at(0), "username"), "cy");
  EXPECT_TRUE(second.at("next").is_null());
}

TEST_F(AccountMethodsTest, APageThatIsJustFullIsTheLast) {
  for (const char* name : {"ana", "bob"}) Create(name);
  EXPECT_TRUE(Must(world_.Call("account.list", Json{{"limit", 2}})).at("next").is_null());
}

TEST_F(AccountMethodsTest, ShowsTheWorkspaces) {
  Create("ana");
  Must(world_.Call("workspace.create", Json{{"workspace", "acme"}}));
  Must(world_.Call("workspace.grant",
                   Json{{"workspace", "acme"}, {"account", "ana"}, {"role", "write"}}));
  EXPECT_EQ(Must(world_.Call("account.show", Json{{"account", "ana"}})).at("workspaces").dump(),
            R"([{"workspace":"acme","role":"write"}])");
}

TEST_F(AccountMethodsTest, ALinkLetsAnAccountChooseAPassword) {
  Create("ana");
  const Json made = Must(world_.Call("account.link", Json{{"account", "ana@example.com"}}));
  EXPECT_EQ(TextOf(made, "kind"), "invitation");
  EXPECT_EQ(TextOf(made, "expires_at"), "2026-12-01T09:00:00Z");
  const std::string link = TextOf(made, "link");
  const std::string before = "https://git.example.org/link#";
  ASSERT_TRUE(link.starts_with(before)) << link;
  EXPECT_TRUE(world_.latchkey.links->Inspect(link.substr(before.size())));
  EXPECT_THAT(world_.Call("account.link", Json{{"account", "bob"}}), FailsWith(kNotFound));
  Must(world_.Call("account.suspend", Json{{"account", "ana"}}));
  EXPECT_THAT(world_.Call("account.link", Json{{"account", "ana"}}), FailsWith(kInvalidArgument));
}

TEST_F(AccountMethodsTest, ResetsTheSecondStepAndEndsSessions) {
  const AccountId ana = Create("ana").at("id");
  Passkey passkey;
  passkey.id = "p";
  passkey.name = "Key";
  static_cast<void>(Must(world_.latchkey.factors->AddPasskey(ana, passkey, AdminWorld::kOperator)));
  static_cast<void>(
      Must(world_.latchkey.sessions->Begin({.account = ana, .methods = {"password"}}, {})));
  EXPECT_EQ(Must(world_.Call("account.end-sessions", Json{{"account", "ana"}})).at("ended"), 1);
  EXPECT_EQ(Must(world_.Call("account.end-sessions", Json{{"account", "ana"}})).at("ended"), 0);
  EXPECT_EQ(Must(world_.Call("account.reset-second-step", Json{{"account", "ana"}})).at("reset"),
            true);
  EXPECT_EQ(Must(world_.Call("account.reset-second-step", Json{{"account", "ana"}})).at("reset"),
            false);
  EXPECT_FALSE(world_.latchkey.factors->HasSecondStep(ana));
}

}  // namespace
}  // namespace latchkey::admin
