#include "crypto/mac.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>

#include "crypto/digest.h"

namespace latchkey {
namespace {

/// A key that starts with these bytes. HMAC pads short keys with zeros (RFC 2104 section 2), so
/// such a key gives the same as the shorter one.
SecretKey KeyOf(std::string_view bytes) {
  SecretKey key;
  std::ranges::copy(AsBytes(bytes), key.ExposeForFilling().begin());
  return key;
}

struct MacCase {
  const char* name;
  std::string key;
  std::string text;
  std::string_view want;
};

std::string Counting(char first, char last) {
  std::string bytes;
  for (char c = first; c <= last; ++c) bytes += c;
  return bytes;
}

class MacVectors : public ::testing::TestWithParam<MacCase> {};

TEST_P(MacVectors, Match) {
  EXPECT_EQ(FormatHex(ComputeMac(KeyOf(GetParam().key), GetParam().text)), GetParam().want);
}

// RFC 4231 sections 4.2 to 4.5: the cases whose keys fit 32 bytes.
INSTANTIATE_TEST_SUITE_P(
    Rfc4231, MacVectors,
    ::testing::Values(MacCase{"Case1", std::string(20, '\x0b'), "Hi There",
                              "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
                      MacCase{"Case2", "Jefe", "what do ya want for nothing?",
                              "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
                      MacCase{"Case3", std::string(20, '\xaa'), std::string(50, '\xdd'),
                              "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
                      MacCase{"Case4", Counting('\x01', '\x19'), std::string(50, '\xcd'),
                              "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(DeriveKeyTest, GivesEachPurposeItsOwnKey) {
  const SecretKey key = KeyOf("a key");
  const auto derived = [&key](std::string_view context) {
    return FormatHex(DeriveKey(key, context).Expose());
  };
  EXPECT_EQ(derived("journal_"), derived("journal_"));
  EXPECT_NE(derived("journal_"), derived("journal-"));
  EXPECT_NE(derived("journal_"), FormatHex(key.Expose()));
  EXPECT_NE(derived("journal_"), FormatHex(DeriveKey(KeyOf("b key"), "journal_").Expose()));
}

TEST(FormatHexTest, WritesTwoLowerCaseDigitsAByte) {
  EXPECT_EQ(FormatHex({}), "");
  EXPECT_EQ(FormatHex(AsBytes(std::string_view{"\0\x01\x0f\x10\xab\xff", 6})), "00010f10abff");
}

TEST(MacMakerTest, MakesWhatComputeMacDoes) {
  const SecretKey key = KeyOf("journal");
  MacMaker maker{key};
  for (const std::size_t size : {0U, 1U, 31U, 64U, 700U, 5000U}) {
    const std::string text(size, 'x');
    EXPECT_EQ(maker.Compute(AsBytes("first"), text), ComputeMac(key, "first" + text));
    EXPECT_EQ(maker.Compute({}, text), ComputeMac(key, text));
  }
}

}  // namespace
}  // namespace latchkey
