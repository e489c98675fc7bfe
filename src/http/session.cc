#include "http/session.h"

#include <algorithm>
#include <boost/core/demangle.hpp>
#include <exception>
#include <typeinfo>
#include <utility>

#include "http/mask.h"

namespace latchkey::http {

namespace {

using Clock = Transport::Clock;

// Room behind the largest head, so that a head is always refused before the buffer is full.
constexpr std::size_t kBufferSpare = 4096;
constexpr std::size_t kDrainSizeMax = 262144;
constexpr std::size_t kDrainSizeMaxGet = 65536;
constexpr std::chrono::seconds kDrainTimeMax{5};
constexpr std::chrono::milliseconds kLinger{2000};

bool IsSafeMethod(std::string_view method) { return method == "GET" || method == "HEAD"; }

}  // namespace

Session::Session(const ServerContext& context, std::shared_ptr<Transport> transport,
                 boost::asio::ip::address peer)
    : context_(context),
      transport_(std::move(transport)),
      peer_(std::move(peer)),
      buffer_(context.settings.limits.head_size_max + kBufferSpare),
      opened_(Clock::now()),
      request_start_(opened_) {}

Awaitable<void> Session::Run() {
  const std::shared_ptr<Session> keep = shared_from_this();
  idle_ = true;
  const Transport::Outcome hello =
      co_await transport_->Handshake(opened_ + context_.settings.limits.head_timeout);
  idle_ = false;
  if (hello.error) {
    transport_->Abort();
    co_return;
  }
  while (co_await ServeOne()) first_ = false;
  if (reset_) {
    transport_->Abort();
  } else {
    co_await transport_->Close(lingers_ ? kLinger : std::chrono::milliseconds(0));
  }
}

void Session::Stop() {
  if (idle_) transport_->CancelWait();
}

void Session::Abort() {
  reset_ = true;
  transport_->Abort();
}

Awaitable<bool> Session::ServeOne() {
  Head parsed = co_await ReadHead();
  if (!parsed) {
    co_await Refuse(parsed.error());
    co_return false;
  }
  if (!*parsed) {
    lingers_ = false;
    co_return false;
  }
  co_return co_await Serve(std::move(**parsed));
}

Awaitable<std::expected<std::size_t, Refusal>> Session::ReadHeadBytes() {
  const Limits& limits = context_.settings.limits;
  HeadScanner scanner(limits);
  request_start_ = Clock::now();
  auto deadline = request_start_ + limits.keep_alive_timeout;
  if (!buffer_.empty()) deadline = request_start_ + limits.head_timeout;
  if (first_) deadline = opened_ + limits.head_timeout;
  auto size = scanner.Scan(buffer_.unread());
  while (size && *size == 0) {
    const bool idle = buffer_.empty();
    const Arrival arrival = co_await AwaitHeadBytes(deadline);
    if (arrival == Arrival::kNothing) break;
    if (arrival == Arrival::kTooLate) {
      co_return std::unexpected(Refusal{408, "The head of the request came too slowly."});
    }
    if (idle) request_start_ = Clock::now();
    // Counts from the first byte and never anew, however the others drip.
    if (idle && !first_) deadline = request_start_ + limits.head_timeout;
    size = scanner.Scan(buffer_.unread());
  }
  co_return size;
}

Awaitable<Session::Arrival> Session::AwaitHeadBytes(Clock::time_point deadline) {
  idle_ = buffer_.empty();
  if (idle_ && context_.stopping) co_return Arrival::kNothing;
  const Transport::Outcome outcome = co_await transport_->Read(buffer_.Room(), {}, deadline);
  idle_ = false;
  buffer_.Fill(outcome.size);
  if (!outcome.error) co_return Arrival::kMore;
  co_return outcome.timed_out && !buffer_.empty() ? Arrival::kTooLate : Arrival::kNothing;
}

Awaitable<Session::Head> Session::ReadHead() {
  const std::expected<std::size_t, Refusal> size = co_await ReadHeadBytes();
  if (!size) co_return std::unexpected(size.error());
  if (*size == 0) co_return std::nullopt;
  auto parsed = ParseHead(buffer_.unread().substr(0, *size), context_.settings.limits);
  if (!parsed) co_return std::unexpected(parsed.error());
  buffer_.Take(*size);
  head_size_ = *size;
  co_return std::move(*parsed);
}

void Session::Identify(ParsedHead& parsed) {
  RequestHead& head = parsed.head;
  head.client_address = context_.proxies.ClientAddress(peer_, head.fields).to_string();
  if (head.fields.Count("X-Request-Id") == 1 && context_.proxies.Trust(peer_)) {
    const std::string_view given = head.fields.Find("X-Request-Id").value_or("");
    if (RequestIds::IsAcceptable(given)) head.request_id = given;
  }
  if (head.request_id.empty()) head.request_id = context_.request_ids.Next();
}

Awaitable<bool> Session::Serve(ParsedHead parsed) {
  Identify(parsed);
  BodyReader body(*transport_, buffer_, parsed, context_.settings.limits);
  HttpExchange exchange(context_, *transport_, body, parsed);
  if (parsed.host.empty() || IsOurHost(parsed.host, context_.settings.host_names)) {
    co_await CallHandler(exchange);
  } else {
    const Refusal refusal{
        421,
        "This server does not answer for the host name of this request. Its operator adds names "
        "with the setting host_names, or by the public URL."};
    const Result<void> ignored = co_await exchange.RespondRefusal(refusal);
    static_cast<void>(ignored);
  }
  co_await exchange.Conclude();
  Log(exchange, head_size_ + body.size(), /*readable=*/true);
  lingers_ = true;
  reset_ = reset_ || exchange.broken();
  if (!exchange.reusable()) co_return false;
  if (body.done()) co_return true;
  co_return co_await body.Drain(IsSafeMethod(parsed.head.method) ? kDrainSizeMaxGet : kDrainSizeMax,
                                kDrainTimeMax);
}

Awaitable<void> Session::CallHandler(HttpExchange& exchange) {
  // The name of the type and not what(): a parser's message may repeat what it was given.
  std::string stray;
  try {
    co_await context_.handler.Handle(exchange);
  } catch (const std::exception& error) {
    stray = boost::core::demangle(typeid(error).name());
  } catch (...) {
    stray = "unknown";
  }
  if (!stray.empty()) exchange.Annotate("exception", stray);
}

Awaitable<void> Session::Refuse(const Refusal& refusal) {
  ParsedHead parsed;
  parsed.keep_alive = false;
  Identify(parsed);
  BodyReader body(*transport_, buffer_, parsed, context_.settings.limits);
  HttpExchange exchange(context_, *transport_, body, parsed);
  const Result<void> ignored = co_await exchange.RespondRefusal(refusal);
  static_cast<void>(ignored);
  Log(exchange, buffer_.unread().size(), /*readable=*/false);
  lingers_ = true;
}

void Session::Log(HttpExchange& exchange, std::uint64_t bytes_in, bool readable) {
  if (!context_.log) return;
  const RequestHead& head = exchange.head();
  AccessRecord record;
  record.client_address = head.client_address;
  record.request_id = head.request_id;
  record.method = readable ? MaskCredentials(head.method) : "-";
  record.path = readable ? LoggedPath(head.target.raw) : "-";
  record.status = exchange.status();
  record.bytes_in = bytes_in;
  record.bytes_out = exchange.bytes_out();
  record.duration =
      std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - request_start_);
  record.annotations = exchange.TakeAnnotations();
  context_.log(record);
}

}  // namespace latchkey::http
