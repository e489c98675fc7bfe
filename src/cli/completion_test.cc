#include "cli/completion.h"

#include <gmock/gmock.h>

#include "cli/fixture/cli_world.h"

namespace latchkey::cli {
namespace {

using testing::HasSubstr;

class CompletionFor : public testing::TestWithParam<const char*> {};

TEST_P(CompletionFor, KnowsTheCommandsAndOptions) {
  CliWorld world;
  const Outcome outcome = world.Run({"completion", GetParam()});
  EXPECT_EQ(outcome.status, 0);
  for (const char* word : {"app-password", "revoke", "reason", "completion"}) {
    EXPECT_THAT(outcome.out, HasSubstr(word));
  }
}

INSTANTIATE_TEST_SUITE_P(All, CompletionFor, testing::Values("bash", "zsh", "fish"),
                         [](const auto& test_case) { return std::string{test_case.param}; });

TEST(CompletionTest, BashListsWhatMayFollow) {
  CliWorld world;
  EXPECT_THAT(
      world.Run({"completion", "bash"}).out,
      HasSubstr("\"token revoke\") echo \"--help --reason --no-wait --data --config --json\" ;;"));
}

TEST(CompletionTest, FishQuotesDescriptions) {
  CLI::App app;
  app.set_help_flag();
  app.add_subcommand("go", "It's \\ done");
  EXPECT_THAT(*CompletionScript("fish", app), HasSubstr("-a go -d 'It\\'s \\\\ done'"));
  EXPECT_EQ(CompletionScript("csh", app), std::nullopt);
}

}  // namespace
}  // namespace latchkey::cli
