#include "operation/path_template.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "testing/matchers.h"

namespace latchkey {
namespace {

using ::testing::HasSubstr;
using enum Error::Code;

/// `lit:a par pat:[|.zip] rest`
std::string Shown(const std::vector<TemplateSegment>& segments) {
  std::string text;
  for (const TemplateSegment& segment : segments) {
    if (!text.empty()) text += ' ';
    switch (segment.kind) {
      case TemplateSegment::Kind::kLiteral: text += "lit:" + segment.pieces.at(0); break;
      case TemplateSegment::Kind::kParameter: text += "par"; break;
      case TemplateSegment::Kind::kGreedy: text += "rest"; break;
      case TemplateSegment::Kind::kPattern:
        text += "pat:";
        for (const std::string& piece : segment.pieces) text += "[" + piece + "]";
        break;
    }
  }
  return text;
}

struct ReadCase {
  const char* path;
  const char* segments;
};

class ReadsTemplates : public ::testing::TestWithParam<ReadCase> {};

TEST_P(ReadsTemplates, Segments) {
  const auto segments = ParseTemplate(GetParam().path, {.greedy = {"path"}});
  ASSERT_THAT(segments, IsOk()) << GetParam().path;
  EXPECT_EQ(Shown(*segments), GetParam().segments) << GetParam().path;
}

INSTANTIATE_TEST_SUITE_P(
    All, ReadsTemplates,
    ::testing::Values(ReadCase{"/", ""}, ReadCase{"/a", "lit:a"}, ReadCase{"/a/", "lit:a"},
                      ReadCase{"/a/{b}/c", "lit:a par lit:c"},
                      ReadCase{"/%61/b%2Fc", "lit:a lit:b/c"}, ReadCase{"/{a}.zip", "pat:[][.zip]"},
                      ReadCase{"/v{a}", "pat:[v][]"}, ReadCase{"/{a}..{b}", "pat:[][..][]"},
                      ReadCase{"/{a}{b}", "par"}, ReadCase{"/x{a}{b}y", "pat:[x][y]"},
                      ReadCase{"/{path}", "rest"}, ReadCase{"/a/{path}/", "lit:a rest"},
                      ReadCase{"/{path}/b", "par lit:b"}, ReadCase{"/{path}.zip", "pat:[][.zip]"},
                      ReadCase{"/{proxy+}", "rest"}, ReadCase{"/{+proxy}", "rest"},
                      ReadCase{"/{proxy*}", "rest"},
                      ReadCase{"/items('{id}')", "pat:[items('][')]"}));

struct BadCase {
  std::string path;
  const char* reason;
};

class RefusesTemplates : public ::testing::TestWithParam<BadCase> {};

TEST_P(RefusesTemplates, WithTheReason) {
  EXPECT_THAT(ParseTemplate(GetParam().path, {}),
              FailsWith(kInvalidArgument, HasSubstr(GetParam().reason)))
      << GetParam().path;
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusesTemplates,
    ::testing::Values(BadCase{"", "slash"}, BadCase{"a", "slash"}, BadCase{"//", "empty segment"},
                      BadCase{"/a//b", "empty segment"}, BadCase{"/{", "without its }"},
                      BadCase{"/}", "without its {"}, BadCase{"/a}b", "without its {"},
                      BadCase{"/{}", "without a name"}, BadCase{"/{{a}}", "without its }"},
                      BadCase{"/{a/b}", "without its }"}, BadCase{"/a/../b", "dot segment"},
                      BadCase{"/%2e", "dot segment"}, BadCase{"/a?b=c", "query"},
                      BadCase{"/a#b", "fragment"}, BadCase{"/a\nb", "control"},
                      BadCase{"/" + std::string(2048, 'a'), "2048 bytes"}));

TEST(ParseTemplateTest, HasAMostSegments) {
  std::string path;
  for (std::size_t i = 0; i < kTemplateSegmentsMax; ++i) path += "/a";
  EXPECT_THAT(ParseTemplate(path, {}), IsOk());
  EXPECT_THAT(ParseTemplate(path + "/a", {}), FailsWith(kInvalidArgument));
}

struct MatchCase {
  const char* segment;
  std::vector<std::string> pieces;
  bool matches;
};

class MatchesPatterns : public ::testing::TestWithParam<MatchCase> {};

TEST_P(MatchesPatterns, OrNot) {
  EXPECT_EQ(MatchesPattern(GetParam().segment, GetParam().pieces), GetParam().matches)
      << GetParam().segment;
}

INSTANTIATE_TEST_SUITE_P(
    All, MatchesPatterns,
    ::testing::Values(
        MatchCase{"a.zip", {"", ".zip"}, true}, MatchCase{".zip", {"", ".zip"}, false},
        MatchCase{"a.zip.zip", {"", ".zip"}, true}, MatchCase{"a.zipx", {"", ".zip"}, false},
        MatchCase{"a%2Ezip", {"", ".zip"}, true}, MatchCase{"%2ezip", {"", ".zip"}, false},
        MatchCase{"v1", {"v", ""}, true}, MatchCase{"v", {"v", ""}, false},
        MatchCase{"w1", {"v", ""}, false}, MatchCase{"%76%31", {"v", ""}, true},
        MatchCase{"a..b", {"", "..", ""}, true}, MatchCase{"..b", {"", "..", ""}, false},
        MatchCase{"a..", {"", "..", ""}, false}, MatchCase{"a...", {"", "..", ""}, true},
        MatchCase{"x-a-b-y", {"x", "-", "y"}, true}, MatchCase{"x-y", {"x", "-", "y"}, false},
        MatchCase{"aXbXc", {"", "X", "X", ""}, true}, MatchCase{"", {"", "a"}, false}));

}  // namespace
}  // namespace latchkey
