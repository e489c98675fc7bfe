#include "http/percent.h"

#include <gtest/gtest.h>

namespace latchkey::http {
namespace {

TEST(PercentDecode, DecodesBothLetterCases) {
  EXPECT_EQ(PercentDecode("a%2Fb%2fc"), "a/b/c");
  EXPECT_EQ(PercentDecode("%00"), std::string(1, '\0'));
  EXPECT_EQ(PercentDecode("%ff"), "\xff");
  EXPECT_EQ(PercentDecode(""), "");
}

TEST(PercentDecode, DecodesOnce) { EXPECT_EQ(PercentDecode("%252e"), "%2e"); }

TEST(PercentDecode, RefusesBrokenEscapes) {
  for (const char* text : {"%", "%2", "a%", "%g0", "%0g", "%-1", "% 1", "%%41"}) {
    EXPECT_FALSE(PercentDecode(text).has_value()) << text;
  }
}

TEST(PercentDecodeLeniently, KeepsBrokenEscapes) {
  EXPECT_EQ(PercentDecodeLeniently("%4"), "%4");
  EXPECT_EQ(PercentDecodeLeniently("%zz%41"), "%zzA");
  EXPECT_EQ(PercentDecodeLeniently("%"), "%");
}

}  // namespace
}  // namespace latchkey::http
