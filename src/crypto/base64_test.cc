#include "crypto/base64.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

#include "testing/matchers.h"

namespace latchkey {
namespace {

using enum Error::Code;

struct Base64Case {
  const char* name;
  std::string bytes;
  std::string text;
};

class Base64Pairs : public ::testing::TestWithParam<Base64Case> {};

TEST_P(Base64Pairs, EncodeAndDecodeToEachOther) {
  EXPECT_EQ(EncodeBase64(GetParam().bytes).Expose(), GetParam().text);
  const Result<SecretString> decoded = DecodeBase64(GetParam().text);
  ASSERT_THAT(decoded, IsOk());
  EXPECT_EQ(decoded->Expose(), GetParam().bytes);
}

INSTANTIATE_TEST_SUITE_P(Rfc4648Section10, Base64Pairs,
                         ::testing::Values(Base64Case{"Empty", "", ""},
                                           Base64Case{"f", "f", "Zg=="},
                                           Base64Case{"fo", "fo", "Zm8="},
                                           Base64Case{"foo", "foo", "Zm9v"},
                                           Base64Case{"foob", "foob", "Zm9vYg=="},
                                           Base64Case{"fooba", "fooba", "Zm9vYmE="},
                                           Base64Case{"foobar", "foobar", "Zm9vYmFy"}),
                         [](const auto& test_case) { return std::string{test_case.param.name}; });

INSTANTIATE_TEST_SUITE_P(
    Others, Base64Pairs,
    ::testing::Values(Base64Case{"WholeAlphabetEnds", "\xfb\xff\xbf", "+/+/"},
                      Base64Case{"Zeros", std::string(3, '\0'), "AAAA"},
                      Base64Case{"OneZero", std::string(1, '\0'), "AA=="},
                      Base64Case{
                          "UserAndSecret", "MFahad1667:BNBBrNcYNWXAVxgLD3rD9LjcHcZVD5D5D4C4",
                          "TUZhaGFkMTY2NzpCTkJCck5jWU5XWEFWeGdMRDNyRDlMamNIY1pWRDVENUQ0QzQ="}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(Base64Test, WritesOneLineHoweverLong) {
  for (const std::size_t size : {57U, 58U, 76U, 192U, 230U, 10000U}) {
    const std::string bytes(size, 's');
    const SecretString text = EncodeBase64(bytes);
    EXPECT_EQ(text.size(), (size + 2) / 3 * 4);
    EXPECT_FALSE(text.Expose().contains('\n')) << size;
    const Result<SecretString> decoded = DecodeBase64(text.Expose());
    ASSERT_THAT(decoded, IsOk());
    EXPECT_EQ(decoded->Expose(), bytes);
  }
}

TEST(Base64Test, KeepsEveryByte) {
  for (int byte = 0; byte < 256; ++byte) {
    for (const std::string& bytes :
         {std::string(1, static_cast<char>(byte)), std::string(2, static_cast<char>(byte)),
          std::string(3, static_cast<char>(byte))}) {
      const Result<SecretString> decoded = DecodeBase64(EncodeBase64(bytes).Expose());
      ASSERT_THAT(decoded, IsOk());
      EXPECT_EQ(decoded->Expose(), bytes) << byte;
    }
  }
}

struct RejectCase {
  const char* name;
  std::string text;
};

class Base64Rejects : public ::testing::TestWithParam<RejectCase> {};

TEST_P(Base64Rejects, AnythingItWouldNotHaveWritten) {
  EXPECT_THAT(DecodeBase64(GetParam().text), FailsWith(kMalformed));
}

INSTANTIATE_TEST_SUITE_P(
    All, Base64Rejects,
    ::testing::Values(
        RejectCase{"OneCharacter", "Y"}, RejectCase{"TwoWithoutPadding", "Zg"},
        RejectCase{"ThreeWithoutPadding", "Zm8"}, RejectCase{"HalfOfThePadding", "Zg="},
        RejectCase{"OnePaddingTooMany", "Zg==="}, RejectCase{"BlockOfPaddingTooMany", "Zg======"},
        RejectCase{"PaddingAfterAWholeBlock", "Zm9v===="},
        RejectCase{"PaddingOfTwoForThree", "Zm8=="}, RejectCase{"PaddingAlone", "===="},
        RejectCase{"OnePaddingAlone", "="}, RejectCase{"ThreePaddings", "Z==="},
        RejectCase{"PaddingInTheMiddle", "Zg==Zm9v"}, RejectCase{"PaddingAtTheStart", "=Zm9"},
        RejectCase{"PaddingInsideABlock", "Zg=v"}, RejectCase{"StrayBitsOfTwo", "Zh=="},
        RejectCase{"AllStrayBitsOfTwo", "Zv=="}, RejectCase{"StrayBitsOfThree", "Zm9="},
        RejectCase{"AllStrayBitsOfThree", "Zm+="}, RejectCase{"UrlSafeMinus", "-_-_"},
        RejectCase{"UrlSafeUnderscore", "Zm9_"}, RejectCase{"LeadingSpace", " Zm9v"},
        RejectCase{"TrailingSpace", "Zm9v "}, RejectCase{"TrailingLineBreak", "Zm9v\n"},
        RejectCase{"CarriageReturn", "Zm9v\r\n"}, RejectCase{"LineBreakInside", "Zm9v\nYmFy"},
        RejectCase{"FoldedInside", "Zm9v\r\n YmFy"}, RejectCase{"TabInside", "Zm9v\tYmFy"},
        RejectCase{"Percent", "Zg%3D"}, RejectCase{"Star", "Zm9*"}, RejectCase{"Colon", "Zm:v"},
        RejectCase{"Quoted", "\"Zm9v\""}, RejectCase{"ZeroInside", std::string("Zm\0v", 4)},
        RejectCase{"TrailingZero", std::string("Zm9v\0", 5)}, RejectCase{"NotAscii", "Zm9\xC3\xA9"},
        RejectCase{"HighByte", "Zm9\xFF"}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(Base64Test, KnowsExactly64OfAllBytesAtEachPlace) {
  for (std::size_t place = 0; place < 4; ++place) {
    int known = 0;
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = "AAAA";
      text[place] = static_cast<char>(byte);
      const Result<SecretString> decoded = DecodeBase64(text);
      if (!decoded) continue;
      ++known;
      EXPECT_EQ(EncodeBase64(decoded->Expose()).Expose(), text) << "byte " << byte;
    }
    // In the last place a padding is the 65th.
    EXPECT_EQ(known, place == 3 ? 65 : 64) << "place " << place;
  }
}

TEST(Base64Test, HasOneSpellingForEachTextOfFourCharacters) {
  // Every last character of a padded block: only those without stray bits decode.
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  int one_byte = 0;
  int two_bytes = 0;
  for (const char c : kAlphabet) {
    one_byte += DecodeBase64(std::string{"Z"} + c + "==").has_value() ? 1 : 0;
    two_bytes += DecodeBase64(std::string{"Zm"} + c + "=").has_value() ? 1 : 0;
  }
  EXPECT_EQ(one_byte, 4);    // Two of six bits are used.
  EXPECT_EQ(two_bytes, 16);  // Four of six.
}

TEST(Base64Test, NeverQuotesTheText) {
  const Result<SecretString> decoded = DecodeBase64("c2VjcmV0*");
  ASSERT_FALSE(decoded.has_value());
  EXPECT_FALSE(Describe(decoded.error()).contains("c2Vj"));
}

/// What the fast decoder makes of it, as the slow one would say it.
std::optional<std::string> DecodeFast(std::string_view text) {
  std::string bytes(DecodedBase64SizeMax(text.size()), '\0');
  const std::optional<std::size_t> size = DecodeBase64Fast(text, bytes);
  if (!size) return std::nullopt;
  bytes.resize(*size);
  return bytes;
}

std::optional<std::string> DecodeSlowly(std::string_view text) {
  const Result<SecretString> decoded = DecodeBase64(text);
  if (!decoded) return std::nullopt;
  return std::string{decoded->Expose()};
}

TEST(DecodeBase64FastTest, AnswersAsTheSlowOneForEveryEndOfFour) {
  // All texts of four characters from an alphabet of each kind of character there is, alone and
  // behind four good ones.
  constexpr std::string_view kCharacters{"ABQgwz09+/=-_ \n\0\x80\xAF\xFF", 19};
  std::string text(4, 'A');
  std::size_t accepted = 0;
  for (const char a : kCharacters) {
    for (const char b : kCharacters) {
      for (const char c : kCharacters) {
        for (const char d : kCharacters) {
          text = {a, b, c, d};
          ASSERT_EQ(DecodeFast(text), DecodeSlowly(text)) << testing::PrintToString(text);
          ASSERT_EQ(DecodeFast("Zm9v" + text), DecodeSlowly("Zm9v" + text));
          ASSERT_EQ(DecodeFast(text + "Zm9v"), DecodeSlowly(text + "Zm9v"));
          accepted += DecodeFast(text) ? 1U : 0U;
        }
      }
    }
  }
  EXPECT_GT(accepted, 10'000U);
}

TEST(DecodeBase64FastTest, AnswersAsTheSlowOneForEveryByteAtEveryPlace) {
  const std::string good{EncodeBase64("x-token-auth:lkat_and-so-on").Expose()};
  for (std::size_t place = 0; place < good.size(); ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = good;
      text[place] = static_cast<char>(byte);
      ASSERT_EQ(DecodeFast(text), DecodeSlowly(text)) << place << " " << byte;
    }
    ASSERT_EQ(DecodeFast(good.substr(0, place)), DecodeSlowly(good.substr(0, place)));
  }
}

TEST(DecodeBase64FastTest, RefusesWhatDoesNotFit) {
  std::string bytes(2, '\0');
  EXPECT_FALSE(DecodeBase64Fast("Zm9v", bytes));
  EXPECT_EQ(DecodeBase64Fast("", {}), 0U);
}

}  // namespace
}  // namespace latchkey
