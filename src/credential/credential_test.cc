#include "credential/credential.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <ostream>
#include <regex>
#include <set>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/base62.h"
#include "base/crc32.h"
#include "testing/matchers.h"
#include "testing/scripted_random.h"

namespace latchkey {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using enum Error::Code;
using enum CredentialKind;

// What the type forbids, each beside its opposite, so that a concept which rotted into "never"
// fails too.
template <typename T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };
template <typename T>
concept Comparable = requires(const T& left, const T& right) { left == right; };
template <typename T>
concept RevealsInPlace = requires(T& value) { value.Reveal(); };
template <typename T>
concept RevealsOnce = requires(T value) { std::move(value).Reveal(); };
static_assert(!Printable<Credential> && Printable<std::string>);
static_assert(!Comparable<Credential> && Comparable<std::string>);
static_assert(!RevealsInPlace<Credential> && RevealsOnce<Credential>);
static_assert(!std::is_copy_constructible_v<Credential> && !std::is_copy_assignable_v<Credential>);
static_assert(std::is_move_constructible_v<Credential> && std::is_move_assignable_v<Credential>);
static_assert(!std::is_default_constructible_v<Credential>);

constexpr std::string_view kExample = "lkat_9fK2mQ7LwXcB0d1e2F3g4H5i6J7k8L9mZ1WonnN";

std::string WithChecksum(std::string text) {
  const std::uint32_t checksum = Crc32(text);
  text.resize(text.size() + 6);
  FormatBase62(checksum, std::span{text}.last(6));
  return text;
}

std::string Minted(CredentialKind kind, Random& random, const CredentialPrefix& prefix = {}) {
  Result<Credential> credential = Credential::Mint(kind, prefix, random);
  EXPECT_THAT(credential, IsOk());
  return std::string{std::move(*credential).Reveal().Expose()};
}

CredentialPrefix PrefixOf(std::string_view text) {
  Result<CredentialPrefix> prefix = CredentialPrefix::Parse(text);
  EXPECT_THAT(prefix, IsOk()) << text;
  return *prefix;
}

TEST(CredentialKindTest, HasNamesForProgramsAndForSentences) {
  EXPECT_EQ(KindName(kApiToken), "api-token");
  EXPECT_EQ(KindName(kAppPassword), "app-password");
  EXPECT_EQ(KindTitle(kApiToken), "API token");
  EXPECT_EQ(KindTitle(kAppPassword), "app password");
  EXPECT_EQ(ParseKindName("api-token"), kApiToken);
  EXPECT_EQ(ParseKindName("app-password"), kAppPassword);
  for (const std::string_view name : {"", "API token", "api_token", "Api-token", "api-token "}) {
    EXPECT_EQ(ParseKindName(name), std::nullopt) << name;
  }
}

TEST(CredentialPrefixTest, IsTwoToEightLowerCaseLetters) {
  EXPECT_EQ(CredentialPrefix{}.text(), "lk");
  for (const std::string_view text : {"lk", "ab", "xat", "examples", "ta"}) {
    EXPECT_EQ(PrefixOf(text).text(), text);
  }
  for (const std::string_view text :
       {"", "l", "exampless", "LK", "Lk", "l1", "l_", "l-", " lk", "lk ", "lk\n", "l\xC3\xA4"}) {
    EXPECT_THAT(CredentialPrefix::Parse(text), FailsWith(kInvalidArgument)) << text;
  }
}

TEST(CredentialPrefixTest, IsNoneThatScannersSendToAtlassian) {
  for (const std::string_view text : {"at", "atl", "atatt", "atctt"}) {
    EXPECT_THAT(CredentialPrefix::Parse(text), FailsWith(kInvalidArgument)) << text;
  }
}

TEST(CredentialMintTest, HasTheDocumentedForm) {
  ScriptedRandom random;
  const std::regex api_token{"lkat_[0-9A-Za-z]{39}"};
  const std::regex app_password{"lkap_[0-9A-Za-z]{39}"};
  for (int i = 0; i < 100; ++i) {
    const std::string token = Minted(kApiToken, random);
    EXPECT_EQ(token.size(), 44U);
    EXPECT_TRUE(std::regex_match(token, api_token)) << token;
    EXPECT_EQ(WithChecksum(token.substr(0, 38)), token);
    EXPECT_TRUE(std::regex_match(Minted(kAppPassword, random), app_password));
  }
}

TEST(CredentialMintTest, CarriesThePrefixOfTheInstallation) {
  ScriptedRandom random;
  EXPECT_TRUE(Minted(kApiToken, random, PrefixOf("acme")).starts_with("acmeat_"));
  const std::string longest = Minted(kAppPassword, random, PrefixOf("examples"));
  EXPECT_TRUE(longest.starts_with("examplesap_"));
  EXPECT_EQ(longest.size(), Credential::kTextSizeMax);
  EXPECT_THAT(Credential::Parse(longest), IsOk());
}

TEST(CredentialMintTest, ParsesToWhatWasMinted) {
  ScriptedRandom random;
  for (const CredentialKind kind : {kApiToken, kAppPassword}) {
    Result<Credential> minted = Credential::Mint(kind, {}, random);
    ASSERT_THAT(minted, IsOk());
    const CredentialId id = minted->id();
    const Digest digest = minted->ComputeDigest();
    EXPECT_EQ(minted->kind(), kind);
    const SecretText text = std::move(*minted).Reveal();

    Result<Credential> parsed = Credential::Parse(text.Expose());
    ASSERT_THAT(parsed, IsOk());
    EXPECT_EQ(parsed->kind(), kind);
    EXPECT_EQ(parsed->id(), id);
    EXPECT_EQ(parsed->ComputeDigest(), digest);
    EXPECT_EQ(digest, Sha256(text.Expose()));
    EXPECT_EQ(text.Expose().substr(5, 11), id.text());
    EXPECT_EQ(std::move(*parsed).Reveal().Expose(), text.Expose());
  }
}

TEST(CredentialMintTest, RevealLeavesNothingInTheObject) {
  ScriptedRandom random;
  Result<Credential> credential = Credential::Mint(kApiToken, {}, random);
  ASSERT_THAT(credential, IsOk());
  const SecretText first = std::move(*credential).Reveal();
  EXPECT_EQ(first.size(), 44U);
  // NOLINTNEXTLINE(*-use-after-move,*-cplusplus.Move): what is left behind is the question.
  EXPECT_EQ(std::move(*credential).Reveal().size(), 0U);
}

TEST(CredentialMintTest, AFailingGeneratorMintsNothing) {
  for (const std::size_t call : {1U, 2U}) {
    ScriptedRandom random;
    random.FailOnCall(call);
    EXPECT_THAT(Credential::Mint(kApiToken, {}, random), FailsWith(kUnavailable)) << call;
    EXPECT_EQ(random.calls(), call) << "it asked again";
  }
}

TEST(CredentialMintTest, DrawsAgainWhatWouldFavourSomeCharacters) {
  // 248 is the last multiple of 62 within a byte: bytes from there on must not be used.
  ScriptedRandom random;
  std::vector<std::byte> bytes(8 + 44, std::byte{255});
  std::ranges::fill(bytes.begin() + 8, bytes.end() - 1, std::byte{248});
  bytes.back() = std::byte{247};
  random.Prepend(bytes);
  const std::string token = Minted(kApiToken, random);
  EXPECT_EQ(token[16], 'z');  // 247 is 61 modulo 62.
  EXPECT_EQ(random.calls(), 3U);
  EXPECT_THAT(Credential::Parse(token), IsOk());

  // The generator fails when it is asked again: no secret from what there was.
  ScriptedRandom failing;
  failing.Prepend(bytes);
  failing.FailOnCall(3);
  EXPECT_THAT(Credential::Mint(kApiToken, {}, failing), FailsWith(kUnavailable));
}

constexpr std::size_t kMints = 20'000;

std::vector<std::string> ManyTokens() {
  ScriptedRandom random{20261124};
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < kMints; ++i) tokens.push_back(Minted(kApiToken, random));
  return tokens;
}

TEST(CredentialDistributionTest, EachCharacterOfTheSecretIsUniform) {
  const std::vector<std::string> tokens = ManyTokens();
  constexpr double kExpected = static_cast<double>(kMints) / 62;
  for (std::size_t place = 16; place < 38; ++place) {
    std::array<double, 62> counts{};
    for (const std::string& token : tokens) counts.at(kBase62Alphabet.find(token[place])) += 1;
    double chi_square = 0;
    for (const double count : counts) {
      chi_square += (count - kExpected) * (count - kExpected) / kExpected;
    }
    // 61 degrees of freedom: above 123 once in 200,000 draws, below 25 likewise.
    EXPECT_LT(chi_square, 123.0) << "place " << place;
    EXPECT_GT(chi_square, 25.0) << "place " << place << " is more even than chance";
  }
}

TEST(CredentialDistributionTest, EachBitOfTheIdIsSetHalfOfTheTime) {
  std::array<int, 64> set{};
  for (const std::string& token : ManyTokens()) {
    const std::uint64_t id = CredentialId::Parse(token.substr(5, 11))->value();
    for (std::size_t bit = 0; bit < 64; ++bit) set.at(bit) += static_cast<int>((id >> bit) & 1U);
  }
  // The standard deviation is sqrt(20,000) / 2 = 71; five of them either way.
  for (std::size_t bit = 0; bit < 64; ++bit) EXPECT_NEAR(set.at(bit), 10'000, 354) << "bit " << bit;
}

TEST(CredentialDistributionTest, NothingRepeats) {
  std::set<std::string> ids;
  std::set<std::string> secrets;
  for (const std::string& token : ManyTokens()) {
    EXPECT_TRUE(ids.insert(token.substr(5, 11)).second);
    EXPECT_TRUE(secrets.insert(token.substr(16, 22)).second);
  }
}

struct RejectCase {
  const char* name;
  std::string presented;
  Error::Code want;
};

std::string Example() { return std::string{kExample}; }
std::string With(std::size_t place, char c) {
  std::string text = Example();
  text.at(place) = c;
  return text;
}
std::string Inserted(std::size_t place, std::string_view what) {
  return Example().insert(place, what);
}

class CredentialParseRejects : public ::testing::TestWithParam<RejectCase> {};

TEST_P(CredentialParseRejects, WithTheReason) {
  const Result<Credential> parsed = Credential::Parse(GetParam().presented);
  ASSERT_THAT(parsed, FailsWith(GetParam().want));
  EXPECT_THAT(Describe(parsed.error()), Not(HasSubstr("B0d1"))) << "it quotes the secret";
}

INSTANTIATE_TEST_SUITE_P(
    All, CredentialParseRejects,
    ::testing::Values(
        RejectCase{"Empty", "", kMalformed}, RejectCase{"PrefixAlone", "lkat_", kBadChecksum},
        RejectCase{"PrefixWithoutUnderscore", "lkat", kMalformed},
        RejectCase{"LeadingSpace", " " + Example(), kMalformed},
        RejectCase{"TrailingSpace", Example() + " ", kMalformed},
        RejectCase{"TrailingLineBreak", Example() + "\n", kMalformed},
        RejectCase{"TrailingCarriageReturn", Example() + "\r\n", kMalformed},
        RejectCase{"TrailingZero", Example() + std::string(1, '\0'), kMalformed},
        RejectCase{"ZeroInside", With(30, '\0'), kMalformed},
        RejectCase{"ZeroWidthSpaceInside", Inserted(10, "\u200B"), kMalformed},
        RejectCase{"CyrillicLetterInside", Example().replace(2, 1, "\u0430"), kMalformed},
        RejectCase{"Quoted", "\"" + Example() + "\"", kMalformed},
        RejectCase{"ABearerHeaderWhole", "Bearer " + Example(), kMalformed},
        RejectCase{"TwoSeparatedBySpace", Example() + " " + Example(), kMalformed},
        RejectCase{"Twice", Example() + Example(), kMalformed},
        RejectCase{"SqlInIt", "' OR '1'='1' -- ", kMalformed},
        RejectCase{"Wildcards", "lkat_%_%", kMalformed},
        RejectCase{"FormatString", "%n%n%s%plkat_", kMalformed},
        RejectCase{"JsonBreaking", "\",\"active\":true,\"x\":\"", kMalformed},
        RejectCase{"JsonWebToken", "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.", kMalformed},
        RejectCase{"UpperCasePrefix", "LKAT_" + Example().substr(5), kMalformed},
        RejectCase{"UnknownKind", WithChecksum("lkax_" + Example().substr(5, 33)), kMalformed},
        RejectCase{"NoPrefix", WithChecksum("at_" + Example().substr(5, 33)), kMalformed},
        RejectCase{"PrefixOfOneLetter", WithChecksum("lat_" + Example().substr(5, 33)), kMalformed},
        RejectCase{"PrefixOfNineLetters", WithChecksum("exampleszat_" + Example().substr(5, 33)),
                   kMalformed},
        RejectCase{"DigitInPrefix", WithChecksum("l1at_" + Example().substr(5, 33)), kMalformed},
        RejectCase{"CutByOne", Example().substr(0, 43), kBadChecksum},
        RejectCase{"CutToOneCharacter", "lkat_9", kBadChecksum},
        RejectCase{"OneMore", Example() + "0", kBadChecksum},
        RejectCase{"Mebibyte", "lkat_" + std::string(1U << 20U, 'A'), kBadChecksum},
        RejectCase{"MebibyteOfNothing", std::string(1U << 20U, 'A'), kMalformed},
        RejectCase{"ChecksumChanged", With(43, 'M'), kBadChecksum},
        RejectCase{"ChecksumWithMinus", With(42, '-'), kMalformed},
        RejectCase{"OtherKindWithOldChecksum", With(3, 'p').replace(2, 1, "a"), kBadChecksum},
        RejectCase{"IdAbove64BitsWithRightChecksum",
                   WithChecksum("lkat_zzzzzzzzzzz" + Example().substr(16, 22)), kBadChecksum},
        RejectCase{"IdOfOneSecretOfAnother", "lkat_0123456789A" + Example().substr(16),
                   kBadChecksum}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(CredentialParseTest, AcceptsTheDocumentedExample) {
  Result<Credential> parsed = Credential::Parse(kExample);
  ASSERT_THAT(parsed, IsOk());
  EXPECT_EQ(parsed->kind(), kApiToken);
  EXPECT_EQ(parsed->id().text(), "9fK2mQ7LwXc");
  EXPECT_EQ(std::move(*parsed).Reveal().Expose(), kExample);
}

TEST(CredentialParseTest, RefusesEveryChangeOfOneCharacter) {
  for (std::size_t place = 0; place < kExample.size(); ++place) {
    for (int byte = 0; byte < 256; ++byte) {
      const char c = static_cast<char>(byte);
      if (c == kExample[place]) continue;
      EXPECT_FALSE(Credential::Parse(With(place, c)).has_value()) << place << " to " << byte;
    }
  }
}

TEST(CredentialParseTest, RefusesEveryLostDoubledOrSwappedCharacter) {
  for (std::size_t place = 0; place < kExample.size(); ++place) {
    EXPECT_FALSE(Credential::Parse(Example().erase(place, 1)).has_value()) << place;
    EXPECT_FALSE(Credential::Parse(Inserted(place, kExample.substr(place, 1))).has_value())
        << place;
    EXPECT_FALSE(Credential::Parse(kExample.substr(0, place)).has_value()) << place;
    std::string swapped = Example();
    if (place + 1 == swapped.size() || swapped[place] == swapped[place + 1]) continue;
    std::swap(swapped[place], swapped[place + 1]);
    EXPECT_FALSE(Credential::Parse(swapped).has_value()) << place;
  }
}

TEST(CredentialParseTest, AnotherKindWithARightChecksumIsAnotherCredential) {
  // Anybody can compute the checksum; the digest is what the record is compared with.
  const std::string other = WithChecksum("lkap_" + Example().substr(5, 33));
  const Result<Credential> original = Credential::Parse(kExample);
  const Result<Credential> changed = Credential::Parse(other);
  ASSERT_THAT(original, IsOk());
  ASSERT_THAT(changed, IsOk());
  EXPECT_EQ(changed->kind(), kAppPassword);
  EXPECT_EQ(changed->id(), original->id());
  EXPECT_NE(changed->ComputeDigest(), original->ComputeDigest());
}

TEST(CredentialParseTest, AnotherPrefixWithARightChecksumIsAnotherCredential) {
  const Result<Credential> original = Credential::Parse(kExample);
  const Result<Credential> changed =
      Credential::Parse(WithChecksum("acmeat_" + Example().substr(5, 33)));
  ASSERT_THAT(original, IsOk());
  ASSERT_THAT(changed, IsOk());
  EXPECT_NE(changed->ComputeDigest(), original->ComputeDigest());
}

}  // namespace
}  // namespace latchkey
