#include <gmock/gmock.h>

#include "cli/fixture/cli_world.h"

namespace latchkey::cli {
namespace {

using testing::HasSubstr;

TEST(WorkspaceCommandsTest, ReadsLikeASession) {
  CliWorld world;
  world.admin.latchkey.AddAccount("ana");
  EXPECT_EQ(world.Run({"workspace", "create", "acme"}).out, "Created workspace acme.\n");
  EXPECT_EQ(world.Run({"workspace", "grant", "acme", "ana", "write"}).out,
            "ana may now write in acme.\n");
  EXPECT_EQ(world.Run({"workspace", "list"}).out,
            "SLUG  MEMBERS  CREATED\nacme  1        2026-11-24 (now)\n");
  EXPECT_THAT(world.Run({"workspace", "show", "acme"}).out,
              HasSubstr("\nMEMBER  ROLE\nana     write\n"));
  EXPECT_EQ(world.Run({"workspace", "remove", "acme", "ana"}).out,
            "ana is no member of acme any more.\n");
}

TEST(WorkspaceCommandsTest, HasAStatusForEachRefusal) {
  CliWorld world;
  EXPECT_EQ(world.Run({"workspace", "create", "ACME"}).status, 4);
  EXPECT_EQ(world.Run({"workspace", "show", "acme"}).status, 3);
  EXPECT_EQ(world.Run({"workspace", "grant", "acme", "ana", "owner"}).status, 4);
  EXPECT_EQ(world.Run({"workspace", "grant", "acme"}).status, 2);
}

}  // namespace
}  // namespace latchkey::cli
