#include "admin/protocol.h"

#include <gmock/gmock.h>

#include "testing/matchers.h"

namespace latchkey::admin {
namespace {

using testing::HasSubstr;
using testing::Not;
using enum Error::Code;

TEST(ProtocolTest, ARequestIsReadBack) {
  const std::string line =
      FormatRequest("token.create", Json{{"name", "a\nb"}, {"scopes", {"x", "y"}}});
  EXPECT_THAT(line, Not(HasSubstr("\n")));
  const Result<Request> request = ParseRequest(line);
  ASSERT_THAT(request, IsOk());
  EXPECT_EQ(request->method, "token.create");
  EXPECT_EQ(request->params.dump(), R"({"name":"a\nb","scopes":["x","y"]})");
}

TEST(ProtocolTest, AnAnswerIsReadBack) {
  const Result<Json> answer = ParseAnswer(FormatAnswer(Json{{"id", "a"}, {"admin", true}}));
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->dump(), R"({"id":"a","admin":true})");
}

class ProtocolCarries : public testing::TestWithParam<Error::Code> {};

TEST_P(ProtocolCarries, EveryErrorCode) {
  const Result<Json> answer =
      ParseAnswer(FormatAnswer(Fail(GetParam(), "what happened", "what to do")));
  ASSERT_THAT(answer, FailsWith(GetParam(), "what happened"));
  EXPECT_EQ(answer.error().hint, "what to do");
}

INSTANTIATE_TEST_SUITE_P(All, ProtocolCarries,
                         testing::Values(kMalformed, kBadChecksum, kInvalidArgument, kNotFound,
                                         kAlreadyExists, kConflict, kPermissionDenied,
                                         kLimitExceeded, kUnavailable, kNoSpace, kTampered,
                                         kDisagreement, kInUse, kIo, kInternal),
                         [](const auto& test_case) { return std::to_string(test_case.index); });

TEST(ProtocolTest, IllFormedUtf8IsReplacedAndNotThrown) {
  EXPECT_THAT(ParseRequest(FormatRequest("a", Json{{"name", "\xFF"}})), IsOk());
  EXPECT_THAT(ParseAnswer(FormatAnswer(Fail(kIo, "\xFF"))), FailsWith(kIo));
}

struct WrongCase {
  const char* name;
  std::string line;
};

class ProtocolRefuses : public testing::TestWithParam<WrongCase> {};

TEST_P(ProtocolRefuses, AsARequest) {
  EXPECT_THAT(ParseRequest(GetParam().line), FailsWith(kMalformed));
}

TEST_P(ProtocolRefuses, AsAnAnswer) {
  EXPECT_THAT(ParseAnswer(GetParam().line), FailsWith(kMalformed));
}

std::string Nested(std::size_t depth) {
  return R"({"method":"a","params":{"a":)" + std::string(depth, '[') + std::string(depth, ']') +
         "}}";
}

INSTANTIATE_TEST_SUITE_P(
    All, ProtocolRefuses,
    testing::Values(WrongCase{"Nothing", ""}, WrongCase{"NoJson", "hello"},
                    WrongCase{"AList", "[]"}, WrongCase{"AnEmptyObject", "{}"},
                    WrongCase{"TwoValues", R"({"method":"a","params":{}} {})"},
                    WrongCase{"OneMemberTooFew", R"({"method":"a"})"},
                    WrongCase{"OneMemberTooMany", R"({"method":"a","params":{},"extra":1})"},
                    WrongCase{"ParamsNoObject", R"({"method":"a","params":[]})"},
                    WrongCase{"MethodNoText", R"({"method":1,"params":{}})"},
                    WrongCase{"AMemberTwice", R"({"method":"a","method":"b","params":{}})"},
                    WrongCase{"AMemberTwiceBelow", R"({"method":"a","params":{"b":1,"b":2}})"},
                    WrongCase{"ErrorWithoutHint", R"({"error":{"code":"io","message":"m"}})"},
                    WrongCase{"ErrorOfNumbers", R"({"error":{"code":1,"message":2,"hint":3}})"},
                    WrongCase{"ResultAndError", R"({"result":1,"error":2})"},
                    WrongCase{"IllFormedUtf8", "{\"method\":\"\xFF\",\"params\":{}}"},
                    WrongCase{"TooDeep", Nested(100'000)}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(ProtocolTest, RefusesAMessageAboveTheLimit) {
  const std::string line(kMessageSizeMax + 1, ' ');
  EXPECT_THAT(ParseRequest(line), FailsWith(kLimitExceeded));
  EXPECT_THAT(ParseAnswer(line), FailsWith(kLimitExceeded));
}

TEST(ProtocolTest, AnUnknownErrorCodeIsInternal) {
  EXPECT_THAT(ParseAnswer(R"({"error":{"code":"new","message":"m","hint":""}})"),
              FailsWith(kInternal, "m"));
}

}  // namespace
}  // namespace latchkey::admin
