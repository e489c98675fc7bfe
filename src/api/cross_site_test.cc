#include "api/cross_site.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace latchkey::api {
namespace {

using Lines = std::vector<std::pair<std::string, std::string>>;

bool Passes(Lines lines, bool has_body = true) {
  http::RequestHead head;
  head.method = "POST";
  head.has_body = has_body;
  for (auto& [name, value] : lines) head.fields.Add(std::move(name), std::move(value));
  const OrProblem<void> own = RequireOwnPage(head, "https://git.example.org/latchkey");
  if (!own) {
    EXPECT_EQ(own.error().type, ProblemType::kCrossSite);
  }
  return own.has_value();
}

Lines With(Lines more) {
  Lines lines{
      {"Host", "git.example.org"}, {"X-Latchkey-Csrf", "1"}, {"Content-Type", "application/json"}};
  lines.insert(lines.end(), more.begin(), more.end());
  return lines;
}

TEST(RequireOwnPageTest, LetsOurPagesAsk) {
  EXPECT_TRUE(Passes(With({})));
  EXPECT_TRUE(Passes(With({{"Sec-Fetch-Site", "same-origin"}})));
  EXPECT_TRUE(Passes(With({{"Origin", "https://git.example.org"}})));
  EXPECT_TRUE(Passes({{"X-Latchkey-Csrf", "1"}}, /*has_body=*/false));
  EXPECT_TRUE(Passes(
      {{"X-Latchkey-Csrf", "1"}, {"Host", "localhost:8080"}, {"Origin", "http://localhost:8080"}},
      /*has_body=*/false));
}

TEST(RequireOwnPageTest, LetsNoOtherSiteAsk) {
  EXPECT_FALSE(Passes({}, /*has_body=*/false));
  EXPECT_FALSE(Passes({{"X-Latchkey-Csrf", "0"}}, /*has_body=*/false));
  for (const char* site : {"cross-site", "same-site", "none", ""}) {
    EXPECT_FALSE(Passes(With({{"Sec-Fetch-Site", site}}))) << site;
  }
  for (const char* origin : {"https://evil.example", "null", "",
                             "https://git.example.org.evil.example", "https://git.example.org:444",
                             "javascript://git.example.org", "https://evil@git.example.org"}) {
    EXPECT_FALSE(Passes(With({{"Origin", origin}}))) << origin;
  }
  EXPECT_FALSE(Passes(With({{"Origin", "https://git.example.org"}, {"Origin", "null"}})));
}

TEST(RequireOwnPageTest, TakesNoBodyThatAFormCouldSend) {
  for (const char* type : {"text/plain", "application/x-www-form-urlencoded",
                           "multipart/form-data; boundary=x", "text/plain; application/json"}) {
    EXPECT_FALSE(Passes({{"X-Latchkey-Csrf", "1"}, {"Content-Type", type}})) << type;
  }
  EXPECT_FALSE(Passes({{"X-Latchkey-Csrf", "1"}}));
}

TEST(OriginOfTest, EndsWhereThePathBegins) {
  EXPECT_EQ(OriginOf("https://a.example:8443/b/c"), "https://a.example:8443");
  EXPECT_EQ(OriginOf("http://[::1]:80"), "http://[::1]:80");
  EXPECT_EQ(OriginOf("nonsense"), "");
}

}  // namespace
}  // namespace latchkey::api
