#include <gmock/gmock.h>

#include "cli/fixture/cli_world.h"
#include "cli/session.h"

namespace latchkey::cli {
namespace {

using testing::HasSubstr;

TEST(AuditCommandsTest, VerifyIsSatisfied) {
  CliWorld world;
  world.admin.auditor.report = {.changes = 3, .records = 2, .findings = {}};
  const Outcome outcome = world.Run({"audit", "verify"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.out, "Journal and database agree: 3 changes, 2 records.\n");
}

TEST(AuditCommandsTest, VerifyListsWhatItFound) {
  CliWorld world;
  world.admin.auditor.report = {.changes = 3, .records = 2, .findings = {"line 2 is missing"}};
  const Outcome outcome = world.Run({"audit", "verify"});
  EXPECT_EQ(outcome.status, 7);
  EXPECT_THAT(outcome.out, HasSubstr("line 2 is missing"));
  EXPECT_THAT(outcome.err, HasSubstr("do not agree"));
  EXPECT_EQ(world.Run({"audit", "verify", "--json"}).status, 7);
}

TEST(AuditCommandsTest, RepairTellsWhatItDid) {
  CliWorld world;
  world.environment.repair = [](const Location& location) -> Result<RepairReport> {
    EXPECT_EQ(location.data_directory, "/data");
    return RepairReport{.restored = 2, .completed = 0};
  };
  EXPECT_THAT(world.Run({"audit", "repair"}).out, HasSubstr("from the journal: 2 changes"));
  EXPECT_EQ(Json::parse(world.Run({"audit", "repair", "--json"}).out).at("restored"), 2);
}

TEST(AuditCommandsTest, RepairHasAStatusForEachFailure) {
  CliWorld world;
  Error error{Error::Code::kInUse, "a server runs"};
  world.environment.repair = [&error](const Location&) -> Result<RepairReport> {
    return std::unexpected(error);
  };
  EXPECT_EQ(world.Run({"audit", "repair"}).status, 6);
  error.code = Error::Code::kTampered;
  EXPECT_EQ(world.Run({"audit", "repair"}).status, 7);
  world.variables.clear();
  EXPECT_EQ(world.Run({"audit", "repair"}).status, 2);
}

TEST(AuditCommandsTest, RotatesTheKeyring) {
  CliWorld world;
  world.environment.rotate_keyring = [](const Location&) -> Result<KeyringRotation> {
    return KeyringRotation{.newest = 2, .keys = 2, .resealed = 7};
  };
  EXPECT_THAT(world.Run({"keyring", "rotate", "--data", "/other"}).out,
              HasSubstr("Key 2 seals from now on"));
}

}  // namespace
}  // namespace latchkey::cli
