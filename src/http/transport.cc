#include "http/transport.h"

#include <algorithm>
#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/socket_base.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <utility>
#include <vector>

namespace latchkey::http {

namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

constexpr auto kAwait = asio::as_tuple(asio::use_awaitable);
constexpr std::size_t kTlsRecordSize = 16384;  // RFC 8446 section 5.1
constexpr std::size_t kLingerSizeMax = std::size_t{1} << 20U;

template <typename Stream>
class StreamTransport final : public Transport {
 public:
  static constexpr bool kTls = !std::is_same_v<Stream, tcp::socket>;

  StreamTransport(Stream stream, std::shared_ptr<asio::ssl::context> context)
      : Transport(stream.get_executor()), context_(std::move(context)), stream_(std::move(stream)) {
    error_code ignored;
    stream_.lowest_layer().set_option(tcp::no_delay(true), ignored);
  }

  Awaitable<Outcome> Handshake(Clock::time_point deadline) override {
    Outcome outcome;
    if constexpr (kTls) {
      BeginWait(deadline);
      std::tie(outcome.error) =
          co_await stream_.async_handshake(asio::ssl::stream_base::server, kAwait);
      Finish(outcome);
    } else {
      static_cast<void>(deadline);
    }
    co_return outcome;
  }

  Awaitable<Outcome> Read(std::span<char> into, std::span<char> spill,
                          Clock::time_point deadline) override {
    const std::array<asio::mutable_buffer, 2> buffers{
        asio::mutable_buffer(into.data(), into.size()),
        asio::mutable_buffer(spill.data(), spill.size())};
    Outcome outcome;
    BeginWait(deadline);
    std::tie(outcome.error, outcome.size) = co_await stream_.async_read_some(buffers, kAwait);
    Finish(outcome);
    co_return outcome;
  }

  Awaitable<Outcome> Write(std::span<const asio::const_buffer> parts, WritePace pace) override {
    if constexpr (kTls) return WriteTls({parts.begin(), parts.end()}, pace);
    return WriteParts({parts.begin(), parts.end()}, pace);
  }

  Awaitable<void> Close(std::chrono::milliseconds linger) override {
    const auto deadline = Clock::now() + linger;
    if constexpr (kTls) {
      // Waits for the client's answer to our close_notify; whatever comes of it, TCP is closed
      // next.
      Outcome goodbye;
      BeginWait(deadline);
      std::tie(goodbye.error) = co_await stream_.async_shutdown(kAwait);
      EndWait();
    }
    error_code error;
    auto& socket = stream_.lowest_layer();
    socket.shutdown(tcp::socket::shutdown_send, error);
    std::vector<char> sink(error ? 0 : kTlsRecordSize);
    for (std::size_t total = 0; !error && total < kLingerSizeMax;) {
      std::size_t size = 0;
      BeginWait(deadline);
      std::tie(error, size) = co_await ReadBelowTls(asio::buffer(sink));
      EndWait();
      total += size;
    }
    socket.close(error);
  }

  void Abort() override {
    error_code ignored;
    stream_.lowest_layer().set_option(asio::socket_base::linger(true, 0), ignored);
    stream_.lowest_layer().close(ignored);
  }

  void CancelWait() override {
    error_code ignored;
    stream_.lowest_layer().cancel(ignored);
  }

 private:
  void Finish(Outcome& outcome) {
    EndWait();
    outcome.timed_out = outcome.error == asio::error::operation_aborted && timed_out();
  }

  Awaitable<std::tuple<error_code, std::size_t>> ReadBelowTls(asio::mutable_buffer buffer) {
    if constexpr (kTls) {
      co_return co_await stream_.next_layer().async_read_some(buffer, kAwait);
    } else {
      co_return co_await stream_.async_read_some(buffer, kAwait);
    }
  }

  // Writes piece by piece, because a big answer to a slow reader that goes on reading is no stall.
  Awaitable<Outcome> WriteParts(std::vector<asio::const_buffer> parts, WritePace pace) {
    Outcome outcome;
    auto waited = Clock::duration::zero();
    std::size_t first = 0;
    for (;;) {
      while (first < parts.size() && parts[first].size() == 0) ++first;
      if (first == parts.size()) co_return outcome;
      const auto start = Clock::now();
      std::size_t size = 0;
      BeginWait(start + pace.stall_max);
      std::tie(outcome.error, size) =
          co_await stream_.async_write_some(std::span(parts).subspan(first), kAwait);
      Finish(outcome);
      outcome.size += size;
      if (outcome.error) co_return outcome;
      waited += Clock::now() - start;
      const auto seconds = std::chrono::duration<double>(waited).count();
      outcome.timed_out =
          waited > pace.stall_max &&
          static_cast<double>(outcome.size) < static_cast<double>(pace.rate_min) * seconds;
      if (outcome.timed_out) {
        outcome.error = asio::error::timed_out;
        co_return outcome;
      }
      for (std::size_t i = first; size > 0; ++i) {
        const std::size_t part = std::min(size, parts[i].size());
        parts[i] += part;
        size -= part;
      }
    }
  }

  // Asio makes one TLS record and one system call of each buffer, however small; so small parts are
  // joined first.
  Awaitable<Outcome> WriteTls(std::vector<asio::const_buffer> parts, WritePace pace) {
    Outcome outcome;
    std::vector<char> record;
    for (std::size_t i = 0; i < parts.size();) {
      std::vector<asio::const_buffer> next;
      if (parts[i].size() >= kTlsRecordSize) {
        next = {parts[i++]};
      } else {
        i = JoinSmall(parts, i, record);
        next = {asio::buffer(record)};
      }
      const Outcome written = co_await WriteParts(std::move(next), pace);
      outcome = {written.error, outcome.size + written.size, written.timed_out};
      if (outcome.error) co_return outcome;
    }
    co_return outcome;
  }

  // Fills `record` from the front of parts[first] and the parts behind it; returns the first part
  // that is not used up.
  static std::size_t JoinSmall(std::vector<asio::const_buffer>& parts, std::size_t first,
                               std::vector<char>& record) {
    record.resize(kTlsRecordSize);
    const auto rest = std::span(parts).subspan(first);
    const std::size_t size = asio::buffer_copy(asio::buffer(record), rest);
    record.resize(size);
    for (std::size_t left = size; first < parts.size(); ++first) {
      const std::size_t taken = std::min(left, parts[first].size());
      parts[first] += taken;
      left -= taken;
      if (parts[first].size() > 0) break;
    }
    return first;
  }

  std::shared_ptr<asio::ssl::context> context_;
  Stream stream_;
};

}  // namespace

Transport::Transport(asio::any_io_executor executor)
    : executor_(std::move(executor)), timer_(executor_) {}

void Transport::BeginWait(Clock::time_point deadline) {
  deadline_ = deadline;
  waiting_ = true;
  timed_out_ = false;
  if (!ringing_ || deadline < rings_at_) StartTimer();
}

void Transport::StartTimer() {
  rings_at_ = deadline_;
  ringing_ = true;
  timer_.expires_at(deadline_);
  timer_.async_wait([weak = weak_from_this()](error_code error) {
    if (error) return;
    if (const std::shared_ptr<Transport> self = weak.lock()) self->OnTimer();
  });
}

void Transport::OnTimer() {
  ringing_ = false;
  if (!waiting_) return;
  if (Clock::now() < deadline_) {
    StartTimer();
    return;
  }
  timed_out_ = true;
  CancelWait();
}

std::shared_ptr<Transport> MakePlainTransport(tcp::socket socket) {
  return std::make_shared<StreamTransport<tcp::socket>>(std::move(socket), nullptr);
}

std::shared_ptr<Transport> MakeTlsTransport(tcp::socket socket,
                                            std::shared_ptr<asio::ssl::context> context) {
  asio::ssl::stream<tcp::socket> stream(std::move(socket), *context);
  return std::make_shared<StreamTransport<asio::ssl::stream<tcp::socket>>>(std::move(stream),
                                                                           std::move(context));
}

}  // namespace latchkey::http
