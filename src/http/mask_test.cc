#include "http/mask.h"

#include <gtest/gtest.h>

#include <string>

namespace latchkey::http {
namespace {

TEST(MaskCredentials, CutsWhateverFollowsAPrefix) {
  EXPECT_EQ(MaskCredentials("/u/lkat_9fK2mQ7LwXc/x"), "/u/lkat_***/x");
  EXPECT_EQ(MaskCredentials("acmeap_x"), "acmeap_***");
  EXPECT_EQ(MaskCredentials("LKAT_9fK2"), "LKAT_***");
  EXPECT_EQ(MaskCredentials("a=lkap_1&b=lkat_2"), "a=lkap_***&b=lkat_***");
  EXPECT_EQ(MaskCredentials("xx_lkat_abc"), "xx_lkat_***");
  EXPECT_EQ(MaskCredentials("lkat_"), "lkat_");
  EXPECT_EQ(MaskCredentials("lkat"), "lkat");
  EXPECT_EQ(MaskCredentials(""), "");
}

TEST(MaskCredentials, LeavesOtherTextsAlone) {
  for (const std::string text : {"/api/v1/tokens/9fK2mQ7LwXc", "/a_b/at_x", "snake_case_name"}) {
    EXPECT_EQ(MaskCredentials(text), text);
  }
}

TEST(MaskCredentials, CutsLongRunsThatAreNoCommits) {
  const std::string commit = "da39a3ee5e6b4b0d3255bfef95601890afd80709";
  EXPECT_EQ(MaskCredentials("/commit/" + commit), "/commit/" + commit);
  EXPECT_EQ(MaskCredentials("/x/0d1e2F3g4H5i6J7k8L9mZ1WonnNa"), "/x/***");
  EXPECT_EQ(MaskCredentials(std::string(27, 'Z')), std::string(27, 'Z'));
  EXPECT_EQ(MaskCredentials(std::string(28, 'Z')), "***");
}

TEST(LoggedPath, HasNoQueryAndNoDisguise) {
  EXPECT_EQ(LoggedPath("/a?token=lkat_x"), "/a");
  EXPECT_EQ(LoggedPath("/lk%61t_%78yz"), "/lkat_***");
  EXPECT_EQ(LoggedPath("/lk%2561t_xyz"), "/lkat_***");
  EXPECT_EQ(LoggedPath("/a%0ab"), "/a\\x0ab");
  EXPECT_LE(LoggedPath("/" + std::string(5000, '-')).size(), 600U);
}

}  // namespace
}  // namespace latchkey::http
