#include "crypto/keyring.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <concepts>
#include <cstddef>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "crypto/digest.h"
#include "crypto/mac.h"
#include "testing/manual_clock.h"
#include "testing/matchers.h"
#include "testing/scripted_random.h"

namespace latchkey {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using enum Error::Code;

template <typename T>
concept Printable = requires(std::ostream& out, const T& value) { out << value; };
static_assert(Printable<std::string> && !Printable<SecretKey> && !Printable<Keyring>);
static_assert(std::movable<SecretKey> && !std::is_copy_constructible_v<SecretKey>);
static_assert(std::movable<Keyring> && !std::is_copy_constructible_v<Keyring>);

constexpr std::string_view kHexA =
    "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr std::string_view kHexB =
    "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeffe0e1e2e3e4e5e6e7e8e9eaebecedeeef";
constexpr std::string_view kTime = "2026-11-24T09:00:00Z";

std::string Line(std::string_view purpose, std::string_view number, std::string_view hex,
                 std::string_view time = kTime) {
  return std::string{purpose} + " " + std::string{number} + " " + std::string{hex} + " " +
         std::string{time} + "\n";
}

std::string Ring(const std::string& lines) { return "latchkey-keyring 1\n" + lines; }

const std::string kJournal = Line("journal", "1", kHexA);
const std::string kSeal = Line("seal", "1", kHexB);

std::string HexOf(const SecretKey& key) { return FormatHex(key.Expose()); }

TEST(SecretKeyTest, LeavesNothingBehindWhenMoved) {
  SecretKey from;
  from.ExposeForFilling()[0] = std::byte{7};
  SecretKey to{std::move(from)};
  EXPECT_EQ(to.Expose()[0], std::byte{7});
  EXPECT_EQ(from.Expose()[0], std::byte{0});  // NOLINT(*-use-after-move,*-cplusplus.Move)
  SecretKey assigned;
  assigned = std::move(to);
  EXPECT_EQ(assigned.Expose()[0], std::byte{7});
  EXPECT_EQ(to.Expose()[0], std::byte{0});  // NOLINT(*-use-after-move,*-cplusplus.Move)
}

TEST(KeyringTest, GeneratesAJournalKeyAndOneSealingKey) {
  ScriptedRandom random;
  const Result<Keyring> ring = Keyring::Generate(random, ManualClock::kStart);
  ASSERT_THAT(ring, IsOk());
  EXPECT_EQ(ring->size(), 1U);
  EXPECT_EQ(ring->newest(), 1U);
  ASSERT_NE(ring->Find(1), nullptr);
  EXPECT_NE(HexOf(*ring->Find(1)), HexOf(ring->journal_key()));
  EXPECT_EQ(ring->Find(0), nullptr);
  EXPECT_EQ(ring->Find(2), nullptr);
}

TEST(KeyringTest, AFailingGeneratorMakesNoRing) {
  for (const std::size_t call : {1U, 2U}) {
    ScriptedRandom random;
    random.FailOnCall(call);
    EXPECT_THAT(Keyring::Generate(random, ManualClock::kStart), FailsWith(kUnavailable)) << call;
  }
}

TEST(KeyringTest, ReadsItsDocumentedForm) {
  const Result<Keyring> ring = Keyring::Parse(
      Ring("# comment\n\n" + kJournal + kSeal + Line("seal", "7", kHexA) + "# end\n"));
  ASSERT_THAT(ring, IsOk());
  EXPECT_EQ(ring->size(), 2U);
  EXPECT_EQ(ring->newest(), 7U);
  EXPECT_EQ(HexOf(ring->journal_key()), kHexA);
  EXPECT_EQ(HexOf(*ring->Find(1)), kHexB);
  EXPECT_EQ(HexOf(*ring->Find(7)), kHexA);
  EXPECT_EQ(ring->Find(2), nullptr);
}

TEST(KeyringTest, WritesWhatItReads) {
  const std::string text = Ring(kJournal + kSeal + Line("seal", "4294967295", kHexA));
  const Result<Keyring> ring = Keyring::Parse(text);
  ASSERT_THAT(ring, IsOk());
  EXPECT_EQ(ring->Format().Expose(), text);
}

TEST(KeyringTest, ARotatedRingKeepsItsOldKeys) {
  ScriptedRandom random;
  Result<Keyring> ring = Keyring::Generate(random, ManualClock::kStart);
  ASSERT_THAT(ring, IsOk());
  const std::string old_key = HexOf(*ring->Find(1));
  ASSERT_THAT(ring->Rotate(random, ManualClock::kStart), IsOk());
  EXPECT_EQ(ring->newest(), 2U);
  EXPECT_EQ(HexOf(*ring->Find(1)), old_key);
  EXPECT_NE(HexOf(*ring->Find(2)), old_key);

  const Result<Keyring> again = Keyring::Parse(ring->Format().Expose());
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ(again->Format().Expose(), ring->Format().Expose());
}

TEST(KeyringTest, AFailedRotationChangesNothing) {
  ScriptedRandom random;
  Result<Keyring> ring = Keyring::Generate(random, ManualClock::kStart);
  ASSERT_THAT(ring, IsOk());
  random.FailOnCall(1);
  EXPECT_THAT(ring->Rotate(random, ManualClock::kStart), FailsWith(kUnavailable));
  EXPECT_EQ(ring->size(), 1U);
  EXPECT_EQ(ring->newest(), 1U);
}

TEST(KeyringTest, TheLastNumberIsNotFollowedByZero) {
  Result<Keyring> ring = Keyring::Parse(Ring(kJournal + Line("seal", "4294967295", kHexB)));
  ASSERT_THAT(ring, IsOk());
  ScriptedRandom random;
  EXPECT_THAT(ring->Rotate(random, ManualClock::kStart), FailsWith(kLimitExceeded));
  EXPECT_EQ(ring->newest(), 4294967295U);
  EXPECT_EQ(ring->Find(0), nullptr);
}

struct RejectCase {
  const char* name;
  std::string text;
  int line;
};

class KeyringRejects : public ::testing::TestWithParam<RejectCase> {};

TEST_P(KeyringRejects, NamingTheLineAndNeverQuotingIt) {
  const Result<Keyring> ring = Keyring::Parse(GetParam().text);
  ASSERT_THAT(ring, FailsWith(kMalformed, HasSubstr("line " + std::to_string(GetParam().line) +
                                                    " of the keyring")));
  EXPECT_THAT(Describe(ring.error()), Not(HasSubstr("0c0d")));
  EXPECT_THAT(Describe(ring.error()), Not(HasSubstr("fcfd")));
}

INSTANTIATE_TEST_SUITE_P(
    All, KeyringRejects,
    ::testing::Values(
        RejectCase{"Empty", "", 1}, RejectCase{"OtherVersion", "latchkey-keyring 2\n", 1},
        RejectCase{"NoHeader", kJournal + kSeal, 1},
        RejectCase{"HeaderWithCarriageReturn", "latchkey-keyring 1\r\n" + kJournal + kSeal, 1},
        RejectCase{"HeaderAlone", Ring(""), 2}, RejectCase{"NoJournalKey", Ring(kSeal), 3},
        RejectCase{"NoSealingKey", Ring(kJournal), 3},
        RejectCase{"TwoJournalKeys", Ring(kJournal + kJournal + kSeal), 3},
        RejectCase{"SameNumberTwice", Ring(kJournal + kSeal + kSeal), 4},
        RejectCase{"DescendingNumbers", Ring(kJournal + Line("seal", "2", kHexA) + kSeal), 4},
        RejectCase{"UnknownPurpose", Ring(kJournal + Line("sign", "1", kHexB)), 3},
        RejectCase{"UpperCasePurpose", Ring(kJournal + Line("Seal", "1", kHexB)), 3},
        RejectCase{"NumberZero", Ring(kJournal + Line("seal", "0", kHexB)), 3},
        RejectCase{"NumberNegative", Ring(kJournal + Line("seal", "-1", kHexB)), 3},
        RejectCase{"NumberPlus", Ring(kJournal + Line("seal", "+1", kHexB)), 3},
        RejectCase{"NumberTooGreat", Ring(kJournal + Line("seal", "4294967296", kHexB)), 3},
        RejectCase{"NumberMissing", Ring(kJournal + Line("seal", "", kHexB)), 3},
        RejectCase{"KeyTooShort", Ring(kJournal + Line("seal", "1", kHexB.substr(2))), 3},
        RejectCase{"KeyTooLong", Ring(kJournal + Line("seal", "1", std::string{kHexB} + "00")), 3},
        RejectCase{"KeyOddDigit", Ring(kJournal + Line("seal", "1", std::string{kHexB} + "0")), 3},
        RejectCase{"KeyNotHexadecimal",
                   Ring(kJournal + Line("seal", "1", "gg" + std::string{kHexB.substr(2)})), 3},
        RejectCase{"KeyNotAscii",
                   Ring(kJournal + Line("seal", "1", "\xB0\xFF" + std::string{kHexB.substr(2)})),
                   3},
        RejectCase{"TimeMissing", Ring(kJournal + Line("seal", "1", kHexB, "")), 3},
        RejectCase{"TimeWithTail",
                   Ring(kJournal + Line("seal", "1", kHexB, "2026-11-24T09:00:00Z x")), 3},
        RejectCase{"LineCutShort", Ring(kJournal + kSeal.substr(0, 40)), 3},
        RejectCase{"LeadingSpace", Ring(kJournal + " " + kSeal), 3},
        RejectCase{"TwoSpaces", Ring(kJournal + Line("seal ", "1", kHexB)), 3},
        RejectCase{"CarriageReturn", Ring(kJournal + kSeal.substr(0, kSeal.size() - 1) + "\r\n"),
                   3}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

}  // namespace
}  // namespace latchkey
