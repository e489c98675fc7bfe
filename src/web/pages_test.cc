#include "web/pages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>

#include "api/fixture/fake_exchange.h"

namespace latchkey::web {
namespace {

using api::FakeAnswer;
using api::FakeExchange;
using api::FakeRequest;

constexpr std::array kFiles{
    PageFile{"index.html", "h0", "<!doctype html>", "gzipped", "brotlied"},
    PageFile{"assets/index-1a.js", "h1", "script", "script.gz", "script.br"},
    PageFile{"favicon.svg", "h2", "<svg/>", "", ""},
};

class PagesTest : public testing::Test {
 protected:
  PagesTest() { pages_.AddRoutes(router_); }

  static FakeAnswer Ask(http::Router& router, FakeRequest request) {
    FakeExchange exchange{std::move(request)};
    boost::asio::io_context context;
    boost::asio::co_spawn(context, router.Handle(exchange), boost::asio::detached);
    context.run();
    return exchange.answer();
  }
  FakeAnswer Get(std::string target, std::vector<std::pair<std::string, std::string>> fields = {}) {
    return Ask(router_, {.target = std::move(target), .fields = std::move(fields)});
  }

  Pages pages_{kFiles};
  http::Router router_;
};

TEST_F(PagesTest, GivesTheDocumentForEveryPage) {
  for (const char* path :
       {"/", "/login", "/login/second-step", "/login/forgotten", "/link", "/settings",
        "/settings/security/api-tokens/new?app=bitbucket", "/admin/accounts"}) {
    const FakeAnswer answer = Get(path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.body, "<!doctype html>") << path;
    EXPECT_EQ(answer.Field("Cache-Control"), "no-store");
    EXPECT_EQ(answer.Field("Content-Security-Policy"), kPagePolicy);
    EXPECT_EQ(answer.Field("Content-Type"), "text/html; charset=utf-8");
  }
}

TEST_F(PagesTest, ItsPolicyAllowsNothingInline) {
  EXPECT_EQ(kPagePolicy.find("unsafe"), std::string_view::npos);
  EXPECT_NE(kPagePolicy.find("frame-ancestors 'none'"), std::string_view::npos);
}

TEST_F(PagesTest, KeepsAssetsForEver) {
  const FakeAnswer answer = Get("/assets/index-1a.js");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "script");
  EXPECT_EQ(answer.Field("Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(answer.Field("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_EQ(answer.Field("Vary"), "Accept-Encoding");
}

TEST_F(PagesTest, CompressesForWhoTakesIt) {
  const FakeAnswer brotli = Get("/assets/index-1a.js", {{"Accept-Encoding", "gzip, br"}});
  EXPECT_EQ(brotli.body, "script.br");
  EXPECT_EQ(brotli.Field("Content-Encoding"), "br");
  EXPECT_EQ(brotli.Field("ETag"), "\"h1-br\"");
  const FakeAnswer gzip = Get("/login", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(gzip.body, "gzipped");
  EXPECT_EQ(Get("/favicon.svg", {{"Accept-Encoding", "br"}}).body, "<svg/>");
}

TEST_F(PagesTest, SaysWhatHasNotChanged) {
  const FakeAnswer same = Get("/favicon.svg", {{"If-None-Match", "\"h2\""}});
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.body, "");
  EXPECT_EQ(same.Field("ETag"), "\"h2\"");
  EXPECT_EQ(Get("/favicon.svg", {{"If-None-Match", "\"h1\""}}).status, 200);
}

TEST_F(PagesTest, KnowsNoOtherFile) {
  for (const char* path : {"/assets/x.js", "/assets/../index.html", "/assets/", "/index.html"}) {
    EXPECT_NE(Get(path).status, 200) << path;
  }
}

TEST_F(PagesTest, GivesTheIconWhereBrowsersLookForIt) {
  const FakeAnswer answer = Get("/favicon.ico");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "<svg/>");
  EXPECT_EQ(answer.Field("Content-Type"), "image/svg+xml; charset=utf-8");
}

TEST_F(PagesTest, GivesTheDocumentToABrowserThatIsLost) {
  router_.SetRefusal([this](http::Exchange& exchange, int /*status*/, const std::string&) {
    return pages_.ServeNotFound(exchange);
  });
  const FakeAnswer answer = Get("/nope", {{"Accept", "text/html"}});
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.body, "<!doctype html>");
  EXPECT_EQ(answer.Field("Cache-Control"), "no-store");
  EXPECT_EQ(answer.Field("Content-Security-Policy"), kPagePolicy);
  EXPECT_EQ(answer.Field("Content-Type"), "text/html; charset=utf-8");
}

TEST_F(PagesTest, NobodyElseIsGivenTheDocumentInPlaceOfAnError) {
  const auto answers = [](const Pages& pages, std::string method, std::string accept) {
    const FakeExchange exchange{{.method = std::move(method),
                                 .target = "/nope",
                                 .fields = {{"Accept", std::move(accept)}}}};
    return pages.AnswersNotFound(exchange.head());
  };
  EXPECT_TRUE(answers(pages_, "GET", "text/html"));
  EXPECT_TRUE(answers(pages_, "HEAD", "text/html"));
  EXPECT_FALSE(answers(pages_, "POST", "text/html"));
  EXPECT_FALSE(answers(pages_, "GET", "*/*"));
  EXPECT_FALSE(answers(Pages{{}}, "GET", "text/html"));
}

TEST_F(PagesTest, WithoutPagesSaysHowToGetThem) {
  const Pages none{{}};
  http::Router router;
  none.AddRoutes(router);
  const FakeAnswer answer = Ask(router, {.target = "/settings/security"});
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, testing::HasSubstr("LATCHKEY_PAGES=ON"));
  EXPECT_FALSE(none.built());
}

TEST(BuiltPagesTest, AreAWholeIfThereAreAny) {
  for (const PageFile& file : BuiltPages()) {
    EXPECT_FALSE(file.path.empty());
    EXPECT_EQ(file.hash.size(), 24U);
  }
  EXPECT_EQ(Pages{BuiltPages()}.built(), !BuiltPages().empty());
}

}  // namespace
}  // namespace latchkey::web
