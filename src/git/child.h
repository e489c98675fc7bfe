#pragma once

// A git process that works for one request, with its input, output and errors as pipes.
//
//     Write()… CloseInput()   while what it writes early is kept in memory, up to a limit, so that
//                             neither side can wait for the other for ever
//     Read()…                 its output, from the first byte
//     Wait()                  how it ended
//
// The destructor kills whatever still runs of it and reaps it: a request that goes away, for
// whatever reason, leaves no process and no zombie behind. What it writes to its error stream is
// for the log alone, since it may name paths.
//
// Thread safety: one coroutine at a time, on the executor given.

#include <boost/asio/any_io_executor.hpp>
#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/result.h"
#include "git/process.h"
#include "http/exchange.h"

namespace latchkey::git {

using http::Awaitable;

class Child {
 public:
  struct Limits {
    std::size_t early_output_max = std::size_t{4}
                                   << 20;   ///< Bytes kept while input is still coming.
    std::chrono::seconds silence_max{600};  ///< Longest wait for it to read or write anything.
  };

  /// Starts git in `directory`. Errors: as StartGit; kUnavailable when there are no pipes.
  [[nodiscard]] static Result<std::unique_ptr<Child>> Start(
      const boost::asio::any_io_executor& executor, const GitProgram& program,
      const GitCommand& command, int directory, Limits limits);

  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  /// Hands all of `bytes` to it. Errors: kNotFound: it has closed its input and wants no more;
  /// kLimitExceeded: it wrote more than early_output_max; kUnavailable: it did nothing for
  /// silence_max.
  Awaitable<Result<void>> Write(std::span<const char> bytes);

  /// The end of its input.
  void CloseInput();

  /// Its next output, at most out.size() bytes; 0 at the end.
  /// Errors: kUnavailable: it did nothing for silence_max; kIo.
  Awaitable<Result<std::size_t>> Read(std::span<char> out);

  /// Waits until it has ended.
  Awaitable<Exit> Wait();

  /// Ends it before its time: asks it first, so that it removes its temporary files, then kills.
  Awaitable<void> Stop();

  /// The first lines that it wrote to its error stream.
  [[nodiscard]] const std::string& error_text() const;

 private:
  struct State;
  explicit Child(std::shared_ptr<State> state);

  // Shared with the handlers of operations that end after this object.
  std::shared_ptr<State> state_;
};

}  // namespace latchkey::git
