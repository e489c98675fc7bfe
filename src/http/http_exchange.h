#pragma once

// The Exchange of one request on one connection.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "http/answer.h"
#include "http/body_reader.h"
#include "http/exchange.h"
#include "http/head.h"
#include "http/server_context.h"
#include "http/transport.h"

namespace latchkey::http {

class HttpExchange final : public Exchange {
 public:
  /// All references outlive the exchange.
  HttpExchange(const ServerContext& context, Transport& transport, BodyReader& body,
               const ParsedHead& parsed);

  [[nodiscard]] const RequestHead& head() const override { return parsed_.head; }
  Awaitable<Result<std::size_t>> ReadBody(std::span<char> out) override;
  Awaitable<Result<std::string>> ReadWholeBody(std::size_t size_max) override;
  Awaitable<Result<void>> Respond(Response response) override;
  Awaitable<Result<void>> StartStream(int status, Fields fields) override;
  Awaitable<Result<void>> Write(std::span<const char> bytes) override;
  Awaitable<Result<void>> FinishStream() override;
  void Abort() override;
  void Annotate(std::string_view key, std::string_view value) override;

  /// Answers with problem details and ends the connection after it: the request was refused by the
  /// server itself, and what follows it may not be what it seems.
  Awaitable<Result<void>> RespondRefusal(const Refusal& refusal);

  /// For a handler that has returned: gives the answer that it owes, and breaks off a stream that
  /// it did not finish.
  Awaitable<void> Conclude();

  /// Whether the answer went out whole and another request may follow it.
  [[nodiscard]] bool reusable() const { return state_ == State::kFinished && !close_; }
  /// Whether the answer broke off, so that the connection must be reset and not closed.
  [[nodiscard]] bool broken() const { return state_ == State::kBroken; }
  [[nodiscard]] bool answer_began() const { return state_ != State::kOpen; }
  [[nodiscard]] int status() const { return status_; }
  [[nodiscard]] std::uint64_t bytes_out() const { return bytes_out_; }
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> TakeAnnotations() {
    return std::move(annotations_);
  }

 private:
  enum class State : std::uint8_t { kOpen, kStreaming, kFinished, kBroken };

  // What the server answers instead of the handler, because the body could not be read; nothing if
  // it could.
  [[nodiscard]] std::optional<Refusal> BodyRefusal() const;
  [[nodiscard]] bool MustClose() const;
  [[nodiscard]] bool WithoutBody(int status) const;
  Awaitable<Result<void>> Send(Response response);
  Awaitable<Result<void>> WriteParts(std::span<const boost::asio::const_buffer> parts);
  [[nodiscard]] std::string BeginAnswer(int status, const Fields& fields, AnswerFraming framing,
                                        std::uint64_t length);
  // The framing of a streamed answer; a Content-Length that the handler set is kept.
  [[nodiscard]] AnswerFraming StreamFraming(int status, const Fields& fields);

  const ServerContext& context_;
  Transport& transport_;
  BodyReader& body_;
  const ParsedHead& parsed_;
  State state_ = State::kOpen;
  AnswerFraming framing_ = AnswerFraming::kNone;
  std::uint64_t length_left_ = 0;
  int status_ = 0;
  bool close_ = false;
  bool body_too_large_ = false;
  bool discards_body_ = false;
  std::uint64_t bytes_out_ = 0;
  std::vector<std::pair<std::string, std::string>> annotations_;
};

}  // namespace latchkey::http
