#include <gmock/gmock.h>

#include "cli/fixture/cli_world.h"
#include "cli/session.h"

namespace latchkey::cli {
namespace {

using testing::HasSubstr;

TEST(BackupCommandsTest, SaysWhatTheBackupHolds) {
  CliWorld world;
  world.environment.make_backup = [](const Location& location,
                                     const std::string& directory) -> Result<BackupMade> {
    EXPECT_EQ(location.data_directory, "/data");
    EXPECT_EQ(directory, "/backup");
    return BackupMade{.changes = 9, .added = 2};
  };
  EXPECT_THAT(world.Run({"backup", "/backup"}).out, HasSubstr("holds 9 changes, whole"));
  EXPECT_EQ(Json::parse(world.Run({"backup", "/backup", "--json"}).out),
            (Json{{"changes", 9}, {"added", 2}}));
}

TEST(BackupCommandsTest, SaysWhatWasRestored) {
  CliWorld world;
  world.environment.restore_backup = [](const Location&,
                                        const std::string&) -> Result<BackupRestored> {
    return BackupRestored{
        .changes = 9, .added = 8, .restored = 7, .made_at = Instant{std::chrono::seconds{60}}};
  };
  const std::string out = world.Run({"restore", "/backup"}).out;
  EXPECT_THAT(out, HasSubstr("The backup of 1970-01-01T00:01:00Z held 9 changes; 8 were"));
  EXPECT_THAT(out, HasSubstr("7 made again"));
  EXPECT_EQ(Json::parse(world.Run({"restore", "/backup", "--json"}).out).at("restored"), 7);
}

TEST(BackupCommandsTest, FailureHasItsStatus) {
  CliWorld world;
  world.environment.restore_backup = [](const Location&,
                                        const std::string&) -> Result<BackupRestored> {
    return Fail(Error::Code::kDisagreement, "the directory holds more", "Do this.");
  };
  const Outcome refused = world.Run({"restore", "/backup"});
  EXPECT_EQ(refused.status, 7);
  EXPECT_THAT(refused.err, HasSubstr("Do this."));
  EXPECT_EQ(world.Run({"restore"}).status, 2);
  world.variables.clear();
  EXPECT_EQ(world.Run({"backup", "/backup"}).status, 2);
}

}  // namespace
}  // namespace latchkey::cli
