#pragma once

// One connection: its requests, one after the other, until it is closed.
//
// Thread safety: all calls on the transport's executor.

#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>

#include "http/http_exchange.h"
#include "http/input_buffer.h"
#include "http/server_context.h"
#include "http/transport.h"

namespace latchkey::http {

class Session : public std::enable_shared_from_this<Session> {
 public:
  /// `context` outlives the session.
  Session(const ServerContext& context, std::shared_ptr<Transport> transport,
          boost::asio::ip::address peer);

  /// Serves until the connection ends.
  Awaitable<void> Run();

  /// Ends the connection as soon as no request is under way: at once, or after its answer.
  void Stop();
  void Abort();

  [[nodiscard]] Transport& transport() { return *transport_; }

 private:
  using Head = std::expected<std::optional<ParsedHead>, Refusal>;

  // The next head; nothing when the client closed, or nothing came for too long.
  Awaitable<Head> ReadHead();
  // The size of the next head, which is then in the buffer; 0 if there will be none.
  Awaitable<std::expected<std::size_t, Refusal>> ReadHeadBytes();
  enum class Arrival : std::uint8_t { kMore, kTooLate, kNothing };
  Awaitable<Arrival> AwaitHeadBytes(Transport::Clock::time_point deadline);
  // Serves one request; returns whether another one may follow.
  Awaitable<bool> ServeOne();
  Awaitable<bool> Serve(ParsedHead parsed);
  Awaitable<void> CallHandler(HttpExchange& exchange);
  Awaitable<void> Refuse(const Refusal& refusal);
  void Identify(ParsedHead& parsed);
  void Log(HttpExchange& exchange, std::uint64_t bytes_in, bool readable);

  const ServerContext& context_;
  std::shared_ptr<Transport> transport_;
  boost::asio::ip::address peer_;
  InputBuffer buffer_;
  Transport::Clock::time_point opened_;
  Transport::Clock::time_point request_start_;
  std::size_t head_size_ = 0;
  bool first_ = true;
  bool idle_ = false;
  // Whether an answer was just sent that a reset could overtake.
  bool lingers_ = false;
  bool reset_ = false;
};

}  // namespace latchkey::http
