#include "server/log.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "testing/installation/memory_installation.h"
#include "testing/scratch_directory.h"

namespace latchkey::server {
namespace {

std::string FreshSecret() {
  MemoryInstallation latchkey;
  return latchkey.IssueToken(latchkey.AddAccount("ana"), {"read:user:bitbucket"});
}

TEST(MaskCredentialsTest, MasksEveryWholeCredentialAndNothingElse) {
  const std::string secret = FreshSecret();
  EXPECT_EQ(MaskCredentials("a " + secret + " b " + secret), "a lkat_[masked] b lkat_[masked]");
  EXPECT_EQ(MaskCredentials("lkat_nothing of that form"), "lkat_nothing of that form");
}

class LogTest : public testing::Test {
 protected:
  LogTest() { settings_.log_file = directory_.File("test.log"); }

  [[nodiscard]] std::vector<nlohmann::json> Lines() const {
    std::vector<nlohmann::json> lines;
    std::ifstream file{settings_.log_file};
    for (std::string line; std::getline(file, line);) lines.push_back(nlohmann::json::parse(line));
    return lines;
  }

  ScratchDirectory directory_;
  Settings settings_;
  ManualClock clock_;
};

TEST_F(LogTest, WritesOneObjectALineWhateverIsInIt) {
  {
    const auto log = Must(Log::Open(settings_, clock_));
    log->Write(Log::Level::kWarn, "test", {{"text", "a\n\"b\" \xC0\xAF"}});
    log->Write(Log::Level::kDebug, "below the level");
  }
  const auto lines = Lines();
  ASSERT_EQ(lines.size(), 1U);
  EXPECT_EQ(lines[0]["event"], "test");
  EXPECT_EQ(lines[0]["time"], "2026-11-24T09:00:00Z");
}

TEST_F(LogTest, NeverHoldsASecret) {
  const std::string secret = FreshSecret();
  {
    const auto log = Must(Log::Open(settings_, clock_));
    log->Write(Log::Level::kError, "test", {{"text", secret}});
    http::AccessRecord record;
    record.path = "/" + secret;
    record.annotations = {{"account", secret}};
    log->WriteAccess(record);
  }
  std::ifstream file{settings_.log_file};
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str().find(secret.substr(5)), std::string::npos);
  EXPECT_EQ(Lines().size(), 2U);
}

TEST_F(LogTest, RefusesAFileThatCannotBeOpened) {
  settings_.log_file = "/proc/no/such/folder.log";
  EXPECT_FALSE(Log::Open(settings_, clock_));
}

}  // namespace
}  // namespace latchkey::server
