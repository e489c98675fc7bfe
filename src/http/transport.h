#pragma once

// One connection's bytes, in clear or through TLS, with a deadline on every wait.
//
// Thread safety: all calls run on executor(), one reader or writer at a time.

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>

namespace latchkey::http {

class Transport : public std::enable_shared_from_this<Transport> {
 public:
  using Clock = std::chrono::steady_clock;
  template <typename T>
  using Awaitable = boost::asio::awaitable<T>;

  /// What one wait came to.
  struct Outcome {
    boost::system::error_code error;
    std::size_t size = 0;  ///< Bytes moved.
    bool timed_out = false;
  };

  /// How slow the other side may take what is written.
  struct WritePace {
    std::chrono::seconds stall_max{60};  ///< Longest wait without any progress.
    std::size_t rate_min = 256;          ///< Bytes a second, once stall_max was spent waiting.
  };

  explicit Transport(boost::asio::any_io_executor executor);
  virtual ~Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  [[nodiscard]] boost::asio::any_io_executor executor() const { return executor_; }

  /// TLS: shakes hands. In clear: does nothing.
  virtual Awaitable<Outcome> Handshake(Clock::time_point deadline) = 0;

  /// Reads what has come, at least one byte: first into `into`, and what does not fit there into
  /// `spill`, so that one system call can bring a chunk's end and the next one's beginning.
  virtual Awaitable<Outcome> Read(std::span<char> into, std::span<char> spill,
                                  Clock::time_point deadline) = 0;

  /// Hands all of `parts` to the kernel. `size` of the outcome counts what went out before an
  /// error.
  virtual Awaitable<Outcome> Write(std::span<const boost::asio::const_buffer> parts,
                                   WritePace pace) = 0;

  /// Says goodbye, then reads and forgets what the client still sends, until it closes too or
  /// `linger` is over: closing at once would let a reset overtake the answer.
  virtual Awaitable<void> Close(std::chrono::milliseconds linger) = 0;

  /// Ends at once, by a reset. A wait under way ends with an error.
  virtual void Abort() = 0;

  /// Ends a wait under way with operation_aborted; does nothing if there is none.
  virtual void CancelWait() = 0;

 protected:
  // Marks a wait that ends at `deadline` at the latest; TimedOut() after it tells whether it did.
  void BeginWait(Clock::time_point deadline);
  void EndWait() { waiting_ = false; }
  [[nodiscard]] bool timed_out() const { return timed_out_; }

 private:
  void StartTimer();
  void OnTimer();

  boost::asio::any_io_executor executor_;
  boost::asio::steady_timer timer_;
  Clock::time_point deadline_;
  // The timer is moved only when a deadline comes earlier than it rings; most waits end long
  // before.
  Clock::time_point rings_at_;
  bool ringing_ = false;
  bool waiting_ = false;
  bool timed_out_ = false;
};

[[nodiscard]] std::shared_ptr<Transport> MakePlainTransport(boost::asio::ip::tcp::socket socket);

/// Keeps `context` for as long as the connection lives.
[[nodiscard]] std::shared_ptr<Transport> MakeTlsTransport(
    boost::asio::ip::tcp::socket socket, std::shared_ptr<boost::asio::ssl::context> context);

}  // namespace latchkey::http
