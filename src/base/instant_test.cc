#include "base/instant.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "testing/matchers.h"

namespace latchkey {
namespace {

using namespace std::chrono_literals;
using enum Error::Code;

constexpr Instant At(int year, unsigned month, unsigned day,
                     std::chrono::milliseconds time_of_day = 0ms) {
  return std::chrono::sys_days{std::chrono::year{year} / static_cast<int>(month) /
                               static_cast<int>(day)} +
         time_of_day;
}

struct FormatCase {
  Instant instant;
  const char* text;
};

class InstantFormats : public ::testing::TestWithParam<FormatCase> {};

TEST_P(InstantFormats, AndParsesBack) {
  EXPECT_EQ(FormatInstant(GetParam().instant), GetParam().text);
  EXPECT_THAT(ParseInstant(GetParam().text), IsOkAnd(GetParam().instant));
}

INSTANTIATE_TEST_SUITE_P(
    All, InstantFormats,
    ::testing::Values(FormatCase{Instant{}, "1970-01-01T00:00:00Z"},
                      FormatCase{Instant{1ms}, "1970-01-01T00:00:00.001Z"},
                      FormatCase{Instant{999ms}, "1970-01-01T00:00:00.999Z"},
                      FormatCase{Instant{1s}, "1970-01-01T00:00:01Z"},
                      FormatCase{At(2000, 2, 29, 100ms), "2000-02-29T00:00:00.100Z"},
                      FormatCase{At(2027, 3, 31), "2027-03-31T00:00:00Z"},
                      FormatCase{At(2028, 2, 29, 24h - 1ms), "2028-02-29T23:59:59.999Z"},
                      FormatCase{At(2038, 1, 19, 3h + 14min + 8s), "2038-01-19T03:14:08Z"},
                      FormatCase{At(9999, 12, 31, 24h - 1ms), "9999-12-31T23:59:59.999Z"}));

TEST(InstantTest, FormatsTheDayAlone) {
  EXPECT_EQ(FormatDate(At(2027, 3, 31)), "2027-03-31");
  EXPECT_EQ(FormatDate(At(2027, 3, 31, 24h - 1ms)), "2027-03-31");
  EXPECT_EQ(FormatDate(At(2027, 3, 31, 24h)), "2027-04-01");
}

struct ParseCase {
  const char* name;
  const char* text;
  Instant want;
};

class InstantParses : public ::testing::TestWithParam<ParseCase> {};

TEST_P(InstantParses, OtherSpellings) {
  EXPECT_THAT(ParseInstant(GetParam().text), IsOkAnd(GetParam().want));
}

INSTANTIATE_TEST_SUITE_P(
    All, InstantParses,
    ::testing::Values(
        ParseCase{"LowerCaseLetters", "2027-03-31t12:00:00z", At(2027, 3, 31, 12h)},
        ParseCase{"PlusOffset", "2027-03-31T12:00:00+02:00", At(2027, 3, 31, 10h)},
        ParseCase{"MinusOffset", "2027-03-31T12:00:00-05:30", At(2027, 3, 31, 17h + 30min)},
        ParseCase{"GreatestOffset", "2030-01-01T00:00:00+23:59", At(2029, 12, 31, 1min)},
        ParseCase{"LeastOffset", "2030-01-01T00:00:00-23:59", At(2030, 1, 1, 24h - 1min)},
        ParseCase{"UnknownLocalOffset", "2030-01-01T00:00:00-00:00", At(2030, 1, 1)},
        ParseCase{"OneDigitOfFraction", "2027-03-31T00:00:00.5Z", At(2027, 3, 31, 500ms)},
        ParseCase{"TwoDigitsOfFraction", "2027-03-31T00:00:00.05Z", At(2027, 3, 31, 50ms)},
        ParseCase{"FractionIsCutNotRounded", "2027-03-31T00:00:00.9999999999Z",
                  At(2027, 3, 31, 999ms)},
        ParseCase{"FractionOfZero", "2027-03-31T00:00:00.000Z", At(2027, 3, 31)},
        ParseCase{"LeapDayOfLeapCentury", "2000-02-29T00:00:00Z", At(2000, 2, 29)},
        ParseCase{"FirstInstantByOffset", "1970-01-01T23:59:00+23:59", Instant{}},
        ParseCase{"LastInstantByOffset", "9999-12-31T00:00:00.999-23:59",
                  At(9999, 12, 31, 23h + 59min + 999ms)}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

struct RejectCase {
  const char* name;
  std::string text;
};

class InstantRejects : public ::testing::TestWithParam<RejectCase> {};

TEST_P(InstantRejects, AsMalformed) {
  EXPECT_THAT(ParseInstant(GetParam().text), FailsWith(kMalformed));
  EXPECT_THAT(ParseExpiry(GetParam().text, At(2026, 11, 24)), FailsWith(kMalformed));
}

INSTANTIATE_TEST_SUITE_P(
    All, InstantRejects,
    ::testing::Values(
        RejectCase{"Empty", ""}, RejectCase{"Word", "never"},
        RejectCase{"NoOffset", "2027-03-31T12:00:00"}, RejectCase{"NoSeconds", "2027-03-31T12:00Z"},
        RejectCase{"SpaceInsteadOfT", "2027-03-31 12:00:00Z"},
        RejectCase{"LeadingSpace", " 2027-03-31T12:00:00Z"},
        RejectCase{"TrailingSpace", "2027-03-31T12:00:00Z "},
        RejectCase{"TrailingZero", std::string("2027-03-31T12:00:00Z\0", 21)},
        RejectCase{"LeapSecond", "2030-06-30T23:59:60Z"},
        RejectCase{"Feb30", "2030-02-30T00:00:00Z"}, RejectCase{"Feb29", "2027-02-29T00:00:00Z"},
        RejectCase{"Feb29OfPlainCentury", "2100-02-29T00:00:00Z"},
        RejectCase{"Apr31", "2027-04-31T00:00:00Z"}, RejectCase{"Month0", "2027-00-10T00:00:00Z"},
        RejectCase{"Month13", "2027-13-10T00:00:00Z"}, RejectCase{"Day0", "2027-03-00T00:00:00Z"},
        RejectCase{"Day32", "2027-03-32T00:00:00Z"}, RejectCase{"Hour24", "2027-03-31T24:00:00Z"},
        RejectCase{"Minute60", "2027-03-31T12:60:00Z"},
        RejectCase{"Offset24", "2030-01-01T00:00:00+24:00"},
        RejectCase{"OffsetMinute60", "2030-01-01T00:00:00+01:60"},
        RejectCase{"OffsetWithoutColon", "2030-01-01T00:00:00+0100"},
        RejectCase{"OffsetWithoutSign", "2030-01-01T00:00:0001:00"},
        RejectCase{"EmptyFraction", "2027-03-31T12:00:00.Z"},
        RejectCase{"CommaFraction", "2027-03-31T12:00:00,5Z"},
        RejectCase{"Year1969", "1969-12-31T23:59:59Z"},
        RejectCase{"BeforeTheEpochByOffset", "1970-01-01T00:00:00+00:01"},
        RejectCase{"AfterTheLastYearByOffset", "9999-12-31T23:59:59-00:01"},
        RejectCase{"FiveDigitYear", "10000-01-01T00:00:00Z"},
        RejectCase{"SignedYear", "+2027-03-31T00:00:00Z"},
        RejectCase{"NegativeYear", "-027-03-31T00:00:00Z"},
        RejectCase{"OneDigitMonth", "2027-3-31T00:00:00Z"},
        RejectCase{"OtherDigits", "２０27-03-31T00:00:00Z"}, RejectCase{"SlashDate", "2027/03/31"},
        RejectCase{"UnixTime", "1806451200"}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

constexpr Instant kNow = At(2026, 11, 24, 9h + 30min + 5ms);

class ExpiryParses : public ::testing::TestWithParam<ParseCase> {};

TEST_P(ExpiryParses, RelativeToNow) {
  EXPECT_THAT(ParseExpiry(GetParam().text, kNow), IsOkAnd(GetParam().want));
}

INSTANTIATE_TEST_SUITE_P(
    All, ExpiryParses,
    ::testing::Values(ParseCase{"Days", "90d", kNow + 90 * 24h},
                      ParseCase{"Hours", "12h", kNow + 12h},
                      ParseCase{"Weeks", "2w", kNow + 14 * 24h}, ParseCase{"Zero", "0d", kNow},
                      ParseCase{"LeadingZeros", "000001h", kNow + 1h},
                      ParseCase{"SixDigitsOfHours", "999999h", kNow + 999999h},
                      ParseCase{"SixDigitsOfDays", "999999d", kNow + 999999 * 24h},
                      ParseCase{"DateEndsWithTheDay", "2027-03-31", At(2027, 4, 1)},
                      ParseCase{"LeapDay", "2028-02-29", At(2028, 3, 1)},
                      ParseCase{"LastDayOfYear", "2026-12-31", At(2027, 1, 1)},
                      ParseCase{"PastDateIsNotDecidedHere", "2001-01-01", At(2001, 1, 2)},
                      ParseCase{"LastDateWithANextDay", "9999-12-30", At(9999, 12, 31)},
                      ParseCase{"DateTime", "2027-03-31T12:00:00Z", At(2027, 3, 31, 12h)},
                      ParseCase{"DateTimeWithOffset", "2027-03-31T00:00:00+02:00",
                                At(2027, 3, 30, 22h)}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

class ExpiryRejects : public ::testing::TestWithParam<RejectCase> {};

TEST_P(ExpiryRejects, WithTheAcceptedFormsAsHint) {
  const Result<Instant> expiry = ParseExpiry(GetParam().text, kNow);
  ASSERT_THAT(expiry, FailsWith(kMalformed));
  EXPECT_THAT(expiry.error().hint, ::testing::HasSubstr("90d"));
  EXPECT_THAT(expiry.error().hint, ::testing::HasSubstr("2027-03-31"));
}

INSTANTIATE_TEST_SUITE_P(
    All, ExpiryRejects,
    ::testing::Values(RejectCase{"UnitAlone", "d"}, RejectCase{"NumberAlone", "90"},
                      RejectCase{"SevenDigits", "1000000h"}, RejectCase{"UpperCaseUnit", "90D"},
                      RejectCase{"Minutes", "90m"}, RejectCase{"Months", "3mo"},
                      RejectCase{"Years", "1y"}, RejectCase{"Negative", "-1d"},
                      RejectCase{"Plus", "+1d"}, RejectCase{"Fraction", "1.5d"},
                      RejectCase{"Space", "90 d"}, RejectCase{"TwoUnits", "1d12h"},
                      RejectCase{"Exponent", "1e3d"}, RejectCase{"Hexadecimal", "0x10d"},
                      RejectCase{"Int64Max", "9223372036854775807"},
                      RejectCase{"Int64MaxDays", "9223372036854775807d"},
                      RejectCase{"BeyondTheLastYear", "999999w"},
                      RejectCase{"LastDateHasNoNextDay", "9999-12-31"},
                      RejectCase{"DateThatIsNone", "2027-02-29"},
                      RejectCase{"DateWithTail", "2027-03-31x"},
                      RejectCase{"DateWithoutDay", "2027-03"}, RejectCase{"NaN", "NaN"},
                      RejectCase{"Infinity", "Infinity"}, RejectCase{"Null", "null"}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

}  // namespace
}  // namespace latchkey
