#include "base/base62.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>
#include <set>
#include <string>

namespace latchkey {
namespace {

std::string Formatted(std::uint64_t value, std::size_t width) {
  std::string text(width, '?');
  FormatBase62(value, text);
  return text;
}

TEST(Base62Test, AlphabetHasEveryDigitAndLetterOnceInByteOrder) {
  EXPECT_EQ(kBase62Alphabet.size(), 62U);
  const std::set<char> characters(kBase62Alphabet.begin(), kBase62Alphabet.end());
  EXPECT_EQ(std::string(characters.begin(), characters.end()), kBase62Alphabet);
}

struct ValueCase {
  std::uint64_t value;
  std::string_view text;
};

class Base62Values : public ::testing::TestWithParam<ValueCase> {};

TEST_P(Base62Values, FormatAndParseToEachOther) {
  const auto& [value, text] = GetParam();
  EXPECT_EQ(Formatted(value, text.size()), text);
  EXPECT_EQ(ParseBase62(text), value);
}

INSTANTIATE_TEST_SUITE_P(
    All, Base62Values,
    ::testing::Values(ValueCase{0, "0"}, ValueCase{0, "000000"}, ValueCase{9, "9"},
                      ValueCase{10, "A"}, ValueCase{35, "Z"}, ValueCase{36, "a"},
                      ValueCase{61, "z"}, ValueCase{62, "10"}, ValueCase{3843, "zz"},
                      ValueCase{3844, "0000100"},
                      ValueCase{std::numeric_limits<std::uint32_t>::max(), "4gfFC3"},
                      ValueCase{std::numeric_limits<std::uint64_t>::max(), "LygHa16AHYF"}));

TEST(Base62Test, ParsesTheGreatestValueAndNothingAboveIt) {
  EXPECT_EQ(ParseBase62("LygHa16AHYF"), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(ParseBase62("LygHa16AHYG"), std::nullopt);
  EXPECT_EQ(ParseBase62("M0000000000"), std::nullopt);
  EXPECT_EQ(ParseBase62("zzzzzzzzzzz"), std::nullopt);
  EXPECT_EQ(ParseBase62("100000000000"), std::nullopt);
  // Leading zeros add no value, however many.
  EXPECT_EQ(ParseBase62("0LygHa16AHYF"), std::numeric_limits<std::uint64_t>::max());
}

TEST(Base62Test, KnowsExactly62OfAllBytes) {
  for (int byte = 0; byte < 256; ++byte) {
    const std::string text(1, static_cast<char>(byte));
    const bool known = kBase62Alphabet.contains(text[0]);
    EXPECT_EQ(IsBase62(text), known) << byte;
    EXPECT_EQ(IsBase62("0" + text + "0"), known) << byte;
    EXPECT_EQ(ParseBase62(text).has_value(), known) << byte;
  }
}

TEST(Base62Test, ATextWithoutCharactersHasNoWrongOne) { EXPECT_TRUE(IsBase62("")); }

}  // namespace
}  // namespace latchkey
