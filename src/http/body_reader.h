#pragma once

// Reads one request's body off the connection: by Content-Length or chunked, with deadlines.
//
// Bytes go straight from the socket to where the caller wants them; the connection's buffer holds
// only what came along with a head or a chunk's frame.

#include <cstdint>
#include <span>

#include "http/chunked.h"
#include "http/exchange.h"
#include "http/head.h"
#include "http/input_buffer.h"
#include "http/transport.h"

namespace latchkey::http {

class BodyReader {
 public:
  /// Why no more can be read. After any but kNone the connection cannot be used for another
  /// request.
  enum class Fault : std::uint8_t { kNone, kMalformed, kSlow, kGone };

  /// All arguments outlive the reader.
  BodyReader(Transport& transport, InputBuffer& buffer, const ParsedHead& head,
             const Limits& limits);

  /// See Exchange::ReadBody.
  [[nodiscard]] Awaitable<Result<std::size_t>> Read(std::span<char> out);

  /// Reads and forgets what is left, at most `size_max` bytes within `time_max`. Returns whether
  /// the body came to its end, so that the next request can be read.
  [[nodiscard]] Awaitable<bool> Drain(std::size_t size_max, std::chrono::milliseconds time_max);

  /// The answer has begun: an interim 100 (Continue) may no longer be sent.
  void AnswerBegan() { owes_continue_ = false; }

  /// Whether the client may be waiting for a 100 (Continue) that it did not get.
  [[nodiscard]] bool owes_continue() const { return owes_continue_; }
  [[nodiscard]] bool done() const;
  [[nodiscard]] Fault fault() const { return fault_; }
  /// Bytes of the body that were read, without framing.
  [[nodiscard]] std::uint64_t size() const { return size_; }
  /// Bytes that are still to come for sure; 0 where the framing does not tell.
  [[nodiscard]] std::uint64_t announced_left() const { return chunked_ ? 0 : length_left_; }

 private:
  Awaitable<Result<std::size_t>> ReadLength(std::span<char> out);
  Awaitable<Result<std::size_t>> ReadChunked(std::span<char> out);
  // Moves what the buffer holds of the current chunks to `out`; returns how many bytes it moved.
  std::size_t TakeBuffered(std::span<char> out);
  Awaitable<Result<std::size_t>> ReadSocket(std::span<char> into, std::span<char> spill);
  Awaitable<Result<void>> SendContinue();
  std::unexpected<Error> FailWith(Fault fault);
  [[nodiscard]] bool TooSlow() const;

  Transport& transport_;
  InputBuffer& buffer_;
  const Limits& limits_;
  ChunkedDecoder decoder_;
  bool chunked_;
  bool owes_continue_;
  Fault fault_ = Fault::kNone;
  std::uint64_t length_left_;
  std::uint64_t size_ = 0;
  // Time spent waiting for the client; what the handler takes between two reads is not its fault.
  Transport::Clock::duration waited_{0};
  Transport::Clock::time_point latest_ = Transport::Clock::time_point::max();
};

}  // namespace latchkey::http
