#include <gmock/gmock.h>

#include "admin/version.h"
#include "cli/fixture/cli_world.h"

namespace latchkey::cli {
namespace {

using testing::HasSubstr;

TEST(SystemCommandsTest, ShowsTheStatus) {
  CliWorld world;
  const Outcome outcome = world.Run({"status"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("public URL       https://git.example.org\n"));
  EXPECT_THAT(outcome.out, HasSubstr("healthy          yes\n"));
}

TEST(SystemCommandsTest, PrintsTheVersion) {
  CliWorld world;
  EXPECT_EQ(world.Run({"version"}).out, "latchkey " + std::string{admin::Version()} + "\n");
  EXPECT_TRUE(world.connected.empty());
}

TEST(SystemCommandsTest, RefusesAnUnknownShell) {
  CliWorld world;
  EXPECT_EQ(world.Run({"completion", "csh"}).status, 2);
}

}  // namespace
}  // namespace latchkey::cli
