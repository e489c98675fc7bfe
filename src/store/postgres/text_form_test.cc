#include "store/postgres/text_form.h"

#include <gmock/gmock.h>

#include "base/text.h"

namespace latchkey::postgres {
namespace {

using namespace std::string_view_literals;

TEST(TextFormTest, LeavesATextThatPostgresKeepsAsItIs) {
  for (const std::string_view text :
       {""sv, "Ana"sv, "\xC3\xA9\xF0\x9F\x94\x91"sv, "a\n\x01\x7F"sv}) {
    EXPECT_TRUE(IsPlain(text));
    EXPECT_EQ(FormOf(text), text);
    EXPECT_EQ(TextOf(text), text);
  }
}

TEST(TextFormTest, GivesBackEveryOtherText) {
  for (const std::string_view text : {"\0"sv, "a\0b"sv, "\xFF"sv, "A\xC3"sv, "\x1A"sv,
                                      "\x1A"
                                      "ff"sv,
                                      "\xC3\xA9\xFF\n"sv}) {
    const std::string form = FormOf(text);
    EXPECT_FALSE(IsPlain(text));
    EXPECT_TRUE(IsUtf8(form));
    EXPECT_FALSE(form.contains('\0'));
    EXPECT_EQ(TextOf(form), text);
    EXPECT_EQ(FoldAscii(form), FormOf(FoldAscii(text)));
  }
  EXPECT_EQ(FormOf("A\xC3"),
            "A\x1A"
            "c3");
}

TEST(TextFormTest, ReadsWhatSomebodyWroteByHand) {
  EXPECT_EQ(TextOf("a\x1A"), "a\x1A");
  EXPECT_EQ(TextOf("\x1A"
                   "fg\x1A"
                   "0"),
            "\x1A"
            "fg\x1A"
            "0");
}

}  // namespace
}  // namespace latchkey::postgres
