#include "web/negotiation.h"

#include <gtest/gtest.h>

namespace latchkey::web {
namespace {

TEST(BestCodingTest, TakesTheSmallestThatIsAllowed) {
  EXPECT_EQ(BestCoding("gzip, deflate, br, zstd", true, true), Coding::kBrotli);
  EXPECT_EQ(BestCoding("gzip, deflate, br", true, false), Coding::kGzip);
  EXPECT_EQ(BestCoding("GZIP", true, true), Coding::kGzip);
  EXPECT_EQ(BestCoding("br;q=0, gzip;q=0.5", true, true), Coding::kGzip);
  EXPECT_EQ(BestCoding("br; q=0.000,gzip;q=0", true, true), Coding::kIdentity);
  EXPECT_EQ(BestCoding("br", false, false), Coding::kIdentity);
  EXPECT_EQ(BestCoding("", true, true), Coding::kIdentity);
  EXPECT_EQ(BestCoding(",;,brotli,xgzip", true, true), Coding::kIdentity);
}

TEST(AsksForHtmlTest, TellsBrowsersThatGoSomewhereFromPrograms) {
  for (const std::string_view accept :
       {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html",
        "application/json, Text/HTML;q=0.1", "text/html; charset=utf-8"}) {
    EXPECT_TRUE(AsksForHtml(accept)) << accept;
  }
  for (const std::string_view accept :
       {"", "*/*", "text/*", "application/json", "text/html;q=0, */*", "text/htmlx",
        "image/avif,image/webp,*/*;q=0.8"}) {
    EXPECT_FALSE(AsksForHtml(accept)) << accept;
  }
}

TEST(MatchesTest, ComparesWeakly) {
  EXPECT_TRUE(Matches(R"("a")", R"("a")"));
  EXPECT_TRUE(Matches(R"("x", W/"a")", R"("a")"));
  EXPECT_TRUE(Matches("*", R"("a")"));
  EXPECT_FALSE(Matches(R"("ab")", R"("a")"));
  EXPECT_FALSE(Matches("", R"("a")"));
}

TEST(MediaTypeOfTest, KnowsWhatPagesAreMadeOf) {
  EXPECT_EQ(MediaTypeOf("assets/index-1a.js"), "text/javascript; charset=utf-8");
  EXPECT_EQ(MediaTypeOf("assets/index-1a.css"), "text/css; charset=utf-8");
  EXPECT_EQ(MediaTypeOf("favicon.svg"), "image/svg+xml; charset=utf-8");
  EXPECT_EQ(MediaTypeOf("something"), "application/octet-stream");
}

}  // namespace
}  // namespace latchkey::web
