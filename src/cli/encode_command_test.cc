#include <gmock/gmock.h>

#include "cli/fixture/cli_world.h"
#include "crypto/base64.h"

namespace latchkey::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(EncodeCommandTest, PrintsTheKnownExample) {
  CliWorld world;
  world.input = "BNBBrNcYNWXAVxgLD3rD9LjcHcZVD5D5D4C4";
  const Outcome outcome = world.Run({"encode", "MFahad1667"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.out, "TUZhaGFkMTY2NzpCTkJCck5jWU5XWEFWeGdMRDNyRDlMamNIY1pWRDVENUQ0QzQ=\n");
  EXPECT_EQ(outcome.err, "");
}

TEST(EncodeCommandTest, ALongSecretIsOneLine) {
  CliWorld world;
  world.input = std::string(1000, 'x');
  const Outcome outcome = world.Run({"encode", "x-token-auth", "--header"});
  EXPECT_THAT(outcome.out, testing::StartsWith("Authorization: Basic "));
  EXPECT_EQ(std::ranges::count(outcome.out, '\n'), 1);
  EXPECT_EQ(outcome.out.size(), 21 + (13 + 1000 + 2) / 3 * 4 + 1U);
}

TEST(EncodeCommandTest, AsksOnATerminal) {
  CliWorld world;
  world.environment.input_is_terminal = true;
  world.typed = "secret\n";
  const Outcome outcome = world.Run({"encode", "ana"});
  EXPECT_THAT(world.prompts, testing::ElementsAre("Secret of ana: "));
  EXPECT_EQ(outcome.out, "YW5hOnNlY3JldA==\n");
  EXPECT_EQ(outcome.err, "");
}

TEST(EncodeCommandTest, ReadsATerminalWhenToldTo) {
  CliWorld world;
  world.environment.input_is_terminal = true;
  world.input = "secret";
  EXPECT_EQ(world.Run({"encode", "ana", "--stdin"}).out, "YW5hOnNlY3JldA==\n");
  EXPECT_TRUE(world.prompts.empty());
}

TEST(EncodeCommandTest, PrintsJson) {
  CliWorld world;
  world.input = "secret";
  EXPECT_EQ(world.Run({"encode", "ana", "--json"}).out,
            "{\n  \"basic\": \"YW5hOnNlY3JldA==\"\n}\n");
}

TEST(EncodeCommandTest, WarnsOfADamagedCredential) {
  CliWorld world;
  const std::string token = world.admin.latchkey.IssueToken(world.admin.latchkey.AddAccount("ana"),
                                                            {"read:repository:bitbucket"});
  world.input = token.substr(0, 43);
  const Outcome outcome = world.Run({"encode", "ana"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.err, HasSubstr("cut short"));
  EXPECT_THAT(outcome.err, Not(HasSubstr(world.input)));
}

class EncodeCommandRefuses : public testing::TestWithParam<const char*> {};

TEST_P(EncodeCommandRefuses, AUserWithoutRepeatingIt) {
  CliWorld world;
  world.input = "secret";
  const Outcome outcome = world.Run({"encode", GetParam()});
  EXPECT_EQ(outcome.status, 4);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, Not(HasSubstr("hunter2")));
}

INSTANTIATE_TEST_SUITE_P(All, EncodeCommandRefuses,
                         testing::Values("ana:hunter2", "ana\nhunter2", "ana\x7Fhunter2",
                                         "hunter2\xFF", ""),
                         [](const auto& test_case) { return std::to_string(test_case.index); });

TEST(EncodeCommandTest, RefusesASecretAsArgument) {
  CliWorld world;
  const Outcome outcome = world.Run({"encode", "ana", "hunter2"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("standard input"));
  EXPECT_THAT(outcome.err, Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace latchkey::cli
