#include "api/next_path.h"

#include <gtest/gtest.h>

namespace latchkey::api {
namespace {

TEST(SafeNextTest, KeepsPathsOfOurPages) {
  for (const char* next : {"/", "/settings/security", "/admin/accounts?q=ana",
                           "/settings/security/api-tokens/new?app=bitbucket&scopes="
                           "read:repository:bitbucket,write:repository:bitbucket",
                           "/settings/security/api-tokens/new?name=CI+one%3A%20two&expires=90"}) {
    EXPECT_EQ(SafeNext(next), next);
  }
}

TEST(SafeNextTest, LeadsNowhereElse) {
  for (const char* next : {"",
                           "settings",
                           "//evil.example",
                           "/\\evil.example",
                           "/\tevil.example",
                           "\\/evil.example",
                           "https:evil.example",
                           "https://evil.example",
                           "javascript:alert(1)",
                           "/%09/evil.example",
                           "/settings?name=%2",
                           "/settings?name=%zz",
                           "/..//evil.example",
                           "/../evil",
                           "evil@host",
                           "/@evil.example",
                           "/\xe3\x80\x82"
                           "evil",
                           "/a\r\nSet-Cookie: x=1",
                           "/a b",
                           "/#//evil.example",
                           "/.evil.example",
                           "/login?next=//evil.example"}) {
    EXPECT_EQ(SafeNext(next), "/") << next;
  }
  EXPECT_EQ(SafeNext("/" + std::string(1024, 'a')), "/");
}

}  // namespace
}  // namespace latchkey::api
