#include "http/body_reader.h"

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

namespace latchkey::http {

namespace {

using State = ChunkedDecoder::State;

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
constexpr std::size_t kDrainStep = 16384;

}  // namespace

BodyReader::BodyReader(Transport& transport, InputBuffer& buffer, const ParsedHead& head,
                       const Limits& limits)
    : transport_(transport),
      buffer_(buffer),
      limits_(limits),
      chunked_(head.chunked),
      owes_continue_(head.expects_continue),
      length_left_(head.head.content_length.value_or(0)) {}

bool BodyReader::done() const {
  return chunked_ ? decoder_.state() == State::kDone : length_left_ == 0;
}

Awaitable<Result<std::size_t>> BodyReader::Read(std::span<char> out) {
  if (fault_ != Fault::kNone) co_return FailWith(fault_);
  if (done() || out.empty()) co_return std::size_t{0};
  if (owes_continue_) {
    if (const Result<void> sent = co_await SendContinue(); !sent) {
      co_return std::unexpected(sent.error());
    }
  }
  if (chunked_) co_return co_await ReadChunked(out);
  co_return co_await ReadLength(out);
}

Awaitable<bool> BodyReader::Drain(std::size_t size_max, std::chrono::milliseconds time_max) {
  latest_ = Transport::Clock::now() + time_max;
  std::vector<char> sink(done() ? 0 : kDrainStep);
  for (std::size_t drained = 0; !done() && drained <= size_max;) {
    const Result<std::size_t> size = co_await Read(sink);
    if (!size) co_return false;
    drained += *size;
  }
  co_return done();
}

Awaitable<Result<std::size_t>> BodyReader::ReadLength(std::span<char> out) {
  out = out.first(static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), length_left_)));
  std::size_t size = std::min(out.size(), buffer_.unread().size());
  if (size > 0) {
    std::memcpy(out.data(), buffer_.unread().data(), size);
    buffer_.Take(size);
  } else {
    const Result<std::size_t> read = co_await ReadSocket(out, {});
    if (!read) co_return read;
    size = *read;
  }
  length_left_ -= size;
  size_ += size;
  co_return size;
}

Awaitable<Result<std::size_t>> BodyReader::ReadChunked(std::span<char> out) {
  for (;;) {
    std::size_t size = TakeBuffered(out);
    if (size > 0 || decoder_.state() == State::kDone) co_return size;
    if (decoder_.state() == State::kMalformed) co_return FailWith(Fault::kMalformed);
    std::span<char> into;
    if (decoder_.state() == State::kData) {
      into = out.first(
          static_cast<std::size_t>(std::min<std::uint64_t>(out.size(), decoder_.data_left())));
    }
    const Result<std::size_t> read = co_await ReadSocket(into, buffer_.Room());
    if (!read) co_return read;
    size = std::min(*read, into.size());
    buffer_.Fill(*read - size);
    if (size == 0) continue;
    decoder_.TakeData(size);
    size_ += size;
    co_return size + TakeBuffered(out.subspan(size));
  }
}

std::size_t BodyReader::TakeBuffered(std::span<char> out) {
  std::size_t taken = 0;
  while (!buffer_.empty()) {
    if (decoder_.state() == State::kFraming) {
      buffer_.Take(decoder_.TakeFraming(buffer_.unread()));
      continue;
    }
    if (decoder_.state() != State::kData || taken == out.size()) break;
    const std::string_view unread = buffer_.unread();
    const auto size = static_cast<std::size_t>(
        std::min<std::uint64_t>({decoder_.data_left(), unread.size(), out.size() - taken}));
    std::memcpy(out.data() + taken, unread.data(), size);
    buffer_.Take(size);
    decoder_.TakeData(size);
    taken += size;
  }
  size_ += taken;
  return taken;
}

Awaitable<Result<std::size_t>> BodyReader::ReadSocket(std::span<char> into, std::span<char> spill) {
  const auto start = Transport::Clock::now();
  const Transport::Outcome outcome =
      co_await transport_.Read(into, spill, std::min(start + limits_.body_timeout, latest_));
  waited_ += Transport::Clock::now() - start;
  if (outcome.timed_out) co_return FailWith(Fault::kSlow);
  if (outcome.error) co_return FailWith(Fault::kGone);
  if (TooSlow()) co_return FailWith(Fault::kSlow);
  co_return outcome.size;
}

bool BodyReader::TooSlow() const {
  if (waited_ <= limits_.body_timeout) return false;
  const double seconds = std::chrono::duration<double>(waited_).count();
  return static_cast<double>(size_) < static_cast<double>(limits_.body_rate_min) * seconds;
}

Awaitable<Result<void>> BodyReader::SendContinue() {
  owes_continue_ = false;
  // A client that has begun already does not wait (RFC 9110 section 10.1.1).
  if (!buffer_.empty()) co_return Result<void>{};
  const std::array<boost::asio::const_buffer, 1> parts{boost::asio::buffer(kContinue)};
  const Transport::Outcome outcome =
      co_await transport_.Write(parts, {limits_.write_timeout, limits_.body_rate_min});
  if (outcome.error) co_return FailWith(Fault::kGone);
  co_return Result<void>{};
}

std::unexpected<Error> BodyReader::FailWith(Fault fault) {
  fault_ = fault;
  switch (fault) {
    case Fault::kMalformed:
      return Fail(Error::Code::kMalformed, "the chunked framing of the request body is malformed");
    case Fault::kSlow: return Fail(Error::Code::kUnavailable, "the request body came too slowly");
    case Fault::kNone:
    case Fault::kGone: break;
  }
  return Fail(Error::Code::kUnavailable, "the client closed the connection within the body");
}

}  // namespace latchkey::http
