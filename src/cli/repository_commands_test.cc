#include <gmock/gmock.h>

#include "cli/fixture/cli_world.h"
#include "cli/session.h"

namespace latchkey::cli {
namespace {

using testing::HasSubstr;

TEST(RepositoryCommandsTest, ReadsLikeASession) {
  CliWorld world;
  world.Run({"workspace", "create", "acme"});
  const Outcome created = world.Run({"repo", "create", "acme/site"});
  EXPECT_EQ(created.status, 0);
  EXPECT_THAT(created.out, HasSubstr("git clone https://git.example.org/acme/site.git\n"));
  EXPECT_THAT(world.Run({"repo", "list"}).out, HasSubstr("acme/site"));
  EXPECT_EQ(world.Run({"repo", "list", "--workspace", "beta"}).out, "No repositories yet.\n");
}

TEST(RepositoryCommandsTest, JsonNamesThePath) {
  CliWorld world;
  world.Run({"workspace", "create", "acme"});
  const Json created = Json::parse(world.Run({"repo", "create", "acme/site", "--json"}).out);
  EXPECT_EQ(created.at("path"), "/repositories/acme/site.git");
}

TEST(RepositoryCommandsTest, RefusesWhatIsNoName) {
  CliWorld world;
  world.Run({"workspace", "create", "acme"});
  for (const char* name : {"acme", "acme/", "/site", "acme/../x", "acme/a/b", "acme/a.git"}) {
    const int status = world.Run({"repo", "create", name}).status;
    EXPECT_TRUE(status == 4 || status == 3) << name;
  }
  EXPECT_TRUE(world.admin.repositories.made.empty());
}

}  // namespace
}  // namespace latchkey::cli
