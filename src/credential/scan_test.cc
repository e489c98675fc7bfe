#include "credential/scan.h"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "credential/credential.h"
#include "testing/matchers.h"
#include "testing/scripted_random.h"

namespace latchkey {
namespace {

constexpr std::string_view kExample = "lkat_9fK2mQ7LwXcB0d1e2F3g4H5i6J7k8L9mZ1WonnN";

std::string Minted(CredentialKind kind, std::string_view prefix) {
  ScriptedRandom random;
  Result<Credential> credential =
      Credential::Mint(kind, CredentialPrefix::Parse(prefix).value(), random);
  EXPECT_THAT(credential, IsOk());
  return std::string{std::move(*credential).Reveal().Expose()};
}

struct FoundCase {
  const char* name;
  std::string before;
  std::string credential;
  std::string after;
};

class FindCredentialIn : public ::testing::TestWithParam<FoundCase> {};

TEST_P(FindCredentialIn, TellsExactlyWhere) {
  const auto& [name, before, credential, after] = GetParam();
  const std::optional<Sighting> sighting = FindCredential(before + credential + after);
  ASSERT_TRUE(sighting.has_value());
  EXPECT_EQ(sighting->offset, before.size());
  EXPECT_EQ(sighting->size, credential.size());
}

const std::string kToken{kExample};

INSTANTIATE_TEST_SUITE_P(
    All, FindCredentialIn,
    ::testing::Values(FoundCase{"Alone", "", kToken, ""},
                      FoundCase{"AppPassword", "", Minted(CredentialKind::kAppPassword, "lk"), ""},
                      FoundCase{"ShortestPrefix", "", Minted(CredentialKind::kApiToken, "xy"), ""},
                      FoundCase{"LongestPrefix", "", Minted(CredentialKind::kApiToken, "examples"),
                                ""},
                      FoundCase{"InASentence", "the token ", kToken, " leaked"},
                      FoundCase{"InJson", "{\"name\":\"", kToken, "\"}"},
                      FoundCase{"InAnUrl", "https://x-token-auth:", kToken, "@example.com/a/b.git"},
                      FoundCase{"AfterLetters", "abcdefghijkl", kToken, ""},
                      FoundCase{"AfterOneLetter", "x", kToken, ""},
                      FoundCase{"BeforeLetters", "", kToken, "abcdef"},
                      FoundCase{"AfterUnderscores", "a_b__", kToken, "_"},
                      FoundCase{"AfterOneThatIsWrong", kToken.substr(0, 43) + "M ", kToken, ""},
                      FoundCase{"AfterOneThatIsCut", kToken.substr(0, 30), kToken, ""},
                      FoundCase{"TheFirstOfTwo", "", kToken, " " + kToken},
                      FoundCase{"AmongBytes", std::string("\xFF\x00\xFE", 3), kToken, "\xFF"}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(FindCredentialTest, FindsNothingElse) {
  for (const std::string& text :
       {std::string{}, std::string{"_"}, std::string{"lkat_"}, kToken.substr(0, 43),
        kToken.substr(1), kToken.substr(0, 43) + "M", "LKAT_" + kToken.substr(5),
        std::string{"ghp_"} + std::string(36, 'A'), "lkat_" + std::string(39, 'A'),
        kToken.substr(0, 20) + "\n" + kToken.substr(20), std::string(100, '_'),
        std::string{"a plain name"}}) {
    EXPECT_FALSE(FindCredential(text).has_value()) << text;
  }
}

TEST(FindCredentialTest, ReadsLongTextsOfNothingButStarts) {
  std::string text;
  for (int i = 0; i < 20'000; ++i) text += "exampleslkat_";
  EXPECT_FALSE(FindCredential(text).has_value());
  const std::optional<Sighting> sighting = FindCredential(text + kToken);
  ASSERT_TRUE(sighting.has_value());
  EXPECT_EQ(sighting->offset, text.size());
}

}  // namespace
}  // namespace latchkey
