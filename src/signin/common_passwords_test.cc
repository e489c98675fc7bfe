#include "signin/common_passwords.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string_view>

#include "signin/embedded.h"

namespace latchkey {
namespace {

TEST(CommonPasswordsTest, KnowsThemInAnyLetterCaseAndWholeAlone) {
  for (const char* common : {"123456", "password", "PASSWORD", "qwertyuiop", "zxcvbnm"}) {
    EXPECT_TRUE(IsCommonPassword(common)) << common;
  }
  for (const char* other : {"", "\n", "password\n123456", "correct horse battery staple"}) {
    EXPECT_FALSE(IsCommonPassword(other)) << other;
  }
}

TEST(CommonPasswordsTest, TheListIsLong) {
  EXPECT_GT(std::ranges::count(signin::kCommonPasswordsTxt, '\n'), 10'000);
}

TEST(CommonPasswordsTest, FindsTheFirstAndTheLastOfTheList) {
  const std::string_view list = signin::kCommonPasswordsTxt;
  EXPECT_TRUE(IsCommonPassword(list.substr(0, list.find('\n'))));
  const std::string_view most = list.substr(0, list.size() - 1);
  EXPECT_TRUE(IsCommonPassword(most.substr(most.rfind('\n') + 1)));
}

}  // namespace
}  // namespace latchkey
