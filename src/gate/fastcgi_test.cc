#include "gate/fastcgi.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "gate/fixture/fastcgi_client.h"

namespace latchkey::gate {
namespace {

TEST(FastCgiTest, ReadsARequestOnceItIsWhole) {
  const std::string bytes =
      FastCgiRecords({{"A", "1"}, {"LONG", std::string(300, 'x')}, {"E", ""}});
  FastCgiRequest request;
  for (std::size_t have = 0; have < bytes.size(); ++have) {
    const auto used = ReadFastCgiRequest(std::string_view{bytes}.substr(0, have), request);
    ASSERT_TRUE(used.has_value());
    EXPECT_EQ(*used, 0U);
  }
  const auto used = ReadFastCgiRequest(bytes + "rest", request);
  ASSERT_TRUE(used.has_value());
  EXPECT_EQ(*used, bytes.size());
  EXPECT_EQ(request.id, 1);
  EXPECT_EQ(request.role, kFastCgiAuthorizer);
  EXPECT_FALSE(request.keep_connection);
  FastCgiParams params(request.params);
  std::vector<std::string> seen;
  while (const auto pair = params.Next()) {
    seen.push_back(std::string{pair->name} + "=" + std::to_string(pair->value.size()));
  }
  EXPECT_FALSE(params.broken());
  EXPECT_EQ(seen, (std::vector<std::string>{"A=1", "LONG=300", "E=0"}));
}

TEST(FastCgiTest, SkipsWhatAnEarlierRequestLeftBehind) {
  const std::string stdin_record = FastCgiRecord(5, 1, "");
  FastCgiRequest request;
  const std::string whole = FastCgiRecords({{"A", "1"}});
  EXPECT_EQ(ReadFastCgiRequest(stdin_record + whole, request), stdin_record.size() + whole.size());
}

TEST(FastCgiTest, RefusesWhatDoesNotBelongThere) {
  const std::string begin = FastCgiBegin(1, kFastCgiAuthorizer, false);
  FastCgiRequest request;
  for (const std::string& bytes :
       {std::string{"GET / HTTP/1.1\r\n\r\n"}, FastCgiRecord(4, 1, "x"), begin + begin,
        begin + FastCgiRecord(4, 2, "x"), begin + FastCgiRecord(5, 1, "x"),
        FastCgiRecord(1, 1, "short"), FastCgiRecord(9, 0, ""),
        FastCgiRecord(1, 0, std::string(8, 0)), FastCgiRecord(6, 1, "x")}) {
    EXPECT_FALSE(ReadFastCgiRequest(bytes, request).has_value());
  }
}

TEST(FastCgiTest, IsBounded) {
  FastCgiRequest request;
  std::string many = FastCgiBegin(1, kFastCgiAuthorizer, false);
  for (std::size_t i = 0; i < kFastCgiRecordCountMax; ++i) many += FastCgiRecord(4, 1, "x");
  EXPECT_EQ(ReadFastCgiRequest(many, request), std::unexpected(FastCgiFault::kTooLarge));
  std::string large = FastCgiBegin(1, kFastCgiAuthorizer, false);
  for (int i = 0; i < 2; ++i) large += FastCgiRecord(4, 1, std::string(40000, 'x'));
  EXPECT_EQ(ReadFastCgiRequest(large, request), std::unexpected(FastCgiFault::kTooLarge));
}

TEST(FastCgiParamsTest, StopsAtABrokenLength) {
  for (const std::string& text : {std::string{"\x05"}, std::string{"\x05\x01"},
                                  std::string{"\x01\x05"
                                              "ab"},
                                  std::string{"\x80\x00"},
                                  std::string{"\xff\xff\xff\xff\x01"
                                              "a"},
                                  std::string{"\x80"}}) {
    FastCgiParams params(text);
    EXPECT_FALSE(params.Next().has_value());
    EXPECT_TRUE(params.broken());
  }
}

TEST(FastCgiTest, AnswersInRecords) {
  std::string out;
  AppendFastCgiAnswer(7, std::string(70000, 'x'), out);
  const FastCgiReply reply = ReadFastCgiReply(out);
  EXPECT_EQ(reply.content.size(), 70000U);
  EXPECT_EQ(reply.id, 7);
  EXPECT_TRUE(reply.ended);
  EXPECT_EQ(reply.protocol_status, 0);
  out.clear();
  AppendFastCgiUnknownRole(7, out);
  EXPECT_EQ(ReadFastCgiReply(out).protocol_status, 3);
}

}  // namespace
}  // namespace latchkey::gate
