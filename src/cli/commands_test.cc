#include "cli/commands.h"

#include <gmock/gmock.h>

#include "cli/fixture/cli_world.h"

namespace latchkey::cli {
namespace {

TEST(CommandsTest, AnActionIsSetAndNotRunByParsing) {
  CliWorld world;
  Session session{world.environment};
  CLI::App app;
  CLI::App* command = AddCommand(app, "go", "Goes", "  latchkey go\n");
  bool ran = false;
  SetAction(command, session, [&ran] {
    ran = true;
    return 0;
  });
  app.parse("go");
  EXPECT_FALSE(ran);
  EXPECT_EQ(session.action(), 0);
  EXPECT_TRUE(ran);
}

TEST(CommandsTest, InstallationOptionsFillTheSession) {
  CliWorld world;
  Session session{world.environment};
  CLI::App app;
  AddInstallationOptions(AddCommand(app, "go", "Goes", ""), session);
  app.parse("go --data /d --config c.toml --json");
  EXPECT_EQ(session.data_directory, "/d");
  EXPECT_EQ(session.config_file, "c.toml");
  EXPECT_TRUE(session.json);
}

}  // namespace
}  // namespace latchkey::cli
