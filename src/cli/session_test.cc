#include "cli/session.h"

#include <gmock/gmock.h>

#include "cli/fixture/cli_world.h"
#include "testing/matchers.h"

namespace latchkey::cli {
namespace {

using testing::HasSubstr;

TEST(SessionTest, TheOptionWinsOverTheVariable) {
  CliWorld world;
  world.Run({"status", "--data", "/other"});
  ASSERT_EQ(world.connected.size(), 1U);
  EXPECT_EQ(world.connected[0].data_directory, "/other");
  world.Run({"status"});
  EXPECT_EQ(world.connected[1].data_directory, "/data");
}

TEST(SessionTest, ASettingsFileMayNameTheDirectory) {
  CliWorld world;
  world.variables.clear();
  EXPECT_EQ(world.Run({"status", "--config", "a.toml"}).status, 0);
  EXPECT_EQ(world.connected[0].config_file, "a.toml");
}

TEST(SessionTest, WithoutAnyDirectoryTheCommandLineIsWrong) {
  CliWorld world;
  world.variables.clear();
  const Outcome outcome = world.Run({"status"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.err,
            "latchkey: which data directory?\n  Give --data DIR, or set LATCHKEY_DATA.\n");
}

TEST(SessionTest, AnInstallationThatCannotBeReachedHasItsStatus) {
  CliWorld world;
  Error error{Error::Code::kPermissionDenied, "not yours", "Be root."};
  world.environment.connect =
      [&error](const Location&) -> Result<std::unique_ptr<admin::AdminPort>> {
    return std::unexpected(error);
  };
  EXPECT_EQ(world.Run({"status"}).status, 6);
  error.code = Error::Code::kDisagreement;
  EXPECT_EQ(world.Run({"status"}).status, 7);
}

TEST(SessionTest, ErrorsAreJsonToo) {
  CliWorld world;
  const Outcome outcome = world.Run({"account", "show", "bob", "--json"});
  EXPECT_EQ(outcome.status, 3);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(Json::parse(outcome.err).at("error").at("code"), "not-found");
  const Outcome usage = world.Run({"account", "show", "--json"});
  EXPECT_EQ(usage.status, 2);
  EXPECT_EQ(Json::parse(usage.err).at("error").at("code"), "usage");
}

TEST(SessionTest, ColorNeedsATerminalAndNoObjection) {
  CliWorld world;
  world.admin.latchkey.AddAccount("ana");
  EXPECT_FALSE(world.Run({"account", "list"}).out.contains('\x1B'));
  world.environment.output_is_terminal = true;
  EXPECT_TRUE(world.Run({"account", "list"}).out.contains('\x1B'));
  EXPECT_FALSE(world.Run({"account", "list", "--json"}).out.contains('\x1B'));
  world.variables["NO_COLOR"] = "1";
  EXPECT_FALSE(world.Run({"account", "list"}).out.contains('\x1B'));
}

TEST(SessionTest, AnErrorCannotMoveTheCursor) {
  CliWorld world;
  Session session{world.environment};
  std::ostringstream err;
  world.environment.error_output = &err;
  EXPECT_EQ(session.Report({Error::Code::kIo, "a\x1B[2J", "b\nc"}), 1);
  EXPECT_EQ(err.str(), "latchkey: a\\x1b[2J\n  b\n  c\n");
}

}  // namespace
}  // namespace latchkey::cli
