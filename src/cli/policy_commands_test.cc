#include <gmock/gmock.h>

#include "cli/fixture/cli_world.h"
#include "cli/session.h"

namespace latchkey::cli {
namespace {

using testing::HasSubstr;

TEST(PolicyCommandsTest, ShowsWhatIsInForceAndWhereItComesFrom) {
  CliWorld world;
  EXPECT_EQ(world.Run({"policy", "show"}).out,
            "token_lifetime_max      366d (from the settings)\n"
            "token_lifetime_default  365d (from the settings)\n"
            "api_tokens              yes\n"
            "app_passwords           yes\n"
            "second_step_required    no\n"
            "token_apps              all\n");
}

TEST(PolicyCommandsTest, SetsAndShows) {
  CliWorld world;
  const Outcome set = world.Run(
      {"policy", "set", "token_lifetime_max=90d", "app_passwords=false", "token_apps=bitbucket"});
  EXPECT_EQ(set.status, 0);
  EXPECT_THAT(set.out, HasSubstr("token_lifetime_max      90d\n"));
  EXPECT_THAT(set.out, HasSubstr("app_passwords           no\n"));
  EXPECT_EQ(world.Run({"policy", "show"}).out, set.out);
  const Json json = Json::parse(world.Run({"policy", "show", "--json"}).out);
  EXPECT_EQ(json.at("token_lifetime_max"), 90 * 86'400);
}

TEST(PolicyCommandsTest, RefusesWhatCannotBeSet) {
  CliWorld world;
  EXPECT_EQ(world.Run({"policy", "set"}).status, 2);
  const Outcome refused = world.Run({"policy", "set", "token_lifetime_max=9999d"});
  EXPECT_EQ(refused.status, 4);
  EXPECT_THAT(refused.err, HasSubstr("between 1d and 366d"));
}

TEST(PolicyCommandsTest, TellsWhoeverIsRefusedWhatWouldDo) {
  CliWorld world;
  world.Run({"account", "create", "--email", "ana@example.com", "--username", "ana"});
  world.Run({"policy", "set", "app_passwords=false"});
  const Outcome refused = world.Run(
      {"app-password", "create", "--account", "ana", "--name", "x", "--permission", "repository"});
  EXPECT_EQ(refused.status, 4);
  EXPECT_THAT(refused.err, HasSubstr("latchkey policy set app_passwords=true"));
}

}  // namespace
}  // namespace latchkey::cli
