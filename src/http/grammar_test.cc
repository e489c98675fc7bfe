#include "http/grammar.h"

#include <gtest/gtest.h>

#include <string>

namespace latchkey::http {
namespace {

TEST(GrammarTest, Tokens) {
  EXPECT_TRUE(IsToken("X-Request-Id"));
  EXPECT_TRUE(IsToken("!#$%&'*+-.^_`|~09azAZ"));
  for (const std::string& text :
       {std::string{}, std::string{"a b"}, std::string{"a:"}, std::string{"a(b)"},
        std::string{"\xe4"}, std::string("a\0", 2)}) {
    EXPECT_FALSE(IsToken(text)) << text;
  }
}

TEST(GrammarTest, FieldValues) {
  EXPECT_TRUE(IsFieldValue(""));
  EXPECT_TRUE(IsFieldValue("a \t~\x80\xff"));
  for (const char byte : {'\0', '\x01', '\r', '\n', '\x0b', '\x1f', '\x7f'}) {
    EXPECT_FALSE(IsFieldValue(std::string{"a"} + byte)) << static_cast<int>(byte);
  }
}

// Values are looked at by the word: every byte must be seen wherever it stands in one.
TEST(GrammarTest, FieldValuesOfEveryLengthAndByte) {
  for (std::size_t size = 1; size <= 20; ++size) {
    for (std::size_t at = 0; at < size; ++at) {
      for (int byte = 0; byte < 256; ++byte) {
        std::string value(size, '\x80');
        value[at] = static_cast<char>(static_cast<unsigned char>(byte));
        const bool good = (byte >= ' ' && byte != 0x7f) || byte == '\t';
        ASSERT_EQ(IsFieldValue(value), good) << size << " " << at << " " << byte;
      }
    }
  }
}

TEST(GrammarTest, OnlySpaceAndTabAreTrimmed) {
  EXPECT_EQ(TrimSpace(" \ta b\t "), "a b");
  EXPECT_EQ(TrimSpace(" \t"), "");
  EXPECT_EQ(TrimSpace("\xa0x\x0b"), "\xa0x\x0b");
}

}  // namespace
}  // namespace latchkey::http
