#include "cli/run.h"

#include <gmock/gmock.h>

#include "cli/exit_code.h"
#include "cli/fixture/cli_world.h"

namespace latchkey::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(RunTest, HelpListsCommandsAndStatuses) {
  CliWorld world;
  const Outcome outcome = world.Run({"--help"});
  EXPECT_EQ(outcome.status, 0);
  EXPECT_THAT(outcome.out, HasSubstr("app-password"));
  EXPECT_THAT(outcome.out, HasSubstr(std::string{ExitCodeHelp()}));
}

TEST(RunTest, EveryCommandHasExamples) {
  CliWorld world;
  const std::vector<std::vector<std::string>> commands{{"serve"},
                                                       {"settings"},
                                                       {"account", "create"},
                                                       {"account", "list"},
                                                       {"account", "show"},
                                                       {"account", "suspend"},
                                                       {"account", "resume"},
                                                       {"workspace", "create"},
                                                       {"workspace", "grant"},
                                                       {"workspace", "remove"},
                                                       {"workspace", "list"},
                                                       {"workspace", "show"},
                                                       {"repo", "create"},
                                                       {"repo", "list"},
                                                       {"token", "create"},
                                                       {"token", "list"},
                                                       {"token", "show"},
                                                       {"token", "rename"},
                                                       {"token", "revoke"},
                                                       {"app-password", "create"},
                                                       {"app-password", "list"},
                                                       {"app-password", "show"},
                                                       {"app-password", "rename"},
                                                       {"app-password", "revoke"},
                                                       {"catalogue"},
                                                       {"encode"},
                                                       {"inspect"},
                                                       {"login"},
                                                       {"logout"},
                                                       {"whoami"},
                                                       {"git-credential"},
                                                       {"netrc"},
                                                       {"env"},
                                                       {"doctor"},
                                                       {"audit", "verify"},
                                                       {"audit", "repair"},
                                                       {"keyring", "rotate"},
                                                       {"status"},
                                                       {"completion"},
                                                       {"version"}};
  for (std::vector<std::string> command : commands) {
    std::string path = "latchkey";
    for (const std::string& word : command) path += " " + word;
    command.emplace_back("--help");
    const Outcome outcome = world.Run(command);
    EXPECT_EQ(outcome.status, 0) << path;
    EXPECT_THAT(outcome.out, HasSubstr("Examples:")) << path;
    const std::size_t examples = outcome.out.find("Examples:");
    EXPECT_THAT(outcome.out.substr(examples), HasSubstr(path));
  }
}

struct UsageCase {
  const char* name;
  std::vector<std::string> arguments;
  const char* message;
  const char* hint;
};

class RunRefuses : public testing::TestWithParam<UsageCase> {};

TEST_P(RunRefuses, WithWordsAndTheHelpToRead) {
  CliWorld world;
  const Outcome outcome = world.Run(GetParam().arguments);
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(outcome.err, HasSubstr(GetParam().message));
  EXPECT_THAT(outcome.err, HasSubstr(GetParam().hint));
}

INSTANTIATE_TEST_SUITE_P(
    All, RunRefuses,
    testing::Values(UsageCase{"Nothing", {}, "which command?", "\"latchkey --help\""},
                    UsageCase{
                        "GroupAlone", {"token"}, "which command?", "\"latchkey token --help\""},
                    UsageCase{"UnknownCommand",
                              {"tokens", "list"},
                              "\"tokens\" (did you mean token?)",
                              "\"latchkey --help\""},
                    UsageCase{"UnknownVerb",
                              {"token", "lst"},
                              "\"lst\" (did you mean list",
                              "\"latchkey token --help\""},
                    UsageCase{"UnknownOption",
                              {"token", "list", "--acount", "ana"},
                              "unknown option --acount (did you mean --account?)",
                              "\"latchkey token list --help\""},
                    UsageCase{"MissingOption",
                              {"token", "create", "--account", "ana", "--scope", "s"},
                              "--name is required",
                              "\"latchkey token create --help\""},
                    UsageCase{"MissingArgument",
                              {"token", "show"},
                              "ID is required",
                              "\"latchkey token show --help\""},
                    UsageCase{"OneTooMany",
                              {"token", "list", "ana"},
                              "an argument too many",
                              "\"latchkey token list --help\""},
                    UsageCase{"OptionTwice",
                              {"token", "list", "--account", "a", "--account", "b"},
                              "--account",
                              "\"latchkey token list --help\""}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(RunTest, RepeatsNothingThatMayBeASecret) {
  CliWorld world;
  for (const std::vector<std::string>& arguments :
       std::vector<std::vector<std::string>>{{"hunter2"},
                                             {"token", "list", "hunter2"},
                                             {"inspect", "hunter2"},
                                             {"account", "create", "--password=hunter2"},
                                             {"account", "create", "--password", "hunter2"}}) {
    const Outcome outcome = world.Run(arguments);
    EXPECT_EQ(outcome.status, 2);
    EXPECT_THAT(outcome.err, Not(HasSubstr("hunter2")));
  }
}

TEST(RunTest, OutputThatCannotBeWrittenIsAFailure) {
  CliWorld world;
  std::ostringstream broken;
  broken.setstate(std::ios::badbit);
  world.environment.output = &broken;
  EXPECT_EQ(world.Run({"version"}).status, 1);
}

}  // namespace
}  // namespace latchkey::cli
