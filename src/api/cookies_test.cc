#include "api/cookies.h"

#include <gtest/gtest.h>

#include <string>

namespace latchkey::api {
namespace {

std::string Find(std::vector<std::string> lines, std::string_view name = kSessionCookie) {
  http::Fields fields;
  for (std::string& line : lines) fields.Add("cookie", std::move(line));
  return std::string{FindCookie(fields, name)};
}

TEST(FindCookieTest, FindsTheOneOfThatName) {
  EXPECT_EQ(Find({"__Host-latchkey-session=a.b"}), "a.b");
  EXPECT_EQ(Find({"x=1; __Host-latchkey-session=a.b;y=2"}), "a.b");
  EXPECT_EQ(Find({"x=1", "__Host-latchkey-session=a=b"}), "a=b");
}

TEST(FindCookieTest, TakesNoOther) {
  EXPECT_EQ(Find({}), "");
  EXPECT_EQ(Find({"__host-latchkey-session=a"}), "");
  EXPECT_EQ(Find({"latchkey-session=a; x__Host-latchkey-session=a; __Host-latchkey-session"}), "");
}

TEST(FindCookieTest, BelievesNoneOfTwo) {
  EXPECT_EQ(Find({"__Host-latchkey-session=a; __Host-latchkey-session=b"}), "");
  EXPECT_EQ(Find({"__Host-latchkey-session=a", "__Host-latchkey-session=a"}), "");
}

TEST(SetCookieTest, IsOutOfReachOfScriptsAndOtherSites) {
  http::Fields fields;
  SetCookie(fields, {.name = kSessionCookie, .value = "a.b"});
  EXPECT_EQ(fields.Find("Set-Cookie"),
            "__Host-latchkey-session=a.b; Path=/; Secure; HttpOnly; SameSite=Strict");
  SetCookie(fields, {.name = kOidcCookie,
                     .value = "c",
                     .max_age = std::chrono::minutes{10},
                     .same_site = SameSite::kLax});
  EXPECT_EQ(fields.lines().back().second,
            "__Host-latchkey-oidc=c; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age=600");
  ClearCookie(fields, kAttemptCookie);
  EXPECT_EQ(fields.lines().back().second,
            "__Host-latchkey-attempt=; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=0");
  EXPECT_EQ(fields.Count("Set-Cookie"), 3U);
}

}  // namespace
}  // namespace latchkey::api
