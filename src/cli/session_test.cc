#include "cli/session.h"

#include <gmock/gmock.h>

#include "cli/fixture/cli_world.h"
#include "testing/matchers.h"

namespace latchkey::cli {
namespace {

using testing::HasSubstr;

TEST(SessionTest, TheOptionWinsOverTheVariable) {
  CliWorld world;
  world.Run({"status", "--data", "/other"});
  ASSERT_EQ(world.connected.size(), 1U);
  EXPECT_EQ(world.connected[0].data_directory, "/other");
  world.Run({"status"});
  EXPECT_EQ(world.connected[1].data_directory, "/data");
}

TEST(SessionTest, ASettingsFileMayNameTheDirectory) {
  CliWorld world;
  world.variables.clear();
  EXPECT_EQ(world.Run({"status", "--config", "a.toml"}).status, 0);
  EXPECT_EQ(world.connected[0].config_file, "a.toml");
}

TEST(SessionTest, WithoutAnyDirectoryTheCommandLineIsWrong) {
  CliWorld world;
  world.variables.clear();
  const Outcome outcome = world.Run({"status"});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_EQ(outcome.err,
            "latchkey: which data directory?\n  Give --data DIR, or set LATCHKEY_DATA.\n");
}

TEST(SessionTest, AnInstallationThatCannotBeReachedHasItsStatus) {
  CliWorld world;
  Error error{Error::Code::kPermissionDenied, "not yours", "Be root."};
  world.environment.connect =
      [&error](const Location&) -> Result<std::unique_ptr<admin::AdminPort>> {
    return std::unexpected(error);
  };
  EXPECT_EQ(world.Run({"status"}).status, 6);
  error.code = Error::Code::kDisagreement;
  EXPECT_EQ(world.Run({"status"}).status, 7);
}

TEST(SessionTest, OnlyCommandsThatCreateMayMakeAnInstallation) {
  CliWorld world;
  world.Run({"account", "create", "--email", "ana@example.com", "--username", "ana"});
  world.Run({"workspace", "create", "acme"});
  world.Run({"app", "add", "bitbucket"});
  world.Run({"status"});
  world.Run({"account", "suspend", "ana"});
  world.Run({"audit", "verify"});
  std::vector<bool> may_make;
  for (const Location& location : world.connected) may_make.push_back(location.may_make);
  EXPECT_EQ(may_make, (std::vector{true, true, true, false, false, false}));
}

TEST(SessionTest, AHintNamesTheInstallationThatWasGiven) {
  struct Case {
    const char* data;
    const char* config;
    const char* hint;
    const char* want;
  };
  for (const Case& one :
       {Case{"/srv/lk", "", R"("latchkey token list" shows them.)",
             R"("latchkey token list --data /srv/lk" shows them.)"},
        Case{"", "", R"("latchkey token list" shows them.)",
             R"("latchkey token list" shows them.)"},
        Case{"", "a.toml", R"(See "latchkey status".)",
             R"(See "latchkey status --config a.toml".)"},
        Case{"it's", "", R"(See "latchkey status".)", R"(See "latchkey status --data 'it'\''s'".)"},
        Case{"/d", "", R"(A "word", "latchkey a" and "latchkey b")",
             R"(A "word", "latchkey a --data /d" and "latchkey b --data /d")"},
        Case{"/d", "", R"("latchkey token --help")", R"("latchkey token --help")"},
        Case{"/d", "", R"("latchkey inspect" tells.)", R"("latchkey inspect" tells.)"},
        Case{"/d", "", R"(cut: "latchkey st)", R"(cut: "latchkey st)"}}) {
    CliWorld world;
    Session session{world.environment};
    session.data_directory = one.data;
    session.config_file = one.config;
    EXPECT_EQ(session.WithInstallation(one.hint), one.want);
  }
}

TEST(SessionTest, AnErrorsHintCanBeRunAsItStands) {
  CliWorld world;
  EXPECT_THAT(world.Run({"account", "show", "bob", "--data", "/srv/lk"}).err,
              HasSubstr("\"latchkey account list --data /srv/lk\" shows them."));
}

TEST(SessionTest, ErrorsAreJsonToo) {
  CliWorld world;
  const Outcome outcome = world.Run({"account", "show", "bob", "--json"});
  EXPECT_EQ(outcome.status, 3);
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(Json::parse(outcome.err).at("error").at("code"), "not-found");
  const Outcome usage = world.Run({"account", "show", "--json"});
  EXPECT_EQ(usage.status, 2);
  EXPECT_EQ(Json::parse(usage.err).at("error").at("code"), "usage");
}

TEST(SessionTest, ColorNeedsATerminalAndNoObjection) {
  CliWorld world;
  world.admin.latchkey.AddAccount("ana");
  EXPECT_FALSE(world.Run({"account", "list"}).out.contains('\x1B'));
  world.environment.output_is_terminal = true;
  EXPECT_TRUE(world.Run({"account", "list"}).out.contains('\x1B'));
  EXPECT_FALSE(world.Run({"account", "list", "--json"}).out.contains('\x1B'));
  world.variables["NO_COLOR"] = "1";
  EXPECT_FALSE(world.Run({"account", "list"}).out.contains('\x1B'));
}

TEST(SessionTest, AnErrorCannotMoveTheCursor) {
  CliWorld world;
  Session session{world.environment};
  std::ostringstream err;
  world.environment.error_output = &err;
  EXPECT_EQ(session.Report({Error::Code::kIo, "a\x1B[2J", "b\nc"}), 1);
  EXPECT_EQ(err.str(), "latchkey: a\\x1b[2J\n  b\n  c\n");
}

}  // namespace
}  // namespace latchkey::cli
