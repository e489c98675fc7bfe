#include "credential/credential_id.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <limits>
#include <string>

#include "testing/matchers.h"
#include "testing/scripted_random.h"

namespace latchkey {
namespace {

using enum Error::Code;

struct TextCase {
  std::uint64_t value;
  std::string_view text;
};

class CredentialIdTexts : public ::testing::TestWithParam<TextCase> {};

TEST_P(CredentialIdTexts, ReadAndWriteTheSame) {
  const auto& [value, text] = GetParam();
  EXPECT_EQ(CredentialId{value}.text(), text);
  EXPECT_THAT(CredentialId::Parse(text), IsOkAnd(CredentialId{value}));
}

INSTANTIATE_TEST_SUITE_P(All, CredentialIdTexts,
                         ::testing::Values(TextCase{0, "00000000000"}, TextCase{1, "00000000001"},
                                           TextCase{62, "00000000010"},
                                           TextCase{std::numeric_limits<std::uint64_t>::max(),
                                                    "LygHa16AHYF"}));

struct RejectCase {
  const char* name;
  std::string text;
};

class CredentialIdRejects : public ::testing::TestWithParam<RejectCase> {};

TEST_P(CredentialIdRejects, AsMalformed) {
  EXPECT_THAT(CredentialId::Parse(GetParam().text), FailsWith(kMalformed));
}

INSTANTIATE_TEST_SUITE_P(
    All, CredentialIdRejects,
    ::testing::Values(RejectCase{"Empty", ""}, RejectCase{"TenCharacters", "9fK2mQ7LwX"},
                      RejectCase{"TwelveCharacters", "9fK2mQ7LwXc0"},
                      RejectCase{"TwelveWithLeadingZero", "09fK2mQ7LwXc"},
                      RejectCase{"Above64Bits", "LygHa16AHYG"},
                      RejectCase{"Greatest", "zzzzzzzzzzz"}, RejectCase{"Minus", "9fK2mQ7LwX-"},
                      RejectCase{"Space", "9fK2mQ7LwX "}, RejectCase{"LineBreak", "9fK2mQ7LwX\n"},
                      RejectCase{"Zero", std::string("9fK2mQ7LwX\0", 11)},
                      RejectCase{"NotAscii", "9fK2mQ7Lw\xC3\xA9"},
                      RejectCase{"Prefixed", "lkat_9fK2mQ"}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(CredentialIdTest, DrawsItsBytesBigEndian) {
  ScriptedRandom random;
  random.Prepend(std::array{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}, std::byte{5},
                            std::byte{6}, std::byte{7}, std::byte{8}});
  EXPECT_THAT(CredentialId::Draw(random), IsOkAnd(CredentialId{0x0102030405060708}));
}

TEST(CredentialIdTest, AFailingGeneratorDrawsNothing) {
  ScriptedRandom random;
  random.FailOnCall(1);
  EXPECT_THAT(CredentialId::Draw(random), FailsWith(kUnavailable));
}

TEST(CredentialIdTest, OrdersByValueAndByText) {
  EXPECT_LT(CredentialId{1}, CredentialId{2});
  EXPECT_LT(CredentialId{61}.text(), CredentialId{62}.text());
  EXPECT_EQ(CredentialId{7}, CredentialId{7});
  EXPECT_EQ(CredentialId{7}.value(), 7U);
}

}  // namespace
}  // namespace latchkey
