#include "credential/authorization.h"

#include <gtest/gtest.h>

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "credential/credential.h"
#include "crypto/base64.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using std::string_view_literals::operator""sv;
using enum Presented::Form;

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };
static_assert(!Printable<Presented> && Printable<std::string>);
static_assert(!std::is_copy_constructible_v<Presented> && !std::is_copy_assignable_v<Presented>);
static_assert(std::is_move_constructible_v<Presented> && std::is_move_assignable_v<Presented>);

constexpr std::string_view kToken = "lkat_9fK2mQ7LwXcB0d1e2F3g4H5i6J7k8L9mZ1WonnN";

std::string Base64(std::string_view bytes) { return std::string{EncodeBase64(bytes).Expose()}; }
std::string Basic(std::string_view pair) { return "Basic " + Base64(pair); }

struct FormCase {
  const char* name;
  std::string value;
  Presented::Form form;
  std::optional<std::string> user;
  std::string secret;
};

class AuthorizationForms : public ::testing::TestWithParam<FormCase> {};

TEST_P(AuthorizationForms, AreTakenApart) {
  const std::optional<Presented> presented = ParseAuthorization(GetParam().value);
  ASSERT_TRUE(presented.has_value());
  EXPECT_EQ(presented->form, GetParam().form);
  EXPECT_EQ(presented->user, GetParam().user);
  EXPECT_EQ(presented->secret.Expose(), GetParam().secret);
}

const std::string kSecret{kToken};

INSTANTIATE_TEST_SUITE_P(
    Basic, AuthorizationForms,
    ::testing::Values(
        FormCase{"Username", Basic("ana:" + kSecret), kBasic, "ana", kSecret},
        FormCase{"Email", Basic("ana@example.com:" + kSecret), kBasic, "ana@example.com", kSecret},
        FormCase{"TokenUser", Basic("x-token-auth:" + kSecret), kBasic, "x-token-auth", kSecret},
        FormCase{"BitbucketTokenUser", Basic("x-bitbucket-api-token-auth:" + kSecret), kBasic,
                 "x-bitbucket-api-token-auth", kSecret},
        FormCase{"LowerCaseScheme", "basic " + Base64("ana:s"), kBasic, "ana", "s"},
        FormCase{"MixedCaseScheme", "bAsIc " + Base64("ana:s"), kBasic, "ana", "s"},
        FormCase{"ThreeSpaces", "Basic   " + Base64("ana:s"), kBasic, "ana", "s"},
        FormCase{"FirstColonSplits", Basic("ana:a:b:c"), kBasic, "ana", "a:b:c"},
        FormCase{"ColonAsSecret", Basic("ana::"), kBasic, "ana", ":"},
        FormCase{"EmptyUser", Basic(":" + kSecret), kBasic, "", kSecret},
        // Told as it is: what a user part may be is the verifier's to decide, by exact comparison.
        FormCase{"UserInOtherCase", Basic("ANA:s"), kBasic, "ANA", "s"},
        FormCase{"UserWithBlanks", Basic(" ana :s"), kBasic, " ana ", "s"},
        FormCase{"LookAlikeUser", Basic("\u0430dmin:s"), kBasic, "\u0430dmin", "s"},
        // The secret keeps what a shell added, so that it can be answered in plain words.
        FormCase{"LineBreakAfterSecret", Basic("ana:" + kSecret + "\n"), kBasic, "ana",
                 kSecret + "\n"},
        FormCase{"CarriageReturnAfterSecret", Basic("ana:" + kSecret + "\r\n"), kBasic, "ana",
                 kSecret + "\r\n"},
        // What is left of a long one when `base64` broke its line: a whole number of blocks.
        FormCase{"CutAt76Columns", "Basic " + Base64("ana@example.com:" + kSecret).substr(0, 76),
                 kBasic, "ana@example.com", kSecret.substr(0, 41)},
        FormCase{"ZeroInSecret", Basic("ana:a\0b"sv), kBasic, "ana", std::string{"a\0b"sv}},
        FormCase{"LongSecret", Basic("ana:" + std::string(192, 's')), kBasic, "ana",
                 std::string(192, 's')}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

INSTANTIATE_TEST_SUITE_P(SecretAsUser, AuthorizationForms,
                         ::testing::Values(FormCase{"Token", Basic(kSecret + ":"),
                                                    kBasicSecretAsUser, std::nullopt, kSecret},
                                           FormCase{"NothingAtAll", Basic(":"), kBasicSecretAsUser,
                                                    std::nullopt, ""}),
                         [](const auto& test_case) { return std::string{test_case.param.name}; });

INSTANTIATE_TEST_SUITE_P(
    Bearer, AuthorizationForms,
    ::testing::Values(
        FormCase{"Token", "Bearer " + kSecret, kBearer, std::nullopt, kSecret},
        FormCase{"LowerCaseScheme", "bearer " + kSecret, kBearer, std::nullopt, kSecret},
        FormCase{"UpperCaseScheme", "BEARER " + kSecret, kBearer, std::nullopt, kSecret},
        FormCase{"ThreeSpaces", "Bearer   " + kSecret, kBearer, std::nullopt, kSecret}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

struct RefusedCase {
  const char* name;
  std::string value;
};

class UnreadableAuthorization : public ::testing::TestWithParam<RefusedCase> {};

TEST_P(UnreadableAuthorization, IsSomethingButProvesNothing) {
  const std::optional<Presented> presented = ParseAuthorization(GetParam().value);
  ASSERT_TRUE(presented.has_value()) << "taken for a request without credentials";
  EXPECT_TRUE(presented->form == kUnreadable);
  EXPECT_EQ(presented->user, std::nullopt);
  EXPECT_TRUE(presented->secret.empty());
}

std::string WithoutPadding(std::string text) {
  while (text.ends_with('=')) text.pop_back();
  return text;
}

INSTANTIATE_TEST_SUITE_P(
    Schemes, UnreadableAuthorization,
    ::testing::Values(RefusedCase{"BearerAlone", "Bearer"},
                      RefusedCase{"OverlongBytesInUser", Basic("\xC0\xAF:s")},
                      RefusedCase{"LatinOneUser", Basic("jos\xE9:s")},
                      RefusedCase{"BearerAndSpace", "Bearer "}, RefusedCase{"BasicAlone", "Basic"},
                      RefusedCase{"BasicAndSpace", "Basic "},
                      RefusedCase{"GluedBearer", "Bearer" + kSecret},
                      RefusedCase{"GluedBasic", "Basic" + Base64("ana:s")},
                      RefusedCase{"TabAfterBearer", "Bearer\t" + kSecret},
                      RefusedCase{"TabAfterBasic", "Basic\t" + Base64("ana:s")},
                      RefusedCase{"Negotiate", "Negotiate YIIB"},
                      RefusedCase{"Digest", "Digest username=\"ana\""},
                      RefusedCase{"TokenScheme", "token " + kSecret},
                      RefusedCase{"SecretAlone", kSecret},
                      RefusedCase{"BasicPairInClear", "Basic ana:" + kSecret},
                      RefusedCase{"LeadingSpace", " Bearer " + kSecret},
                      RefusedCase{"SchemeInOtherLetters", "B\u0435arer " + kSecret},
                      RefusedCase{"Comma", "Basic," + Base64("ana:s")}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

INSTANTIATE_TEST_SUITE_P(
    Base64, UnreadableAuthorization,
    ::testing::Values(
        RefusedCase{"UrlSafeAlphabet", "Basic YW5hOvv__g=="},
        RefusedCase{"HighBytes", "Basic YW5hOnM\xFF"},
        RefusedCase{"PaddingMissing", "Basic " + WithoutPadding(Base64("ana:s"))},
        RefusedCase{"PaddingDoubled", "Basic " + WithoutPadding(Base64("ana:s")) + "===="},
        RefusedCase{"TwoBlocksPutTogether", "Basic " + Base64("ana:") + Base64("secret")},
        RefusedCase{"StrayBits", "Basic YTpiYR=="},
        RefusedCase{"OtherCharacters", "Basic YT%3Ab*YQ=="},
        RefusedCase{"LineBreakInside", "Basic YTpi\r\n YQ=="},
        RefusedCase{"SpaceInside", "Basic YTpi YQ=="},
        RefusedCase{"CutInsideABlock", "Basic " + Base64("ana:" + kSecret).substr(0, 63)},
        RefusedCase{"TrailingSpace", "Basic YTpiYQ== "}, RefusedCase{"OneCharacter", "Basic Y"},
        RefusedCase{"NoColon", Basic("ana" + kSecret)},
        RefusedCase{"ZeroAfterUser", Basic("ana\0:s"sv)},
        RefusedCase{"LineBreakInUser", Basic("ana\r\nX-Forwarded-User: admin:s")},
        RefusedCase{"LineBreakBeforeUser", Basic("\nana:s")},
        RefusedCase{"DeleteInUser", Basic("ana\x7F:s")}, RefusedCase{"Utf16", Basic("a\0:\0b\0"sv)},
        RefusedCase{"LineBreakInSecretAsUser", Basic(kSecret + "\n:")}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(AuthorizationTest, AnEmptyValueIsNoCredentialAtAll) {
  EXPECT_FALSE(ParseAuthorization("").has_value());
  EXPECT_FALSE(ParseAuthorization({}).has_value());
}

TEST(AuthorizationTest, WhatABearerHeaderHoldsBesideTheTokenIsKeptAndRefusedLater) {
  for (const std::string& value :
       {"Bearer " + kSecret + " " + kSecret, "Bearer \"" + kSecret + "\"",
        "Bearer \u00E9" + kSecret, "Bearer " + kSecret + ",", "Bearer " + kSecret + "\t",
        "Bearer \t" + kSecret, "Bearer token=" + kSecret}) {
    const std::optional<Presented> presented = ParseAuthorization(value);
    ASSERT_TRUE(presented.has_value());
    EXPECT_EQ(presented->form, kBearer);
    EXPECT_THAT(Credential::Parse(presented->secret.Expose()), FailsWith(Error::Code::kMalformed));
  }
}

TEST(AuthorizationTest, AColonNeverMovesBetweenUserAndSecret) {
  // `a:b` with `c` and `a` with `b:c` are one text on the wire: the user part has no colon.
  const std::optional<Presented> presented = ParseAuthorization(Basic("a:b:c"));
  ASSERT_TRUE(presented.has_value());
  EXPECT_EQ(presented->user, "a");
  EXPECT_EQ(presented->secret.Expose(), "b:c");
}

TEST(EncodeBasicTest, WritesWhatTheHeaderNeeds) {
  EXPECT_EQ(
      EncodeBasic("MFahad1667", SecretString{"BNBBrNcYNWXAVxgLD3rD9LjcHcZVD5D5D4C4"sv}).Expose(),
      "TUZhaGFkMTY2NzpCTkJCck5jWU5XWEFWeGdMRDNyRDlMamNIY1pWRDVENUQ0QzQ=");
}

TEST(EncodeBasicTest, ATokenWithTheTokenUserFillsExactlyOneLineOf76) {
  EXPECT_EQ(EncodeBasic("x-token-auth", SecretString{kToken}).size(), 76U);
}

TEST(EncodeBasicTest, WritesOneLineHoweverLong) {
  const std::string secret(192, 's');
  const SecretString encoded =
      EncodeBasic("ana@example.com", SecretString{std::string_view{secret}});
  EXPECT_EQ(encoded.size(), 280U);
  EXPECT_FALSE(encoded.Expose().contains('\n'));
  const std::optional<Presented> presented =
      ParseAuthorization("Basic " + std::string{encoded.Expose()});
  ASSERT_TRUE(presented.has_value());
  EXPECT_EQ(presented->user, "ana@example.com");
  EXPECT_EQ(presented->secret.Expose(), secret);
}

}  // namespace
}  // namespace latchkey
