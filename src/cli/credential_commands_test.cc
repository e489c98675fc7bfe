#include <gmock/gmock.h>

#include "cli/fixture/cli_world.h"
#include "cli/session.h"
#include "testing/installation/scripted_barrier.h"

namespace latchkey::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class CredentialCommandsTest : public testing::Test {
 protected:
  CredentialCommandsTest() {
    world_.admin.latchkey.AddAccount("ana");
    world_.Run({"workspace", "create", "acme"});
    world_.Run({"workspace", "grant", "acme", "ana", "write"});
    world_.Run({"repo", "create", "acme/site"});
  }

  Json CreateToken() {
    return Json::parse(world_
                           .Run({"token", "create", "--account", "ana", "--name", "ci", "--scope",
                                 "read:repository:bitbucket", "--expires", "12d", "--json"})
                           .out);
  }

  CliWorld world_;
};

TEST_F(CredentialCommandsTest, TheIssuedTokenWorks) {
  const Json issued = CreateToken();
  EXPECT_TRUE(
      world_.admin.latchkey.Ask("Bearer " + issued.at("secret").get<std::string>(),
                                world_.admin.latchkey.Needs({"read:repository:bitbucket"})));
}

TEST_F(CredentialCommandsTest, EachScopeOptionTakesOneName) {
  const Json issued = Json::parse(
      world_
          .Run({"token", "create", "--account", "ana", "--name", "ci", "--scope",
                "read:repository:bitbucket", "--scope", "write:repository:bitbucket", "--json"})
          .out);
  EXPECT_EQ(issued.at("scopes").size(), 2U);
}

TEST_F(CredentialCommandsTest, AnAppPasswordNeedsNoExpiry) {
  const Json issued = Json::parse(world_
                                      .Run({"app-password", "create", "--account", "ana", "--name",
                                            "old", "--permission", "repository:write", "--json"})
                                      .out);
  EXPECT_TRUE(issued.at("expires_at").is_null());
  EXPECT_TRUE(issued.contains("basic_username"));
  EXPECT_FALSE(issued.contains("basic_x_token_auth"));
}

TEST_F(CredentialCommandsTest, ListsWithoutSecrets) {
  const Json issued = CreateToken();
  const Outcome list = world_.Run({"token", "list", "--account", "ana"});
  EXPECT_EQ(list.out,
            "ID           NAME  ACCOUNT  APP        STATE   EXPIRES                  LAST USED\n" +
                issued.at("id").get<std::string>() +
                "  ci    ana      bitbucket  active  2026-12-06 (in 12 days)  never\n");
  EXPECT_THAT(list.out, Not(HasSubstr(issued.at("secret").get<std::string>())));
}

TEST_F(CredentialCommandsTest, ListsMoreThanOnePage) {
  const Account ana = *world_.admin.latchkey.directory->FindAccountByName("ana");
  for (std::size_t i = 0; i < admin::kPageSizeMax + 1; ++i) {
    world_.admin.latchkey.IssueToken(ana, {"read:repository:bitbucket"});
  }
  EXPECT_EQ(Json::parse(world_.Run({"token", "list", "--json"}).out).size(),
            admin::kPageSizeMax + 1);
}

TEST_F(CredentialCommandsTest, RenamesShowsAndRevokes) {
  const std::string id = CreateToken().at("id");
  EXPECT_EQ(world_.Run({"token", "rename", id, "laptop"}).out, "Renamed " + id + ".\n");
  EXPECT_THAT(world_.Run({"token", "show", id}).out, HasSubstr("name       laptop\n"));
  EXPECT_THAT(world_.Run({"token", "revoke", id, "--reason", "stolen"}).out,
              HasSubstr("Revoked " + id));
  const std::string shown = world_.Run({"token", "show", id}).out;
  EXPECT_THAT(shown, HasSubstr("state      revoked\n"));
  EXPECT_THAT(shown, HasSubstr("reason     stolen\n"));
}

TEST(RevocationOnSeveralNodes, IsShown) {
  ScriptedBarrier barrier;
  CliWorld world{&barrier};
  world.Run({"account", "create", "--email", "ana@example.com", "--username", "ana"});
  const auto create = [&world] {
    const std::string json = world
                                 .Run({"token", "create", "--account", "ana", "--name", "t",
                                       "--scope", "read:me", "--json"})
                                 .out;
    return Json::parse(json).at("id").get<std::string>();
  };
  EXPECT_THAT(world.Run({"token", "revoke", create()}).out,
              HasSubstr("it is out of force now; confirmed by a; answers nothing: b.\n"));
  EXPECT_THAT(world.Run({"token", "revoke", create(), "--no-wait"}).out,
              HasSubstr("no node accepts it from 2026-11-24T09:00:31Z on, at the latest.\n"));
}

TEST_F(CredentialCommandsTest, HasAStatusForEachRefusal) {
  const std::string id = CreateToken().at("id");
  EXPECT_EQ(world_.Run({"app-password", "show", id}).status, 3);
  EXPECT_EQ(world_.Run({"token", "show", "00000000000"}).status, 3);
  EXPECT_EQ(world_.Run({"token", "show", "short"}).status, 4);
  const Outcome unknown = world_.Run(
      {"token", "create", "--account", "ana", "--name", "ci", "--scope", "read:repo:bitbucket"});
  EXPECT_EQ(unknown.status, 4);
  EXPECT_THAT(unknown.err, HasSubstr("did you mean"));
  EXPECT_EQ(world_.Run({"token", "create", "--account", "ana", "--name", "ci"}).status, 2);
}

TEST_F(CredentialCommandsTest, ASecretForAnIdIsRefusedUnread) {
  const std::string secret = CreateToken().at("secret");
  const std::size_t calls = world_.connected.size();
  const Outcome outcome = world_.Run({"token", "revoke", secret});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("secret among the arguments"));
  EXPECT_THAT(outcome.err, Not(HasSubstr(secret)));
  EXPECT_EQ(world_.connected.size(), calls);
}

TEST(CredentialUseTest, IsShown) {
  CliWorld world;
  world.Run({"account", "create", "--email", "ana@example.com", "--username", "ana"});
  const Json made = Json::parse(world
                                    .Run({"token", "create", "--account", "ana", "--name", "t",
                                          "--scope", "read:me", "--json"})
                                    .out);
  const std::string id = made.at("id");
  EXPECT_THAT(world.Run({"token", "show", id}).out, testing::HasSubstr("last used  never"));
  const std::vector<CredentialUse> uses{{CredentialId::Parse(id).value(),
                                         world.admin.latchkey.clock.Now(), 7, "192.0.2.1",
                                         "git/2.39"}};
  ASSERT_TRUE(world.admin.usage.Add(uses));
  const std::string shown = world.Run({"token", "show", id}).out;
  for (const char* part : {"192.0.2.1", "git/2.39", "uses       7"}) {
    EXPECT_THAT(shown, testing::HasSubstr(part));
  }
  const Json json = Json::parse(world.Run({"token", "list", "--json"}).out).at(0);
  EXPECT_EQ(json.at("last_used_from"), "192.0.2.1");
  EXPECT_EQ(json.at("last_used_with"), "git/2.39");
  EXPECT_EQ(json.at("use_count"), 7);
}

}  // namespace
}  // namespace latchkey::cli
