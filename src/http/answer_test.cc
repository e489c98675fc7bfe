#include "http/answer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace latchkey::http {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;
using testing::Not;
using testing::StartsWith;

std::string Format(const Fields& fields, AnswerFraming framing, bool https = false,
                   bool close = false) {
  return FormatAnswerHead({.status = 200,
                           .fields = &fields,
                           .framing = framing,
                           .length = 7,
                           .request_id = "id-1",
                           .https = https,
                           .close = close});
}

TEST(FormatAnswerHead, WritesTheServersFields) {
  const std::string head = Format({}, AnswerFraming::kLength, /*https=*/false, /*close=*/true);
  EXPECT_THAT(head, StartsWith("HTTP/1.1 200 OK\r\nDate: "));
  EXPECT_THAT(head, HasSubstr("\r\nX-Request-Id: id-1\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nContent-Length: 7\r\n"));
  EXPECT_THAT(head, HasSubstr("\r\nConnection: close\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("Strict-Transport-Security")));
  EXPECT_TRUE(head.ends_with("\r\n\r\n"));
}

TEST(FormatAnswerHead, AsksForHttpsOverHttpsOnly) {
  EXPECT_THAT(Format({}, AnswerFraming::kNone, /*https=*/true),
              HasSubstr("\r\nStrict-Transport-Security: max-age="));
}

TEST(FormatAnswerHead, KeepsBrowsersFromMakingMoreOfAnAnswer) {
  const std::string head = Format({}, AnswerFraming::kLength);
  for (const char* field :
       {"X-Content-Type-Options: nosniff", "Referrer-Policy: no-referrer",
        "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
        "Cross-Origin-Opener-Policy: same-origin", "Cross-Origin-Resource-Policy: same-origin",
        "Permissions-Policy: camera=()", "Cache-Control: no-store"}) {
    EXPECT_THAT(head, HasSubstr("\r\n" + std::string{field}));
  }
}

TEST(FormatAnswerHead, TheHandlersFieldsWinOverDefaults) {
  Fields fields;
  fields.Add("cache-control", "private, max-age=60");
  fields.Add("content-security-policy", "default-src 'self'");
  const std::string head = Format(fields, AnswerFraming::kNone);
  EXPECT_THAT(head, HasSubstr("\r\ncache-control: private, max-age=60\r\n"));
  EXPECT_THAT(head, Not(HasSubstr("no-store")));
  EXPECT_THAT(head, Not(HasSubstr("'none'")));
}

TEST(FormatAnswerHead, TheHandlerCannotFrame) {
  Fields fields;
  fields.Add("Content-Length", "99");
  fields.Add("transfer-encoding", "gzip");
  fields.Add("Connection", "keep-alive");
  fields.Add("Server", "x/1.2");
  const std::string head = Format(fields, AnswerFraming::kChunked);
  EXPECT_THAT(head, HasSubstr("\r\nTransfer-Encoding: chunked\r\n"));
  for (const char* text : {"99", "gzip", "keep-alive", "x/1.2"}) {
    EXPECT_THAT(head, Not(HasSubstr(text)));
  }
}

TEST(AreSafe, RefusesWhatWouldSplitTheHead) {
  const auto safe = [](std::string name, std::string value) {
    Fields fields;
    fields.Add(std::move(name), std::move(value));
    return AreSafe(fields);
  };
  EXPECT_TRUE(safe("X-A", "b\tc \xc3\xa4"));
  EXPECT_FALSE(safe("X-A", "b\r\nX-B: c"));
  EXPECT_FALSE(safe("X-A", std::string("b\0", 2)));
  EXPECT_FALSE(safe("X A", "b"));
  EXPECT_FALSE(safe("", "b"));
}

TEST(MakeProblem, IsJsonWhateverTheTextHolds) {
  const Response problem = MakeProblem(404, "no \"x\"\\\n", "id-1");
  EXPECT_EQ(problem.status, 404);
  EXPECT_EQ(problem.fields.Find("Content-Type"), "application/problem+json");
  EXPECT_EQ(problem.body,
            "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,"
            "\"detail\":\"no \\\"x\\\"\\\\\\u000a\",\"request_id\":\"id-1\"}\n");
}

TEST(ReasonPhraseTest, IsNeverEmpty) {
  EXPECT_EQ(ReasonPhrase(421), "Misdirected Request");
  EXPECT_EQ(ReasonPhrase(431), "Request Header Fields Too Large");
  for (int status = 0; status < 1000; ++status) EXPECT_FALSE(ReasonPhrase(status).empty());
}

TEST(HttpDateTest, HasTheOneForm) {
  EXPECT_THAT(HttpDate(),
              MatchesRegex("(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3][0-9] [A-Z][a-z][a-z] [0-9]{4} "
                           "[0-2][0-9]:[0-5][0-9]:[0-6][0-9] GMT"));
}

}  // namespace
}  // namespace latchkey::http
