#include "git/child.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <mutex>
#include <optional>
#include <utility>

namespace latchkey::git {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

// The most that the kernel gives an ordinary user (fs.pipe-max-size). Where it gives less, pipes
// stay as they are, and only more switches between the two processes are needed.
constexpr int kPipeSize = 1 << 20;
constexpr std::size_t kEarlyStep = 65536;
constexpr std::size_t kErrorTextMax = 2048;
// Long enough for git to remove its temporary files, short enough to wait for.
constexpr std::chrono::seconds kStopPatience{2};

struct Pipe {
  FileDescriptor read;
  FileDescriptor write;
};

std::optional<Pipe> OpenPipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return std::nullopt;
  static_cast<void>(::fcntl(ends[0], F_SETPIPE_SZ, kPipeSize));
  return Pipe{.read = FileDescriptor{ends[0]}, .write = FileDescriptor{ends[1]}};
}

/// A pipe whose reader is gone must be an error of write(2) and not the end of the server.
void IgnoreBrokenPipes() {
  static std::once_flag once;
  std::call_once(once, [] {
    struct sigaction current{};
    if (::sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL) {
      current.sa_handler = SIG_IGN;
      ::sigaction(SIGPIPE, &current, nullptr);
    }
  });
}

std::unexpected<Error> Silent() {
  return Fail(Error::Code::kUnavailable, "git did nothing for too long");
}

}  // namespace

struct Child::State : std::enable_shared_from_this<Child::State> {
  State(const asio::any_io_executor& executor, Process started, Limits given)
      : process(std::move(started)),
        limits(given),
        input(executor),
        output(executor),
        errors(executor),
        ended(executor, process.pidfd.get()),
        timer(executor) {
    // The descriptor that watches for its end owns the pidfd from here on.
    static_cast<void>(process.pidfd.Release());
  }

  // Waits for output while input is being written, and keeps it.
  void KeepEarlyOutput();
  void TakeEarlyOutput();
  void CollectErrors();
  // Takes what stands in the error pipe now; false when no more can come.
  bool TakeErrors();

  // Cancels what waits on `pipe` when nothing happens for `time`.
  void Guard(asio::posix::stream_descriptor& pipe, std::chrono::milliseconds time);
  // Whether the wait that Guard() watched went on for too long.
  bool Unguard();

  void Signal(int signal) const;
  void ReapNow();
  void Close();

  Process process;
  Limits limits;
  asio::posix::stream_descriptor input;
  asio::posix::stream_descriptor output;
  asio::posix::stream_descriptor errors;
  asio::posix::stream_descriptor ended;
  asio::steady_timer timer;
  std::uint64_t guard = 0;  // Which wait the timer stands for.
  bool timed_out = false;
  std::optional<Exit> exit;

  std::string early;
  std::size_t early_taken = 0;
  bool keeps_early = false;
  bool overflowed = false;

  std::string error_text;
};

void Child::State::KeepEarlyOutput() {
  keeps_early = true;
  output.async_wait(asio::posix::descriptor_base::wait_read,
                    [self = shared_from_this()](error_code error) {
                      if (!error && self->keeps_early) self->TakeEarlyOutput();
                    });
}

void Child::State::TakeEarlyOutput() {
  const std::size_t size = early.size();
  early.resize(size + kEarlyStep);
  error_code error;
  const std::size_t taken = output.read_some(asio::buffer(early.data() + size, kEarlyStep), error);
  early.resize(size + taken);
  // At the end, Read() will come upon it again.
  if (error && error != asio::error::would_block) return;
  if (early.size() <= limits.early_output_max) {
    KeepEarlyOutput();
    return;
  }
  overflowed = true;
  error_code ignored;
  input.cancel(ignored);
}

void Child::State::CollectErrors() {
  // It waits, and reads only then, so that no bytes are in the hands of an operation whose handler
  // has not run yet when ReapNow() wants them all.
  errors.async_wait(asio::posix::descriptor_base::wait_read,
                    [self = shared_from_this()](error_code error) {
                      if (!error && self->TakeErrors()) self->CollectErrors();
                    });
}

bool Child::State::TakeErrors() {
  std::array<char, 512> buffer{};
  // A process that never stops complaining must not keep this thread.
  constexpr int kRounds = 16;
  for (int round = 0; round < kRounds; ++round) {
    error_code error;
    const std::size_t size = errors.read_some(asio::buffer(buffer), error);
    if (error) return error == asio::error::would_block;
    error_text.append(buffer.data(), std::min(size, kErrorTextMax - error_text.size()));
  }
  return true;
}

void Child::State::Guard(asio::posix::stream_descriptor& pipe, std::chrono::milliseconds time) {
  timed_out = false;
  timer.expires_after(time);
  timer.async_wait([self = shared_from_this(), &pipe, wait = ++guard](error_code error) {
    if (error || wait != self->guard) return;
    self->timed_out = true;
    error_code ignored;
    pipe.cancel(ignored);
  });
}

bool Child::State::Unguard() {
  ++guard;
  timer.cancel();
  return timed_out;
}

void Child::State::Signal(int signal) const {
  // The group's number cannot be anybody else's before its leader is reaped.
  if (!exit) ::kill(-process.pid, signal);
}

void Child::State::ReapNow() {
  if (exit) return;
  exit = Reap(process);
  // Its last words may have come with its end.
  static_cast<void>(TakeErrors());
}

void Child::State::Close() {
  error_code ignored;
  input.close(ignored);
  output.close(ignored);
  errors.close(ignored);
  ended.close(ignored);
  timer.cancel();
}

Child::Child(std::shared_ptr<State> state) : state_(std::move(state)) {}

// Asio's timers cannot fail to be cancelled, although the function's type says so.
// NOLINTNEXTLINE(bugprone-exception-escape)
Child::~Child() {
  state_->keeps_early = false;
  state_->Signal(SIGKILL);
  state_->ReapNow();
  state_->Close();
}

Result<std::unique_ptr<Child>> Child::Start(const asio::any_io_executor& executor,
                                            const GitProgram& program, const GitCommand& command,
                                            int directory, Limits limits) {
  IgnoreBrokenPipes();
  std::optional<Pipe> input = OpenPipe();
  std::optional<Pipe> output = OpenPipe();
  std::optional<Pipe> errors = OpenPipe();
  if (!input || !output || !errors) {
    return Fail(Error::Code::kUnavailable, "cannot open pipes for git");
  }
  Result<Process> process =
      StartGit(program, command, directory,
               {.in = input->read.get(), .out = output->write.get(), .error = errors->write.get()});
  if (!process) return std::unexpected(process.error());
  auto state = std::make_shared<State>(executor, std::move(*process), limits);
  state->input.assign(input->write.Release());
  state->output.assign(output->read.Release());
  state->errors.assign(errors->read.Release());
  state->output.non_blocking(true);
  state->errors.non_blocking(true);
  state->CollectErrors();
  state->KeepEarlyOutput();
  return std::unique_ptr<Child>{new Child{std::move(state)}};
}

Awaitable<Result<void>> Child::Write(std::span<const char> bytes) {
  State& state = *state_;
  while (!bytes.empty()) {
    if (state.overflowed) {
      co_return Fail(Error::Code::kLimitExceeded, "git answered too much before the request's end");
    }
    error_code error;
    state.Guard(state.input, state.limits.silence_max);
    const std::size_t size = co_await state.input.async_write_some(
        asio::buffer(bytes.data(), bytes.size()), asio::redirect_error(asio::use_awaitable, error));
    const bool timed_out = state.Unguard();
    bytes = bytes.subspan(size);
    if (!error || state.overflowed) continue;
    if (timed_out) co_return Silent();
    co_return Fail(Error::Code::kNotFound, "git wants no more input");
  }
  co_return Result<void>{};
}

void Child::CloseInput() {
  error_code ignored;
  state_->input.close(ignored);
}

Awaitable<Result<std::size_t>> Child::Read(std::span<char> out) {
  State& state = *state_;
  state.keeps_early = false;
  if (state.early_taken < state.early.size()) {
    const std::size_t size = state.early.copy(out.data(), out.size(), state.early_taken);
    state.early_taken += size;
    co_return size;
  }
  std::string{}.swap(state.early);
  state.early_taken = 0;
  error_code error;
  state.Guard(state.output, state.limits.silence_max);
  const std::size_t size = co_await state.output.async_read_some(
      asio::buffer(out.data(), out.size()), asio::redirect_error(asio::use_awaitable, error));
  const bool timed_out = state.Unguard();
  if (!error) co_return size;
  if (error == asio::error::eof) co_return std::size_t{0};
  if (timed_out) co_return Silent();
  co_return Fail(Error::Code::kIo, "cannot read what git says: " + error.message());
}

Awaitable<Exit> Child::Wait() {
  State& state = *state_;
  if (!state.exit) {
    error_code error;
    state.Guard(state.ended, state.limits.silence_max);
    co_await state.ended.async_wait(asio::posix::descriptor_base::wait_read,
                                    asio::redirect_error(asio::use_awaitable, error));
    if (state.Unguard() || error) state.Signal(SIGKILL);
    state.ReapNow();
  }
  co_return *state.exit;
}

Awaitable<void> Child::Stop() {
  State& state = *state_;
  if (state.exit) co_return;
  state.Signal(SIGTERM);
  error_code error;
  state.Guard(state.ended, kStopPatience);
  co_await state.ended.async_wait(asio::posix::descriptor_base::wait_read,
                                  asio::redirect_error(asio::use_awaitable, error));
  static_cast<void>(state.Unguard());
  // The leader may be gone while others of its group still write.
  state.Signal(SIGKILL);
  state.ReapNow();
}

const std::string& Child::error_text() const { return state_->error_text; }

}  // namespace latchkey::git
