#include "base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "testing/matchers.h"

namespace latchkey {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using enum Error::Code;

struct Utf8Case {
  const char* name;
  std::string_view text;
  bool valid;
};

class Utf8 : public ::testing::TestWithParam<Utf8Case> {};

TEST_P(Utf8, IsToldFromOtherBytes) {
  EXPECT_EQ(IsUtf8(GetParam().text), GetParam().valid);
  // What stands around it changes nothing.
  const std::string within = "a" + std::string{GetParam().text} + "z";
  EXPECT_EQ(IsUtf8(within), GetParam().valid);
}

INSTANTIATE_TEST_SUITE_P(
    All, Utf8,
    ::testing::Values(
        Utf8Case{"Empty", "", true}, Utf8Case{"Ascii", "plain", true},
        Utf8Case{"Zero", {"\0", 1}, true}, Utf8Case{"LastOfOneByte", "\x7F", true},
        Utf8Case{"LoneContinuation", "\x80", false}, Utf8Case{"OverlongOfTwo", "\xC1\xBF", false},
        Utf8Case{"OverlongSlash", "\xC0\xAF", false}, Utf8Case{"FirstOfTwo", "\xC2\x80", true},
        Utf8Case{"LastOfTwo", "\xDF\xBF", true}, Utf8Case{"CutAfterOneOfTwo", "\xDF", false},
        Utf8Case{"SecondIsNoContinuation", "\xC3\x28", false},
        Utf8Case{"OverlongOfThree", "\xE0\x9F\xBF", false},
        Utf8Case{"FirstOfThree", "\xE0\xA0\x80", true},
        Utf8Case{"BeforeTheSurrogates", "\xED\x9F\xBF", true},
        Utf8Case{"FirstSurrogate", "\xED\xA0\x80", false},
        Utf8Case{"LastSurrogate", "\xED\xBF\xBF", false},
        Utf8Case{"AfterTheSurrogates", "\xEE\x80\x80", true},
        Utf8Case{"LastOfThree", "\xEF\xBF\xBF", true},
        Utf8Case{"CutAfterTwoOfThree", "\xE2\x82", false},
        Utf8Case{"OverlongOfFour", "\xF0\x8F\xBF\xBF", false},
        Utf8Case{"FirstOfFour", "\xF0\x90\x80\x80", true},
        Utf8Case{"LastCodePoint", "\xF4\x8F\xBF\xBF", true},
        Utf8Case{"AboveTheLastCodePoint", "\xF4\x90\x80\x80", false},
        Utf8Case{"FiveBytes", "\xF8\x88\x80\x80\x80", false}, Utf8Case{"ByteFE", "\xFE", false},
        Utf8Case{"ByteFF", "\xFF", false}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(FoldAsciiTest, FoldsTheLettersAToZAlone) {
  for (int byte = 0; byte < 256; ++byte) {
    const char c = static_cast<char>(byte);
    const bool upper = c >= 'A' && c <= 'Z';
    const char want = upper ? static_cast<char>(byte + 32) : c;
    EXPECT_EQ(FoldAscii(std::string(1, c)), std::string(1, want)) << byte;
  }
}

TEST(FoldAsciiTest, NoOtherLetterBecomesAnAsciiOne) {
  EXPECT_EQ(FoldAscii("İ"), "İ");            // A dotted capital I.
  EXPECT_EQ(FoldAscii("\u212A"), "\u212A");  // The Kelvin sign is not a k.
  EXPECT_EQ(FoldAscii("ÄÖ"), "ÄÖ");
}

TEST(EqualsIgnoringCaseTest, ComparesWholeTexts) {
  EXPECT_TRUE(EqualsIgnoringCase("", ""));
  EXPECT_TRUE(EqualsIgnoringCase("Ana@Example.COM", "ana@example.com"));
  EXPECT_FALSE(EqualsIgnoringCase("ana", "anna"));
  EXPECT_FALSE(EqualsIgnoringCase("ana", "ana "));
  EXPECT_FALSE(EqualsIgnoringCase(std::string_view{"ana\0", 4}, "ana"));
  EXPECT_FALSE(EqualsIgnoringCase("ä", "Ä"));
  // Bytes 32 apart that are no letters.
  EXPECT_FALSE(EqualsIgnoringCase("@", "`"));
  EXPECT_FALSE(EqualsIgnoringCase("[", "{"));
}

TEST(ValidateDisplayTextTest, AcceptsWhatPeopleWrite) {
  for (const std::string_view text :
       {"CI deploy", "x", "café", "cafe\u0301", "日本語", "release 🚀", "<b>bold</b>",
        "x'); DROP TABLE tokens;--", "=1+1", "a\u00A0b", " leading", "100%"}) {
    EXPECT_THAT(ValidateDisplayText("the name", text, 64), IsOk()) << text;
  }
}

TEST(ValidateDisplayTextTest, CountsBytesOnBothSidesOfTheLimit) {
  EXPECT_THAT(ValidateDisplayText("the name", std::string(64, 'n'), 64), IsOk());
  EXPECT_THAT(ValidateDisplayText("the name", std::string(65, 'n'), 64),
              FailsWith(kInvalidArgument, HasSubstr("the name is 65 bytes long")));
  EXPECT_THAT(ValidateDisplayText("the name", "ééé", 6), IsOk());
  EXPECT_THAT(ValidateDisplayText("the name", "ééé", 5), FailsWith(kInvalidArgument));
}

TEST(ValidateDisplayTextTest, RefusesTextThatShowsNothing) {
  for (const std::string_view text :
       {"", " ", "    ", "\u00A0", "\u1680", "\u2000\u200A", "\u202F", "\u205F", "\u3000", "\u3164",
        "\uFFA0\u115F\u1160", "\u2800 \u2800", "\u034F\uFE0F"}) {
    EXPECT_THAT(ValidateDisplayText("the name", text, 64),
                FailsWith(kInvalidArgument, HasSubstr("empty")));
  }
}

TEST(ValidateDisplayTextTest, RefusesIllFormedBytes) {
  EXPECT_THAT(ValidateDisplayText("the name", "caf\xE9", 64),
              FailsWith(kInvalidArgument, HasSubstr("UTF-8")));
}

std::string Encoded(char32_t code_point) {
  const auto byte = [](char32_t value) {
    return static_cast<char>(static_cast<unsigned char>(value));
  };
  if (code_point < 0x80) return {byte(code_point)};
  if (code_point < 0x800) return {byte(0xC0 | (code_point >> 6)), byte(0x80 | (code_point & 0x3F))};
  if (code_point < 0x10000) {
    return {byte(0xE0 | (code_point >> 12)), byte(0x80 | ((code_point >> 6) & 0x3F)),
            byte(0x80 | (code_point & 0x3F))};
  }
  return {byte(0xF0 | (code_point >> 18)), byte(0x80 | ((code_point >> 12) & 0x3F)),
          byte(0x80 | ((code_point >> 6) & 0x3F)), byte(0x80 | (code_point & 0x3F))};
}

TEST(ValidateDisplayTextTest, RefusesEachControlAndInvisibleCharacter) {
  struct Range {
    char32_t first;
    char32_t last;
  };
  for (const auto& [first, last] :
       {Range{0x00, 0x1F}, Range{0x7F, 0x9F}, Range{0xAD, 0xAD}, Range{0x61C, 0x61C},
        Range{0x180E, 0x180E}, Range{0x200B, 0x200F}, Range{0x2028, 0x202E}, Range{0x2060, 0x206F},
        Range{0xFEFF, 0xFEFF}, Range{0xFFF9, 0xFFFB}, Range{0xE0001, 0xE007F}}) {
    for (char32_t c = first; c <= last; ++c) {
      const std::string text = "a" + Encoded(c) + "b";
      EXPECT_THAT(ValidateDisplayText("the name", text, 64),
                  FailsWith(kInvalidArgument, HasSubstr("control or invisible")))
          << std::hex << static_cast<std::uint32_t>(c);
    }
  }
}

TEST(ValidateDisplayTextTest, AcceptsTheNeighboursOfRefusedCharacters) {
  for (const char32_t c :
       {0x20U, 0x7EU, 0xA0U, 0xACU, 0xAEU, 0x200AU, 0x2010U, 0x2027U, 0x202FU, 0x205FU, 0x2070U,
        0xFEFEU, 0xFF00U, 0xFFF8U, 0xFFFCU, 0xDFFFFU, 0xE0080U}) {
    EXPECT_THAT(ValidateDisplayText("the name", "a" + Encoded(c) + "b", 64), IsOk())
        << std::hex << static_cast<std::uint32_t>(c);
  }
}

TEST(ValidateDisplayTextTest, NeverQuotesTheText) {
  const Result<void> result = ValidateDisplayText("the name", "pass\x1bword", 64);
  ASSERT_FALSE(result.has_value());
  EXPECT_THAT(Describe(result.error()), ::testing::Not(HasSubstr("pass")));
}

TEST(EscapeForTerminalTest, WritesWhatATerminalWouldObey) {
  EXPECT_EQ(EscapeForTerminal("plain é 日"), "plain é 日");
  EXPECT_EQ(EscapeForTerminal("\x1b]0;pwn\x07\x1b[2J"), "\\x1b]0;pwn\\x07\\x1b[2J");
  EXPECT_EQ(EscapeForTerminal("ok\r\nlevel=info"), "ok\\x0d\\x0alevel=info");
  EXPECT_EQ(EscapeForTerminal(std::string_view{"a\0b", 3}), "a\\x00b");
  EXPECT_EQ(EscapeForTerminal("\u202Eevil"), "\\xe2\\x80\\xaeevil");
  EXPECT_EQ(EscapeForTerminal("\xC0\xAF"), "\\xc0\\xaf");
  EXPECT_EQ(EscapeForTerminal("caf\xE9!"), "caf\\xe9!");
  EXPECT_EQ(EscapeForTerminal(""), "");
}

TEST(EscapeForTerminalTest, CutsAfterTheLimitAndSaysSo) {
  EXPECT_EQ(EscapeForTerminal("12345", 5), "12345");
  EXPECT_EQ(EscapeForTerminal("123456", 5), "12345...");
  EXPECT_EQ(EscapeForTerminal(std::string(512, 'a')).size(), 512U);
  EXPECT_EQ(EscapeForTerminal(std::string(513, 'a')).size(), 515U);
  // A character is never cut in half.
  EXPECT_TRUE(IsUtf8(EscapeForTerminal("aaaa日本", 5)));
}

TEST(EscapeMarkupTest, LeavesNothingThatMarksUp) {
  EXPECT_EQ(EscapeMarkup("<img src=\"x\" onerror='alert(1)'> & more"),
            "&lt;img src=&quot;x&quot; onerror=&#39;alert(1)&#39;&gt; &amp; more");
  EXPECT_EQ(EscapeMarkup("&lt;"), "&amp;lt;");
  EXPECT_EQ(EscapeMarkup("caf\xC3\xA9 /;=`"), "caf\xC3\xA9 /;=`");
  EXPECT_EQ(EscapeMarkup(""), "");
}

TEST(NearestNamesTest, OffersWhatAPersonMightHaveMeant) {
  const std::vector<std::string> names{"read:repository:bitbucket", "write:repository:bitbucket",
                                       "read:pullrequest:bitbucket", "email"};
  EXPECT_THAT(NearestNames("read:repositry:bitbucket", names, 1),
              ElementsAre("read:repository:bitbucket"));
  EXPECT_THAT(NearestNames("EMAIL", names), ElementsAre("email"));
  EXPECT_THAT(NearestNames("emial", names), ElementsAre("email"));
  EXPECT_THAT(NearestNames("xyzzy", names), IsEmpty());
}

TEST(NearestNamesTest, PutsTheNearestFirstAndNoMoreThanAsked) {
  const std::vector<std::string> names{"abcdzz", "abcdez", "abcdef"};
  EXPECT_THAT(NearestNames("abcdef", names), ElementsAre("abcdef", "abcdez", "abcdzz"));
  EXPECT_THAT(NearestNames("abcdef", names, 2), ElementsAre("abcdef", "abcdez"));
  EXPECT_THAT(NearestNames("abcdef", names, 0), IsEmpty());
}

TEST(NearestNamesTest, HalfOfTheCharactersMayDiffer) {
  EXPECT_THAT(NearestNames("abxx", {"abcd"}), ElementsAre("abcd"));
  EXPECT_THAT(NearestNames("axxx", {"abcd"}), IsEmpty());
}

TEST(NearestNamesTest, DoesNotSearchForLongTexts) {
  const std::string name(64, 'n');
  EXPECT_THAT(NearestNames(name, {name}), ElementsAre(name));
  EXPECT_THAT(NearestNames(name + "n", {name}), IsEmpty());
}

TEST(JoinNamesTest, WritesAList) {
  EXPECT_EQ(JoinNames({}), "");
  EXPECT_EQ(JoinNames({"a"}), "a");
  EXPECT_EQ(JoinNames({"a", "b"}), "a and b");
  EXPECT_EQ(JoinNames({"a", "b", "c"}), "a, b and c");
}

TEST(NearestNamesTest, AnAbbreviationIsNearest) {
  const std::vector<std::string> known{"read:test:bitbucket", "read:user:bitbucket",
                                       "read:repository:bitbucket"};
  EXPECT_EQ(NearestNames("read:repo:bitbucket", known).front(), "read:repository:bitbucket");
  EXPECT_EQ(NearestNames("read:user:bitbucket:x", known).front(), "read:user:bitbucket");
}

}  // namespace
}  // namespace latchkey
