#include "http/head.h"

#include <gtest/gtest.h>

#include <string>

namespace latchkey::http {
namespace {

std::expected<ParsedHead, Refusal> Read(const std::string& bytes, const Limits& limits = {}) {
  HeadScanner scanner(limits);
  const auto size = scanner.Scan(bytes);
  if (!size) return std::unexpected(size.error());
  EXPECT_EQ(*size, bytes.size());
  return ParseHead(std::string_view(bytes).substr(0, *size), limits);
}

int StatusOf(const std::string& bytes, const Limits& limits = {}) {
  const auto parsed = Read(bytes, limits);
  return parsed ? 200 : parsed.error().status;
}

std::string Get(const std::string& fields) {
  return "GET / HTTP/1.1\r\nHost: h\r\n" + fields + "\r\n";
}

std::string Repeat(std::size_t count, std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

TEST(ParseHead, TakesApart) {
  const auto parsed = Read(
      "POST /a/b?c HTTP/1.1\r\nHost: EXAMPLE.org:8443\r\nX-A:\t b c \r\nX-B:\r\n"
      "Content-Length: 0012\r\n\r\n");
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->head.method, "POST");
  EXPECT_EQ(parsed->head.target.raw, "/a/b?c");
  EXPECT_EQ(parsed->host, "example.org");
  EXPECT_EQ(parsed->head.fields.Find("x-a"), "b c");
  EXPECT_EQ(parsed->head.fields.Find("X-B"), "");
  EXPECT_EQ(parsed->head.content_length, 12U);
  EXPECT_TRUE(parsed->head.has_body);
  EXPECT_TRUE(parsed->head.http_1_1);
  EXPECT_TRUE(parsed->keep_alive);
  EXPECT_FALSE(parsed->chunked);
}

TEST(ParseHead, ReadsHowTheMessageIsFramed) {
  const auto chunked = Read(Get("Transfer-Encoding: Chunked\r\nExpect: 100-Continue\r\n"));
  ASSERT_TRUE(chunked.has_value());
  EXPECT_TRUE(chunked->chunked && chunked->head.has_body && chunked->expects_continue);
  EXPECT_FALSE(chunked->head.content_length.has_value());

  const auto none = Read(Get("Content-Length: 0\r\nExpect: 100-continue\r\n"));
  ASSERT_TRUE(none.has_value());
  EXPECT_FALSE(none->head.has_body || none->expects_continue);
}

TEST(ParseHead, ReadsWhetherTheConnectionStays) {
  EXPECT_FALSE(Read(Get("Connection: keep-alive, Close\r\n"))->keep_alive);
  EXPECT_FALSE(Read(Get("Connection: a\r\nConnection: close\r\n"))->keep_alive);
  EXPECT_TRUE(Read(Get("Connection: , ,a\r\n"))->keep_alive);
  EXPECT_EQ(StatusOf(Get("Connection: close: 1\r\n")), 400);
  EXPECT_TRUE(Read(Get("Connection: closed\r\n"))->keep_alive);
  EXPECT_FALSE(Read("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")->keep_alive);
}

TEST(ParseHead, KeepsBytesFrom0x80AsTheyAre) {
  const auto parsed = Read(Get("X-A: \xa0x\x85\r\n"));
  ASSERT_TRUE(parsed.has_value());
  EXPECT_EQ(parsed->head.fields.Find("X-A"), "\xa0x\x85");
}

TEST(ParseHead, ContentLengthIsCheckedToItsLimit) {
  EXPECT_EQ(StatusOf(Get("Content-Length: 9223372036854775807\r\n")), 200);
  EXPECT_EQ(StatusOf(Get("Content-Length: 9223372036854775808\r\n")), 400);
  EXPECT_EQ(StatusOf(Get("Content-Length: 99999999999999999999\r\n")), 400);
  EXPECT_EQ(StatusOf(Get("Content-Length: 1 \t\r\n")), 200);
  EXPECT_EQ(StatusOf(Get("Content-Length: 1 1\r\n")), 400);
}

TEST(ParseHead, Http10NeedsNoHostButOnlyOne) {
  EXPECT_EQ(StatusOf("GET / HTTP/1.0\r\n\r\n"), 200);
  EXPECT_EQ(StatusOf("GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n"), 400);
  EXPECT_EQ(StatusOf("GET / HTTP/1.0\r\nExpect: anything\r\n\r\n"), 200);
}

TEST(ParseHead, TargetAndHeadHaveTheirLimits) {
  Limits limits;
  limits.target_size_max = 20;
  limits.head_size_max = 120;
  limits.field_count_max = 2;
  const auto target = [](std::size_t size) {
    return "GET /" + std::string(size - 1, 'a') + " HTTP/1.1\r\nHost: h\r\n\r\n";
  };
  EXPECT_EQ(StatusOf(target(20), limits), 200);
  EXPECT_EQ(StatusOf(target(21), limits), 414);
  EXPECT_EQ(StatusOf(target(400), limits), 414);
  EXPECT_EQ(StatusOf(Get("A: b\r\n"), limits), 200);
  EXPECT_EQ(StatusOf(Get("A: b\r\nA: b\r\n"), limits), 431);
  const std::size_t rest = 120 - Get("A: \r\n").size();
  EXPECT_EQ(StatusOf(Get("A: " + std::string(rest, 'b') + "\r\n"), limits), 200);
  EXPECT_EQ(StatusOf(Get("A: " + std::string(rest + 1, 'b') + "\r\n"), limits), 431);
  EXPECT_EQ(StatusOf(std::string(33, 'A') + " / HTTP/1.1\r\nHost: h\r\n\r\n"), 501);
  EXPECT_EQ(StatusOf(std::string(32, 'A') + " / HTTP/1.1\r\nHost: h\r\n\r\n"), 200);
}

TEST(HeadScanner, FindsTheEndHoweverTheBytesCome) {
  const std::string head = "\r\n" + Get("X-A: b\r\n");
  const std::string bytes = head + "GET /next";
  const Limits limits;
  for (std::size_t step = 1; step < 9; ++step) {
    HeadScanner scanner(limits);
    std::size_t size = 0;
    for (std::size_t have = step; size == 0; have += step) {
      const auto found = scanner.Scan(std::string_view(bytes).substr(0, have));
      ASSERT_TRUE(found.has_value());
      size = *found;
      ASSERT_LT(have, bytes.size() + step);
    }
    EXPECT_EQ(size, head.size()) << step;
  }
}

TEST(HeadScanner, RefusesBeforeTheHeadIsComplete) {
  for (const std::string& bytes :
       {std::string("\n"), std::string("G\n"), std::string("GET / HTTP/1.1\rH"),
        std::string("GET\0", 4), std::string("\r\r"), std::string("\r\n\r\n"),
        std::string("GET / HTTP/1.1\r\nA: \x01")}) {
    const Limits limits;
    HeadScanner scanner(limits);
    const auto size = scanner.Scan(bytes);
    ASSERT_FALSE(size.has_value()) << bytes;
    EXPECT_EQ(size.error().status, 400);
  }
  const Limits limits;
  HeadScanner endless(limits);
  EXPECT_EQ(endless.Scan("GET / HTTP/1.1\r\n" + Repeat(20000, "a")).error().status, 431);
  HeadScanner long_target(limits);
  EXPECT_EQ(long_target.Scan("GET /" + Repeat(9000, "a")).error().status, 414);
}

struct HostCase {
  const char* value;
  std::optional<std::string> want;
};

TEST(ParseHost, AcceptsNamesAndAddresses) {
  const HostCase cases[] = {
      {"example.org", "example.org"},
      {"EXAMPLE.org.", "example.org"},
      {"a-b_c.example:443", "a-b_c.example"},
      {"h:", "h"},
      {"127.0.0.1:8080", "127.0.0.1"},
      {"[::1]:8080", "[::1]"},
      {"[2001:DB8::1]", "[2001:db8::1]"},
      {"", std::nullopt},
      {".", std::nullopt},
      {":80", std::nullopt},
      {"h:80a", std::nullopt},
      {"h:123456", std::nullopt},
      {"h:80:80", std::nullopt},
      {"h,evil.example", std::nullopt},
      {"h evil.example", std::nullopt},
      {"user@h", std::nullopt},
      {"h/path", std::nullopt},
      {"h?x", std::nullopt},
      {"[::1", std::nullopt},
      {"[::1]x", std::nullopt},
      {"[<script>]", std::nullopt},
      {"h\x80", std::nullopt},
  };
  for (const HostCase& test_case : cases) {
    EXPECT_EQ(ParseHost(test_case.value), test_case.want) << test_case.value;
  }
}

}  // namespace
}  // namespace latchkey::http
