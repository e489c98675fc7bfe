#pragma once

// One request and its answer.
//
//     Exchange ── head() ─────────── who asks for what
//        │    ── ReadBody() ──────── the body, streamed, within limits
//        └────── Respond()           one complete answer, or
//                StartStream(), Write()…, FinishStream()   an answer of unknown length
//
// A handler answers exactly once. Returning without an answer gives 500. When a handler answers
// before it has read the body, the server drains a little of it or closes the connection.
//
// GCC 12 miscompiles temporaries of class type inside an expression with co_await: they are
// destroyed twice. Give every argument a name first, until GCC 13 is the oldest compiler:
//     Response gone = …;
//     co_await exchange.Respond(std::move(gone));
//
// Thread safety: one coroutine at a time; all calls run on the connection's executor.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace latchkey::http {

template <typename T>
using Awaitable = boost::asio::awaitable<T>;

class Exchange {
 public:
  virtual ~Exchange() = default;

  [[nodiscard]] virtual const RequestHead& head() const = 0;

  /// Up to out.size() bytes of the decoded body (chunked framing removed, Content-Encoding not); 0
  /// at its end. Errors: kMalformed (bad framing; answered with 400 by the server), kLimitExceeded
  /// (413), kUnavailable (the client went away or was too slow: 408).
  virtual Awaitable<Result<std::size_t>> ReadBody(std::span<char> out) = 0;

  /// The whole body, at most `size_max` bytes. Errors: as ReadBody, kLimitExceeded past size_max.
  virtual Awaitable<Result<std::string>> ReadWholeBody(std::size_t size_max) = 0;

  /// Sends a whole answer. Content-Length, Date and X-Request-Id are added; for HEAD and 204 the
  /// body is left out. Where reading the body failed with kMalformed or for slowness, the server's
  /// own 400 or 408 goes out instead. A field that would split the head (RFC 9110 section 5.5)
  /// makes it a 500. Errors: kUnavailable when the client went away, kInternal when the request was
  /// answered before.
  virtual Awaitable<Result<void>> Respond(Response response) = 0;

  /// Sends the head of an answer whose body follows in Write(): chunked (HTTP/1.0: until close),
  /// or, where `fields` has a Content-Length, exactly that many bytes. For HEAD and 204 what is
  /// written is dropped. Errors: as Respond; then no stream was begun.
  virtual Awaitable<Result<void>> StartStream(int status, Fields fields) = 0;
  /// Completes when the bytes were handed to the kernel, so that a slow reader slows the writer.
  virtual Awaitable<Result<void>> Write(std::span<const char> bytes) = 0;
  virtual Awaitable<Result<void>> FinishStream() = 0;

  /// Ends the connection without finishing the answer: the client sees a broken transfer, not a
  /// short one.
  virtual void Abort() = 0;

  /// Adds one word to this request's line in the access log: the account, the credential id, the
  /// cause of a denial. Never a secret.
  virtual void Annotate(std::string_view key, std::string_view value) = 0;
};

/// Answers requests. One instance serves all connections at once.
class Handler {
 public:
  virtual ~Handler() = default;
  virtual Awaitable<void> Handle(Exchange& exchange) = 0;
};

}  // namespace latchkey::http
