#include "http/target.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace latchkey::http {
namespace {

struct AcceptCase {
  const char* name;
  std::string raw;
  std::vector<std::string> segments;
  std::string query;
};

class ParseTargetAccepts : public testing::TestWithParam<AcceptCase> {};

TEST_P(ParseTargetAccepts, AndTakesApart) {
  const Result<Target> target = ParseTarget(GetParam().raw);
  ASSERT_TRUE(target.has_value()) << target.error().message;
  EXPECT_EQ(target->raw, GetParam().raw);
  EXPECT_EQ(target->segments, GetParam().segments);
  EXPECT_EQ(target->query, GetParam().query);
}

INSTANTIATE_TEST_SUITE_P(
    All, ParseTargetAccepts,
    testing::Values(AcceptCase{"Root", "/", {""}, ""}, AcceptCase{"Plain", "/a/b", {"a", "b"}, ""},
                    AcceptCase{"TrailingSlash", "/a/b/", {"a", "b", ""}, ""},
                    AcceptCase{"BareQuestionMark", "/a?", {"a"}, ""},
                    AcceptCase{"SecondQuestionMark", "/a?b?c", {"a"}, "b?c"},
                    AcceptCase{"RawQuoteInQuery", "/a?q=user.n=\"x\"", {"a"}, "q=user.n=\"x\""},
                    AcceptCase{"SemicolonInQuery", "/a?b;c", {"a"}, "b;c"},
                    AcceptCase{"DotsInQuery", "/a?next=/../b", {"a"}, "next=/../b"},
                    AcceptCase{"EncodedSlashInQuery", "/a?b=%2Fc", {"a"}, "b=%2Fc"},
                    AcceptCase{"Braces", "/u/{12}", {"u", "{12}"}, ""},
                    AcceptCase{"EncodedLetter", "/%61b", {"ab"}, ""},
                    AcceptCase{"EncodedUtf8", "/%c3%a4", {"\xc3\xa4"}, ""},
                    AcceptCase{"EncodedPercentStaysOneLevel", "/%252e%252e/x", {"%2e%2e", "x"}, ""},
                    AcceptCase{"RangeOfCommits", "/d/a..b", {"d", "a..b"}, ""},
                    AcceptCase{"ThreeDots", "/...", {"..."}, ""},
                    AcceptCase{"SubDelimiters", "/a!$&'()*+,=:@~-_.", {"a!$&'()*+,=:@~-_."}, ""}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

struct RejectCase {
  const char* name;
  std::string raw;
  Error::Code want = Error::Code::kMalformed;
};

class ParseTargetRejects : public testing::TestWithParam<RejectCase> {};

TEST_P(ParseTargetRejects, WithTheReason) {
  const Result<Target> target = ParseTarget(GetParam().raw);
  ASSERT_FALSE(target.has_value());
  EXPECT_EQ(target.error().code, GetParam().want);
}

std::string Segments(std::size_t count) {
  std::string path;
  for (std::size_t i = 0; i < count; ++i) path += "/a";
  return path;
}

INSTANTIATE_TEST_SUITE_P(
    All, ParseTargetRejects,
    testing::Values(
        RejectCase{"Empty", ""}, RejectCase{"Asterisk", "*"}, RejectCase{"Relative", "a/b"},
        RejectCase{"AbsoluteForm", "http://h/a"}, RejectCase{"AuthorityForm", "127.0.0.1:5432"},
        RejectCase{"DoubleSlashAtStart", "//a"}, RejectCase{"DoubleSlashInside", "/a//b"},
        RejectCase{"DoubleSlashAtEnd", "/a//"}, RejectCase{"DotDot", "/a/../b"},
        RejectCase{"DotDotAtEnd", "/a/.."}, RejectCase{"Dot", "/a/./b"},
        RejectCase{"DotAtEnd", "/."}, RejectCase{"EncodedDots", "/a/%2e%2E/b"},
        RejectCase{"HalfEncodedDots", "/a/.%2e/b"}, RejectCase{"EncodedSlash", "/a%2fb"},
        RejectCase{"EncodedSlashUpper", "/a%2Fb"}, RejectCase{"EncodedBackslash", "/..%5Cb"},
        RejectCase{"Backslash", "/..\\b"}, RejectCase{"EncodedNul", "/a%00"},
        RejectCase{"EncodedCarriageReturn", "/a%0d"}, RejectCase{"EncodedDelete", "/a%7f"},
        RejectCase{"Semicolon", "/a;b"}, RejectCase{"SemicolonAfterDots", "/a/..;/b"},
        RejectCase{"Fragment", "/a#b"}, RejectCase{"FragmentInQuery", "/a?b#c"},
        RejectCase{"RawByte80", "/a\x80"}, RejectCase{"RawUtf8", "/\xc3\xa4"},
        RejectCase{"RawUtf8InQuery", "/a?\xc3\xa4"}, RejectCase{"Space", "/a b"},
        RejectCase{"Tab", "/a\tb"}, RejectCase{"Nul", std::string("/a\0b", 4)},
        RejectCase{"CutEscape", "/a%2"}, RejectCase{"EscapeNotHex", "/a%zz"},
        RejectCase{"BrokenEscapeInQuery", "/a?b=%4"}, RejectCase{"NulInQuery", "/a?b=%00"},
        RejectCase{"OverlongSlash", "/..%c0%af.."}, RejectCase{"Latin1", "/%e4"},
        RejectCase{"TooManySegments", Segments(kSegmentCountMax + 1), Error::Code::kLimitExceeded},
        RejectCase{"TooLong", "/" + std::string(8192, 'a'), Error::Code::kLimitExceeded}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(ParseTarget, AcceptsUpToTheLimits) {
  EXPECT_TRUE(ParseTarget("/" + std::string(8191, 'a')).has_value());
  EXPECT_TRUE(ParseTarget(Segments(kSegmentCountMax)).has_value());
}

TEST(ParseTarget, ErrorsRepeatNothingOfTheTarget) {
  const Result<Target> target = ParseTarget("/lkat_secret;");
  ASSERT_FALSE(target.has_value());
  EXPECT_EQ(target.error().message.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace latchkey::http
