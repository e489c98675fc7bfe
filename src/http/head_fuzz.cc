// Properties: how the bytes were cut does not change what is read; and what is accepted,
// Boost.Beast's parser accepts too and reads the same: method, target, fields, framing.

#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "http/head.h"

namespace {

namespace beast_http = boost::beast::http;
using latchkey::http::HeadScanner;
using latchkey::http::Limits;
using latchkey::http::ParsedHead;

void Require(bool holds) {
  if (!holds) std::abort();
}

std::string_view View(boost::beast::string_view text) { return {text.data(), text.size()}; }

void CompareWithBeast(std::string_view bytes, const ParsedHead& ours) {
  if (bytes.starts_with("\r\n")) bytes.remove_prefix(2);
  beast_http::request_parser<beast_http::empty_body> parser;
  parser.header_limit(65536);
  parser.body_limit(boost::none);
  boost::system::error_code error;
  parser.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  Require(!error && parser.is_header_done());
  Require(View(parser.get().method_string()) == ours.head.method);
  Require(View(parser.get().target()) == ours.head.target.raw);
  Require((parser.get().version() == 11) == ours.head.http_1_1);
  Require(parser.chunked() == ours.chunked);
  const auto length = parser.content_length();
  Require(length.has_value() == ours.head.content_length.has_value());
  Require(!length || *length == *ours.head.content_length);
  std::size_t count = 0;
  for (const auto& field : parser.get()) {
    ++count;
    const auto is_same = [&](const auto& line) {
      return line.first == View(field.name_string()) && line.second == View(field.value());
    };
    Require(std::ranges::any_of(ours.head.fields.lines(), is_same));
  }
  Require(count == ours.head.fields.lines().size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string bytes(data + 1, data + size);
  Limits limits;
  limits.field_count_max = 20;
  HeadScanner whole(limits);
  const auto end = whole.Scan(bytes);

  HeadScanner stepwise(limits);
  const std::size_t step = std::size_t{data[0]} % 16 + 1;
  auto found = stepwise.Scan({});
  for (std::size_t have = step; found && *found == 0 && have < bytes.size() + step; have += step) {
    found = stepwise.Scan(std::string_view(bytes).substr(0, have));
  }
  Require(found.has_value() == end.has_value());
  if (!end || *end == 0) return 0;
  Require(*found == *end);
  const std::string_view head = std::string_view(bytes).substr(0, *end);
  if (const auto parsed = latchkey::http::ParseHead(head, limits)) CompareWithBeast(head, *parsed);
  return 0;
}
