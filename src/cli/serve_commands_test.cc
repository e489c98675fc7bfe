#include <gmock/gmock.h>

#include "cli/fixture/cli_world.h"

namespace latchkey::cli {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Pair;

class ServeCommandsTest : public testing::Test {
 protected:
  ServeCommandsTest() {
    world_.environment.setting_flags = {{"data", "DIR", "The data directory"},
                                        {"listen", "ADDR:PORT", "Where to listen"},
                                        {"public_url", "URL", "What clients use"}};
    world_.environment.serve = [this](const ServeOptions& options) {
      served_.push_back(options);
      return result_;
    };
    world_.environment.show_settings = [](const ServeOptions&) -> Result<std::vector<SettingLine>> {
      return std::vector<SettingLine>{{"listen", "127.0.0.1:8080", "Where to listen"}};
    };
  }

  CliWorld world_;
  std::vector<ServeOptions> served_;
  Result<void> result_;
};

TEST_F(ServeCommandsTest, HandsOnWhatWasGivenAndNothingElse) {
  EXPECT_EQ(world_
                .Run({"serve", "--public-url", "https://git.example.org", "--config", "a.toml",
                      "--data", "/srv"})
                .status,
            0);
  ASSERT_EQ(served_.size(), 1U);
  EXPECT_EQ(served_[0].config_file, "a.toml");
  EXPECT_THAT(served_[0].flags,
              ElementsAre(Pair("data", "/srv"), Pair("public_url", "https://git.example.org")));
}

TEST_F(ServeCommandsTest, AnEmptyValueIsStillAValue) {
  world_.Run({"serve", "--listen", ""});
  ASSERT_EQ(served_.size(), 1U);
  EXPECT_THAT(served_[0].flags, ElementsAre(Pair("listen", "")));
}

TEST_F(ServeCommandsTest, RefusesAnUnknownFlagWithTheNearest) {
  const Outcome outcome = world_.Run({"serve", "--lisen", "x"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("--listen"));
  EXPECT_TRUE(served_.empty());
}

TEST_F(ServeCommandsTest, HasAStatusForEachFailure) {
  result_ = std::unexpected(Error{Error::Code::kDisagreement, "the database is behind"});
  EXPECT_EQ(world_.Run({"serve"}).status, 7);
  result_ = std::unexpected(Error{Error::Code::kInUse, "another process"});
  EXPECT_EQ(world_.Run({"serve"}).status, 6);
  result_ = std::unexpected(Error{Error::Code::kInvalidArgument, "bad setting"});
  EXPECT_EQ(world_.Run({"serve"}).status, 4);
}

TEST_F(ServeCommandsTest, ShowsSettings) {
  EXPECT_THAT(world_.Run({"settings"}).out, HasSubstr("listen   127.0.0.1:8080"));
  EXPECT_EQ(world_.Run({"settings", "--json"}).out, "{\n  \"listen\": \"127.0.0.1:8080\"\n}\n");
}

}  // namespace
}  // namespace latchkey::cli
