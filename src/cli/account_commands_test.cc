#include <gmock/gmock.h>

#include "cli/fixture/cli_world.h"
#include "cli/session.h"

namespace latchkey::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class AccountCommandsTest : public testing::Test {
 protected:
  Outcome Create(std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"account",    "create", "--email", "ana@example.com",
                                       "--username", "ana",    "--name",  "Ana"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return world_.Run(arguments);
  }

  AccountId IdOfAna() { return world_.admin.latchkey.directory->FindAccountByName("ana")->id; }

  CliWorld world_;
};

TEST_F(AccountCommandsTest, CreatesListsAndShows) {
  const Outcome created = Create({"--admin"});
  EXPECT_EQ(created.status, 0);
  EXPECT_EQ(created.out, "Created account ana.\n");
  EXPECT_EQ(world_.Run({"account", "list"}).out,
            "USERNAME  NAME  E-MAIL           KIND    ADMIN  STATE\n"
            "ana       Ana   ana@example.com  person  yes    active\n");
  EXPECT_THAT(world_.Run({"account", "show", "ana"}).out, HasSubstr("workspaces   none\n"
                                                                    "can sign in  no\n"
                                                                    "second step  no\n"
                                                                    "sessions     0\n"));
}

TEST_F(AccountCommandsTest, PrintsJson) {
  Create();
  const Json list = Json::parse(world_.Run({"account", "list", "--json"}).out);
  ASSERT_EQ(list.size(), 1U);
  EXPECT_EQ(list.at(0).at("username"), "ana");
}

TEST_F(AccountCommandsTest, TakesAPasswordFromInputAlone) {
  world_.input = "correct horse battery\n";
  EXPECT_EQ(Create({"--password-stdin"}).status, 0);
  EXPECT_THAT(world_.admin.latchkey.sign_ins.FindSignIn(IdOfAna())->password_hash,
              HasSubstr("argon2id"));
  const Outcome refused = Create({"--password", "correct horse battery"});
  EXPECT_EQ(refused.status, 2);
  EXPECT_THAT(refused.err, Not(HasSubstr("horse")));
}

TEST_F(AccountCommandsTest, WithoutPasswordThereIsNone) {
  Create();
  EXPECT_EQ(world_.admin.latchkey.sign_ins.FindSignIn(IdOfAna()), nullptr);
}

TEST_F(AccountCommandsTest, SuspendsAndResumes) {
  Create();
  EXPECT_EQ(world_.Run({"account", "suspend", "ana"}).out, "Account ana is suspended.\n");
  EXPECT_EQ(world_.Run({"account", "resume", "ana"}).out, "Account ana is active.\n");
}

TEST_F(AccountCommandsTest, HasAStatusForEachRefusal) {
  Create();
  EXPECT_EQ(Create().status, 5);
  EXPECT_EQ(world_.Run({"account", "show", "bob"}).status, 3);
  EXPECT_EQ(world_.Run({"account", "create", "--email", "x", "--username", "x"}).status, 4);
  EXPECT_EQ(world_.Run({"account", "create", "--email", "x"}).status, 2);
}

TEST_F(AccountCommandsTest, SaysWhenThereAreNone) {
  EXPECT_EQ(world_.Run({"account", "list"}).out, "No accounts yet.\n");
  EXPECT_EQ(world_.Run({"account", "list", "--json"}).out, "[]\n");
}

TEST_F(AccountCommandsTest, AnAccountMayBeNamedAsACommand) {
  EXPECT_EQ(
      world_.Run({"account", "create", "--email", "l@example.com", "--username", "list"}).status,
      0);
  EXPECT_THAT(world_.Run({"account", "show", "list"}).out, HasSubstr("l@example.com"));
}

TEST_F(AccountCommandsTest, PrintsALinkThatWorksOnce) {
  Create();
  const Outcome first = world_.Run({"account", "link", "ANA@example.com"});
  EXPECT_EQ(first.status, 0);
  EXPECT_THAT(first.out, HasSubstr("With this link ana chooses a password, once, before "
                                   "2026-12-01T09:00:00Z:\n\n    https://git.example.org/link#"));
  const Json second = Json::parse(world_.Run({"account", "link", "ana", "--json"}).out);
  EXPECT_EQ(second.at("kind"), "invitation");
  EXPECT_EQ(world_.Run({"account", "link", "bob"}).status, 3);
}

TEST_F(AccountCommandsTest, ResetsTheSecondStepAndEndsSessions) {
  Create();
  EXPECT_EQ(world_.Run({"account", "second-step-reset", "ana"}).out, "ana has no second step.\n");
  EXPECT_EQ(world_.Run({"account", "sessions-end", "ana"}).out, "Ended 0 session(s) of ana.\n");
}

}  // namespace
}  // namespace latchkey::cli
