// Properties: the gate and the main server read the same bytes alike. What http::ParseHead accepts
// the gate's reader accepts, with the same method, target and fields; what it refuses, the gate
// refuses too, unless it is the target alone (which each listener judges by its own rules). And
// what a dialect accepts is whole: a method, a target in origin form, a client.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gate/dialect.h"
#include "http/head.h"
#include "http/head_view.h"

namespace {

using latchkey::http::HeadView;
using latchkey::http::Limits;
using latchkey::http::ParsedHead;

void Require(bool holds) {
  if (!holds) std::abort();
}

void Compare(const HeadView& view, const ParsedHead& parsed) {
  Require(view.method == parsed.head.method);
  Require(view.target == parsed.head.target.raw);
  Require(view.http_1_1 == parsed.head.http_1_1);
  Require(view.has_body == parsed.head.has_body && view.chunked == parsed.chunked);
  Require(view.content_length == parsed.head.content_length);
  Require(view.keep_alive == parsed.keep_alive);
  Require(view.fields.size() == parsed.head.fields.lines().size());
  for (std::size_t i = 0; i < view.fields.size(); ++i) {
    Require(view.fields[i].name == parsed.head.fields.lines()[i].first);
    Require(view.fields[i].value == parsed.head.fields.lines()[i].second);
  }
  // What a target may be for the main server it may be for the gate.
  Require(latchkey::gate::IsOriginForm(view.target));
}

void ReadRoute(const HeadView& view) {
  if (!latchkey::gate::IsOriginForm(view.target)) return;
  const auto route = latchkey::gate::FindRoute(view.target);
  if (!route) return;
  const latchkey::gate::Peer peer{.address = {}, .local = true, .trusted = true};
  const latchkey::http::TrustedProxies proxies;
  latchkey::gate::AddressText client;
  latchkey::gate::GateQuestion question;
  if (!latchkey::gate::ReadQuestion(*route, view, peer, proxies, client, question)) return;
  Require(!question.method.empty() && latchkey::gate::IsOriginForm(question.uri));
  Require(!question.client_address.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string bytes(data, data + size);
  Limits limits;
  limits.field_count_max = 20;
  latchkey::http::HeadScanner scanner(limits);
  const auto end = scanner.Scan(bytes);
  if (!end || *end == 0) return 0;
  const std::string_view head = std::string_view{bytes}.substr(0, *end);
  HeadView view;
  const auto read = latchkey::http::ReadHead(head, limits, view);
  const auto parsed = latchkey::http::ParseHead(head, limits);
  if (parsed) {
    Require(read.has_value());
    Compare(view, *parsed);
  }
  if (!parsed && read) {
    Require(parsed.error().detail.starts_with("The request target is not acceptable"));
  }
  if (read) ReadRoute(view);
  return 0;
}
