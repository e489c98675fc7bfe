#include <gmock/gmock.h>

#include "cli/fixture/cli_world.h"
#include "cli/session.h"

namespace latchkey::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

class InspectCommandTest : public testing::Test {
 protected:
  InspectCommandTest() : account_(world_.admin.latchkey.AddAccount("ana")) {}

  Outcome Inspect(const std::string& text, std::vector<std::string> options = {}) {
    world_.input = text;
    options.insert(options.begin(), "inspect");
    world_.variables.clear();
    return world_.Run(options);
  }

  CliWorld world_;
  Account account_;
};

TEST_F(InspectCommandTest, TellsWhatAWholeTokenIs) {
  const std::string token =
      world_.admin.latchkey.IssueToken(account_, {"read:repository:bitbucket"});
  const std::string id = MemoryInstallation::IdOf(token).text();
  const Outcome outcome = Inspect(token + "\n");
  EXPECT_EQ(outcome.status, 0);
  EXPECT_EQ(outcome.out,
            "kind      api-token\nid        " + id + "\nprefix    lkat_\nchecksum  right\n");
  EXPECT_TRUE(world_.connected.empty());
}

TEST_F(InspectCommandTest, TellsAnAppPasswordInJson) {
  const std::string secret = world_.admin.latchkey.IssueAppPassword(account_, {"repository"});
  const Outcome outcome = Inspect(secret, {"--json"});
  EXPECT_EQ(outcome.status, 0);
  const Json json = Json::parse(outcome.out);
  EXPECT_EQ(json.at("kind"), "app-password");
  EXPECT_EQ(json.at("prefix"), "lkap_");
  EXPECT_EQ(json.at("checksum"), "right");
}

TEST_F(InspectCommandTest, ADamagedOneHasAStatusOfItsOwnAndNoId) {
  const std::string token =
      world_.admin.latchkey.IssueToken(account_, {"read:repository:bitbucket"});
  std::string changed = token;
  changed[20] = changed[20] == 'a' ? 'b' : 'a';
  for (const std::string& text : {changed, token.substr(0, 43), token + "0"}) {
    const Outcome outcome = Inspect(text);
    EXPECT_EQ(outcome.status, 8);
    EXPECT_THAT(outcome.out, HasSubstr("checksum  wrong"));
    EXPECT_THAT(outcome.out + outcome.err, Not(HasSubstr(text.substr(5, 11))));
  }
}

TEST_F(InspectCommandTest, RefusesAnythingElseWithoutRepeatingIt) {
  for (const char* text : {"hunter2", "Bearer hunter2", "ana:hunter2", "lkat-hunter2"}) {
    const Outcome outcome = Inspect(text);
    EXPECT_EQ(outcome.status, 4) << text;
    EXPECT_THAT(outcome.out + outcome.err, Not(HasSubstr("hunter2")));
  }
}

}  // namespace
}  // namespace latchkey::cli
