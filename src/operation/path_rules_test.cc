#include "operation/path_rules.h"

#include <gtest/gtest.h>

#include <array>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace latchkey {
namespace {

using enum PathFault;

std::string Shown(const std::optional<PathFault>& fault) {
  return fault ? std::string{PathFaultName(*fault)} : "passes";
}

struct PathCase {
  std::string path;
  std::optional<PathFault> fault;
};

class DefaultRules : public ::testing::TestWithParam<PathCase> {};

TEST_P(DefaultRules, PassOrNameTheFault) {
  EXPECT_EQ(Shown(CheckPath(GetParam().path, {})), Shown(GetParam().fault)) << GetParam().path;
}

INSTANTIATE_TEST_SUITE_P(
    Passes, DefaultRules,
    ::testing::Values(PathCase{"/", {}}, PathCase{"/a", {}}, PathCase{"/a/", {}},
                      PathCase{"/a/b.c/...", {}}, PathCase{"/.a/..b/a..", {}},
                      PathCase{"/%61dmin", {}}, PathCase{"/a%20b", {}}, PathCase{"/a%2Eb", {}},
                      PathCase{"/%c3%a4", {}}, PathCase{"/%E2%82%AC/%f0%9f%94%91", {}},
                      PathCase{"/a:b@c!$&'()*+,=", {}}, PathCase{"/100%25", {}},
                      PathCase{"/100%25/ab", {}}, PathCase{"/%25zz", {}}, PathCase{"/%25a", {}},
                      PathCase{"/%25%32", {}}, PathCase{"/{uuid}", {}}, PathCase{"/%7Buuid%7D", {}},
                      PathCase{"/a%3Fb%23c", {}}));

INSTANTIATE_TEST_SUITE_P(
    Faults, DefaultRules,
    ::testing::Values(
        PathCase{"", kNotAbsolute}, PathCase{"*", kNotAbsolute}, PathCase{"a/b", kNotAbsolute},
        PathCase{"http://h/a", kNotAbsolute}, PathCase{"/a b", kForbiddenByte},
        PathCase{"/a\tb", kForbiddenByte}, PathCase{"/a\r\nb", kForbiddenByte},
        PathCase{std::string{"/a\0b", 4}, kForbiddenByte}, PathCase{"/a\x7f", kForbiddenByte},
        PathCase{"/a#b", kForbiddenByte}, PathCase{"/a?b", kForbiddenByte},
        PathCase{"/%", kBadEscape}, PathCase{"/%4", kBadEscape}, PathCase{"/%4g", kBadEscape},
        PathCase{"/%g4", kBadEscape}, PathCase{"/a%%20", kBadEscape},
        PathCase{"/%u0041", kBadEscape}, PathCase{"/%00", kEncodedControl},
        PathCase{"/a%0d%0aX:y", kEncodedControl}, PathCase{"/%1f", kEncodedControl},
        PathCase{"/%7F", kEncodedControl}, PathCase{"/.", kDotSegment},
        PathCase{"/..", kDotSegment}, PathCase{"/a/./b", kDotSegment},
        PathCase{"/a/../b", kDotSegment}, PathCase{"/a/..", kDotSegment},
        PathCase{"/a/../", kDotSegment}, PathCase{"/%2e", kDotSegment},
        PathCase{"/%2e%2E/b", kDotSegment}, PathCase{"/.%2e/b", kDotSegment},
        PathCase{"/a/%2e./b", kDotSegment}, PathCase{"/a%2fb", kEncodedSlash},
        PathCase{"/a%2Fb", kEncodedSlash}, PathCase{"/..%2fb", kEncodedSlash},
        PathCase{"/a%5cb", kEncodedBackslash}, PathCase{"/..%5Cadmin", kEncodedBackslash},
        PathCase{"/a\\b", kBackslash}, PathCase{"/..\\admin", kBackslash},
        PathCase{"/a;b=c", kSemicolon}, PathCase{"/..;/b", kSemicolon},
        PathCase{"/a%3bb", kSemicolon}, PathCase{"//", kEmptySegment},
        PathCase{"//admin", kEmptySegment}, PathCase{"/a//b", kEmptySegment},
        PathCase{"/a//", kEmptySegment}, PathCase{"/\xc3\xa4", kHighByte},
        PathCase{"/\xff", kHighByte}, PathCase{"/%252e", kDoubleEncoding},
        PathCase{"/%2561", kDoubleEncoding}, PathCase{"/%25%32%65", kDoubleEncoding},
        PathCase{"/%252%65", kDoubleEncoding}, PathCase{"/%c0%ae", kBadUtf8},
        PathCase{"/%c0%aedmin", kBadUtf8}, PathCase{"/%e0%80%af", kBadUtf8},
        PathCase{"/%ed%a0%80", kBadUtf8}, PathCase{"/%f4%90%80%80", kBadUtf8},
        PathCase{"/%f5%80%80%80", kBadUtf8}, PathCase{"/%80", kBadUtf8}, PathCase{"/%c3", kBadUtf8},
        PathCase{"/%c3/%a4", kBadUtf8}, PathCase{"/%c3a", kBadUtf8}, PathCase{"/%ff", kBadUtf8}));

struct OptInCase {
  const char* rule;
  std::string path;
};

class OptIn : public ::testing::TestWithParam<OptInCase> {};

/// The rules with the one of this name let through.
PathRules With(std::string_view name) {
  PathRules rules;
  bool PathRules::* const member = FindPathRule(name);
  EXPECT_NE(member, nullptr) << name;
  if (member != nullptr) rules.*member = true;
  return rules;
}

constexpr std::array<std::string_view, 8> kRuleNames{
    "dot_segments", "encoded_slash", "encoded_backslash", "semicolon",
    "backslash",    "empty_segment", "high_bytes",        "double_encoding"};

TEST_P(OptIn, ItsOwnRuleAndNoOtherLetsItThrough) {
  EXPECT_NE(Shown(CheckPath(GetParam().path, {})), "passes");
  for (const std::string_view name : kRuleNames) {
    EXPECT_EQ(CheckPath(GetParam().path, With(name)) == std::nullopt, name == GetParam().rule)
        << GetParam().path << " under " << name;
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, OptIn,
    ::testing::Values(OptInCase{"dot_segments", "/a/../b"}, OptInCase{"dot_segments", "/%2e%2e/b"},
                      OptInCase{"encoded_slash", "/a%2fb"},
                      OptInCase{"encoded_backslash", "/a%5Cb"}, OptInCase{"semicolon", "/a;b"},
                      OptInCase{"semicolon", "/a%3Bb"}, OptInCase{"backslash", "/a\\b"},
                      OptInCase{"empty_segment", "//a//"}, OptInCase{"high_bytes", "/\xc3\xa4"},
                      OptInCase{"double_encoding", "/%252e"}));

TEST(CheckPathTest, OneRuleHidesNothingFromAnother) {
  EXPECT_EQ(CheckPath("/a/..%2fb", With("encoded_slash")), kDotSegment);
  EXPECT_EQ(CheckPath("/a%2f%2e%2e", With("encoded_slash")), kDotSegment);
  EXPECT_EQ(CheckPath("/a%2f%2fb", With("encoded_slash")), kEmptySegment);
  EXPECT_EQ(CheckPath("/a/..\\b", With("backslash")), kDotSegment);
  EXPECT_EQ(CheckPath("/a/..%5cb", With("encoded_backslash")), kDotSegment);
  EXPECT_EQ(CheckPath("/a/..;x=y/b", With("semicolon")), kDotSegment);
  EXPECT_EQ(CheckPath("/a/..%3bx", With("semicolon")), kDotSegment);
  EXPECT_EQ(CheckPath("/\xff", With("high_bytes")), kBadUtf8);
}

TEST(CheckPathTest, ControlsHaveNoOptIn) {
  PathRules all;
  for (const std::string_view name : kRuleNames) all.*FindPathRule(name) = true;
  for (const char* path : {"/a b", "/%00", "/%0a", "/a\nb", "/%zz", "/a?b", "/a#b", "a"}) {
    EXPECT_NE(CheckPath(path, all), std::nullopt) << path;
  }
}

TEST(CheckPathTest, KnowsNoOtherRule) {
  EXPECT_EQ(FindPathRule(""), nullptr);
  EXPECT_EQ(FindPathRule("dot-segments"), nullptr);
}

TEST(CheckPathTest, EachFaultHasItsName) {
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < kPathFaultCount; ++i) {
    names.insert(PathFaultName(static_cast<PathFault>(i)));
  }
  EXPECT_EQ(names.size(), kPathFaultCount);
}

}  // namespace
}  // namespace latchkey
