#include <gmock/gmock.h>

#include "cli/fixture/cli_world.h"

namespace latchkey::cli {
namespace {

using testing::HasSubstr;

TEST(CatalogueCommandsTest, ListsTheAppsAndShowsOne) {
  CliWorld world;
  EXPECT_THAT(world.Run({"catalogue"}).out, HasSubstr("bitbucket"));
  const Outcome shown = world.Run({"catalogue", "bitbucket"});
  EXPECT_EQ(shown.status, 0);
  EXPECT_THAT(shown.out, HasSubstr("write:repository:bitbucket"));
  EXPECT_THAT(shown.out, HasSubstr("repository:write"));
  EXPECT_EQ(world.Run({"catalogue", "bitbuket"}).status, 4);
}

}  // namespace
}  // namespace latchkey::cli
