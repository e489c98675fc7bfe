#include "gate/access_lines.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace latchkey::gate {
namespace {

using Json = nlohmann::json;

class AccessLinesTest : public testing::Test {
 protected:
  Json Line(const AccessEntry& entry) {
    {
      AccessLines lines([this](std::string_view text) { written_.emplace_back(text); });
      lines.Note(entry);
    }
    EXPECT_EQ(written_.size(), 1U);
    const std::string text = written_.at(0);
    written_.clear();
    EXPECT_TRUE(text.ends_with("}\n"));
    return Json::parse(text);
  }

  static AccessEntry Entry(std::string_view uri) {
    return {.now = ParseInstant("2026-11-24T11:12:31.045Z").value(),
            .client = "192.0.2.7",
            .app = "bitbucket",
            .dialect = "nginx",
            .method = "GET",
            .uri = uri,
            .status = 200,
            .outcome = "allowed",
            .account = "ana",
            .credential = "c1",
            .request_id = {}};
  }

  std::vector<std::string> written_;
};

TEST_F(AccessLinesTest, IsOneJsonObjectALine) {
  const Json line = Line(Entry("/2.0/user?a=b"));
  EXPECT_EQ(line, (Json{{"time", "2026-11-24T11:12:31.045Z"},
                        {"event", "gate.request"},
                        {"client", "192.0.2.7"},
                        {"app", "bitbucket"},
                        {"dialect", "nginx"},
                        {"method", "GET"},
                        {"path", "/2.0/user"},
                        {"status", 200},
                        {"outcome", "allowed"},
                        {"account", "ana"},
                        {"credential", "c1"}}));
}

TEST_F(AccessLinesTest, MasksWhatMayBeACredentialInAPath) {
  const std::string secret = "9fK2mQ7LwXcB0d1e2F3g4H5i6J7k8L9mZ1WonnN";
  for (const std::string& path :
       {"/x/lkat_" + secret, "/x/" + secret, "/x/%6ckat_" + secret, "/x/lkat%5f" + secret}) {
    const std::string text = Line(Entry(path)).dump();
    EXPECT_EQ(text.find(secret.substr(12, 20)), std::string::npos) << text;
  }
}

TEST_F(AccessLinesTest, EscapesWhateverAClientSent) {
  EXPECT_EQ(Line(Entry("/a\"b\\c"))["path"], "/a\"b\\c");
  Line(Entry("/\x80\xff%00%0a"));
  AccessEntry entry = Entry("/a");
  entry.account = "a\"\n\xc3";
  EXPECT_EQ(Line(entry)["account"].get<std::string>().substr(0, 3), "a\"\n");
}

TEST_F(AccessLinesTest, HandsOverWhatIsOldOrMuch) {
  AccessLines lines([this](std::string_view text) { written_.emplace_back(text); });
  std::chrono::steady_clock::time_point now{};
  lines.Note(Entry("/a"));
  lines.Settle(now, false);
  EXPECT_TRUE(written_.empty());
  lines.Settle(now + std::chrono::milliseconds{199}, false);
  EXPECT_TRUE(written_.empty());
  lines.Settle(now + std::chrono::milliseconds{200}, false);
  EXPECT_EQ(written_.size(), 1U);
  lines.Settle(now + std::chrono::seconds{9}, true);
  EXPECT_EQ(written_.size(), 1U);
  for (int i = 0; i < 1000; ++i) lines.Note(Entry("/a"));
  lines.Settle(now, false);
  EXPECT_EQ(written_.size(), 2U);
}

}  // namespace
}  // namespace latchkey::gate
