#include "http/http_exchange.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <charconv>

#include "base/text.h"

namespace latchkey::http {

namespace {

namespace asio = boost::asio;

constexpr std::size_t kBodyStep = 65536;
// A body that is announced to be longer is not worth reading for the sake of the connection.
constexpr std::uint64_t kUnreadBodyMax = 262144;
constexpr std::size_t kAnnotationSizeMax = 256;
constexpr std::string_view kCrLf = "\r\n";
constexpr std::string_view kLastChunk = "0\r\n\r\n";

bool HasNoBody(int status) { return status < 200 || status == 204 || status == 304; }

std::optional<std::uint64_t> StatedLength(const Fields& fields) {
  const std::optional<std::string_view> text = fields.Find("Content-Length");
  if (!text) return std::nullopt;
  std::uint64_t length = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), length);
  if (error != std::errc{} || end != text->data() + text->size()) return std::nullopt;
  return length;
}

}  // namespace

HttpExchange::HttpExchange(const ServerContext& context, Transport& transport, BodyReader& body,
                           const ParsedHead& parsed)
    : context_(context), transport_(transport), body_(body), parsed_(parsed) {}

Awaitable<Result<std::size_t>> HttpExchange::ReadBody(std::span<char> out) {
  co_return co_await body_.Read(out);
}

Awaitable<Result<std::string>> HttpExchange::ReadWholeBody(std::size_t size_max) {
  const std::uint64_t announced = parsed_.head.content_length.value_or(0);
  body_too_large_ = announced > size_max;
  std::string whole;
  std::size_t size = 0;
  while (!body_too_large_) {
    std::size_t step = kBodyStep;
    if (parsed_.head.content_length) step = std::min<std::size_t>(step, announced - size);
    // One byte more than allowed, so that a body of exactly the limit is told from a longer one.
    if (size_max - size < step) step = size_max - size + 1;
    whole.resize(size + step);
    const Result<std::size_t> read = co_await body_.Read(std::span(whole).subspan(size));
    if (!read) co_return std::unexpected(read.error());
    size += *read;
    body_too_large_ = size > size_max;
    if (*read > 0) continue;
    whole.resize(size);
    co_return whole;
  }
  co_return Fail(Error::Code::kLimitExceeded,
                 fmt::format("the request body is longer than {} bytes", size_max));
}

std::optional<Refusal> HttpExchange::BodyRefusal() const {
  switch (body_.fault()) {
    case BodyReader::Fault::kMalformed:
      return Refusal{400, "The chunked framing of the request body is malformed."};
    case BodyReader::Fault::kSlow: return Refusal{408, "The request body came too slowly."};
    case BodyReader::Fault::kNone:
    case BodyReader::Fault::kGone: break;
  }
  return std::nullopt;
}

Awaitable<Result<void>> HttpExchange::Respond(Response response) {
  if (state_ != State::kOpen) {
    co_return Fail(Error::Code::kInternal, "the request was answered already");
  }
  if (const std::optional<Refusal> refusal = BodyRefusal()) {
    co_return co_await RespondRefusal(*refusal);
  }
  if (!AreSafe(response.fields)) {
    Annotate("fault", "unsafe-answer-field");
    response =
        MakeProblem(500, "The server made an answer that it cannot send.", head().request_id);
  }
  co_return co_await Send(std::move(response));
}

Awaitable<Result<void>> HttpExchange::RespondRefusal(const Refusal& refusal) {
  close_ = true;
  Response problem = MakeProblem(refusal.status, refusal.detail, head().request_id);
  co_return co_await Send(std::move(problem));
}

bool HttpExchange::WithoutBody(int status) const {
  return HasNoBody(status) || head().method == "HEAD";
}

Awaitable<Result<void>> HttpExchange::Send(Response response) {
  std::uint64_t length = response.body.size();
  if (head().method == "HEAD" && length == 0) length = StatedLength(response.fields).value_or(0);
  const AnswerFraming framing =
      HasNoBody(response.status) ? AnswerFraming::kNone : AnswerFraming::kLength;
  const std::string text = BeginAnswer(response.status, response.fields, framing, length);
  if (WithoutBody(response.status)) response.body.clear();
  const std::array parts{asio::const_buffer(asio::buffer(text)),
                         asio::const_buffer(asio::buffer(response.body))};
  state_ = State::kFinished;
  co_return co_await WriteParts(parts);
}

std::string HttpExchange::BeginAnswer(int status, const Fields& fields, AnswerFraming framing,
                                      std::uint64_t length) {
  status_ = status;
  close_ = close_ || framing == AnswerFraming::kUntilClose || MustClose();
  body_.AnswerBegan();
  return FormatAnswerHead({.status = status,
                           .fields = &fields,
                           .framing = framing,
                           .length = length,
                           .request_id = head().request_id,
                           .https = context_.settings.https || context_.settings.tls.has_value(),
                           .close = close_});
}

bool HttpExchange::MustClose() const {
  return !parsed_.keep_alive || context_.stopping || body_.fault() != BodyReader::Fault::kNone ||
         (body_.owes_continue() && !body_.done()) || body_.announced_left() > kUnreadBodyMax;
}

AnswerFraming HttpExchange::StreamFraming(int status, const Fields& fields) {
  if (HasNoBody(status)) return AnswerFraming::kNone;
  if (const std::optional<std::uint64_t> length = StatedLength(fields)) {
    length_left_ = *length;
    return AnswerFraming::kLength;
  }
  return head().http_1_1 ? AnswerFraming::kChunked : AnswerFraming::kUntilClose;
}

Awaitable<Result<void>> HttpExchange::StartStream(int status, Fields fields) {
  if (state_ != State::kOpen) {
    co_return Fail(Error::Code::kInternal, "the request was answered already");
  }
  const std::optional<Refusal> refusal = BodyRefusal();
  if (refusal || !AreSafe(fields)) {
    if (!refusal) Annotate("fault", "unsafe-answer-field");
    const Refusal unsafe{500, "The server made an answer that it cannot send."};
    const Result<void> sent = co_await RespondRefusal(refusal ? *refusal : unsafe);
    if (!sent) co_return sent;
    co_return Fail(Error::Code::kUnavailable, "the request was refused by the server");
  }
  framing_ = StreamFraming(status, fields);
  discards_body_ = WithoutBody(status);
  const std::string text = BeginAnswer(status, fields, framing_, length_left_);
  state_ = State::kStreaming;
  const std::array parts{asio::const_buffer(asio::buffer(text))};
  co_return co_await WriteParts(parts);
}

Awaitable<Result<void>> HttpExchange::Write(std::span<const char> bytes) {
  if (state_ != State::kStreaming) {
    co_return Fail(Error::Code::kUnavailable, "the answer is not open for writing");
  }
  if (bytes.empty() || discards_body_) co_return Result<void>{};
  const asio::const_buffer data(bytes.data(), bytes.size());
  if (framing_ == AnswerFraming::kChunked) {
    std::array<char, 20> size{};
    const auto* const end =
        fmt::format_to_n(size.data(), size.size(), "{:x}\r\n", bytes.size()).out;
    const std::array parts{
        asio::const_buffer(size.data(), static_cast<std::size_t>(end - size.data())), data,
        asio::const_buffer(kCrLf.data(), kCrLf.size())};
    co_return co_await WriteParts(parts);
  }
  if (framing_ == AnswerFraming::kLength) {
    if (bytes.size() > length_left_) {
      Annotate("fault", "answer-longer-than-stated");
      Abort();
      co_return Fail(Error::Code::kInternal, "the answer is longer than its Content-Length");
    }
    length_left_ -= bytes.size();
  }
  const std::array parts{data};
  co_return co_await WriteParts(parts);
}

Awaitable<Result<void>> HttpExchange::FinishStream() {
  if (state_ != State::kStreaming) {
    co_return Fail(Error::Code::kUnavailable, "the answer is not open for writing");
  }
  if (framing_ == AnswerFraming::kLength && length_left_ > 0 && !discards_body_) {
    Annotate("fault", "answer-shorter-than-stated");
    Abort();
    co_return Fail(Error::Code::kInternal, "the answer is shorter than its Content-Length");
  }
  state_ = State::kFinished;
  if (framing_ != AnswerFraming::kChunked || discards_body_) co_return Result<void>{};
  const std::array parts{asio::const_buffer(kLastChunk.data(), kLastChunk.size())};
  co_return co_await WriteParts(parts);
}

void HttpExchange::Abort() {
  state_ = State::kBroken;
  transport_.Abort();
}

Awaitable<Result<void>> HttpExchange::WriteParts(std::span<const asio::const_buffer> parts) {
  const Limits& limits = context_.settings.limits;
  const Transport::Outcome outcome =
      co_await transport_.Write(parts, {limits.write_timeout, limits.body_rate_min});
  bytes_out_ += outcome.size;
  if (!outcome.error) co_return Result<void>{};
  state_ = State::kBroken;
  Annotate("fault", outcome.timed_out ? "client-reads-too-slowly" : "client-went-away");
  co_return Fail(Error::Code::kUnavailable, "the answer could not be sent");
}

Awaitable<void> HttpExchange::Conclude() {
  if (state_ == State::kStreaming) Abort();
  if (state_ != State::kOpen) co_return;
  Refusal refusal{500, "The server has no answer to this request. Its log names the cause."};
  if (body_too_large_) refusal = {413, "The request body is too large."};
  refusal = BodyRefusal().value_or(refusal);
  if (body_.fault() == BodyReader::Fault::kGone) {
    // Nobody is there to read it; 499 is what logs of other servers call that.
    status_ = 499;
    state_ = State::kBroken;
    co_return;
  }
  const Result<void> ignored = co_await RespondRefusal(refusal);
  static_cast<void>(ignored);
}

void HttpExchange::Annotate(std::string_view key, std::string_view value) {
  annotations_.emplace_back(key, EscapeForTerminal(value, kAnnotationSizeMax));
}

}  // namespace latchkey::http
