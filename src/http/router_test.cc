#include "http/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/target.h"

namespace latchkey::http {
namespace {

using testing::ElementsAre;

class RouterTest : public testing::Test {
 protected:
  void Add(std::string_view method, std::string_view pattern) {
    router_.Add(method, pattern, [](Exchange&, const RouteParams&) { return Nothing(); });
  }
  static Awaitable<void> Nothing() { co_return; }

  Router::Match Find(std::string_view method, std::string_view target) {
    return router_.Find(method, ParseTarget(target)->segments);
  }

  Router router_;
};

TEST_F(RouterTest, LiteralsWinOverNamesAndTheseOverTails) {
  Add("GET", "/t/{id}");
  Add("GET", "/t/me");
  Add("GET", "/t/{rest...}");
  EXPECT_EQ(Find("GET", "/t/me").params["id"], "");
  EXPECT_EQ(Find("GET", "/t/x").params["id"], "x");
  const Router::Match match = Find("GET", "/t/x/y");
  EXPECT_EQ(match.params["rest"], "x/y");
  EXPECT_THAT(match.params.tail(), ElementsAre("x", "y"));
}

TEST_F(RouterTest, GoesBackWhereALiteralLeadsNowhere) {
  Add("GET", "/{w}/{r}/src");
  Add("GET", "/a/b");
  const Router::Match match = Find("GET", "/a/c/src");
  ASSERT_NE(match.action, nullptr);
  EXPECT_EQ(match.params["w"], "a");
  EXPECT_EQ(match.params["r"], "c");
  const Router::Match other = Find("GET", "/a/b/src");
  EXPECT_EQ(other.params["r"], "b");
}

TEST_F(RouterTest, NamesBelongToTheMethodsOwnPattern) {
  Add("GET", "/t/{id}");
  Add("DELETE", "/t/{token}");
  EXPECT_EQ(Find("GET", "/t/1").params["id"], "1");
  EXPECT_EQ(Find("DELETE", "/t/1").params["token"], "1");
  EXPECT_EQ(Find("DELETE", "/t/1").params["id"], "");
}

TEST_F(RouterTest, TellsUnknownPathsFromUnknownMethods) {
  Add("GET", "/a");
  Add("POST", "/a");
  EXPECT_EQ(Find("GET", "/b").allow, "");
  EXPECT_EQ(Find("GET", "/").allow, "");
  const Router::Match match = Find("DELETE", "/a");
  EXPECT_EQ(match.action, nullptr);
  EXPECT_EQ(match.allow, "GET, HEAD, POST");
}

TEST_F(RouterTest, HeadIsServedByGet) {
  Add("GET", "/a");
  Add("POST", "/b");
  EXPECT_NE(Find("HEAD", "/a").action, nullptr);
  EXPECT_EQ(Find("HEAD", "/b").action, nullptr);
  EXPECT_EQ(Find("HEAD", "/b").allow, "POST");
}

TEST_F(RouterTest, OneSlashAtTheEndMakesNoDifference) {
  Add("GET", "/a");
  Add("GET", "/b/");
  Add("GET", "/t/{id}");
  Add("GET", "/");
  EXPECT_NE(Find("GET", "/a/").action, nullptr);
  EXPECT_NE(Find("GET", "/b").action, nullptr);
  EXPECT_NE(Find("GET", "/").action, nullptr);
  EXPECT_EQ(Find("GET", "/t/1/").params["id"], "1");
  EXPECT_EQ(Find("GET", "/t/").action, nullptr);
}

TEST_F(RouterTest, ATailHasOneSegmentAtLeastAndKeepsItsLastSlash) {
  Add("GET", "/src/{path...}");
  EXPECT_EQ(Find("GET", "/src").action, nullptr);
  EXPECT_EQ(Find("GET", "/src/").action, nullptr);
  EXPECT_EQ(Find("GET", "/src/a/").params["path"], "a/");
}

TEST_F(RouterTest, LettersHaveTheirCase) {
  Add("GET", "/admin");
  EXPECT_EQ(Find("GET", "/ADMIN").action, nullptr);
  EXPECT_EQ(Find("get", "/admin").action, nullptr);
  EXPECT_NE(Find("GET", "/%61dmin").action, nullptr);
}

}  // namespace
}  // namespace latchkey::http
