#pragma once

// Runs what blocks (SQL, fsync, Argon2id) on threads of its own, so that no connection waits behind
// it.
//
//     const Result<Token> token = co_await RunBlocking(pool, [&] { return issuer.Issue(request);
//     });
//
// The coroutine goes on, on its own executor, when the function has returned; what it refers to of
// the coroutine's frame stays alive as long. Destroy the pool before the server that its callers
// run on: its destructor waits for the functions under way.
//
// Thread safety: any thread.

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstddef>
#include <exception>
#include <optional>
#include <type_traits>
#include <utility>

#include "http/exchange.h"

namespace latchkey::http {

class BlockingPool {
 public:
  static constexpr std::size_t kDefaultThreads = 64;

  explicit BlockingPool(std::size_t threads = kDefaultThreads);
  ~BlockingPool();
  BlockingPool(const BlockingPool&) = delete;
  BlockingPool& operator=(const BlockingPool&) = delete;

  [[nodiscard]] boost::asio::thread_pool::executor_type executor() { return pool_.executor(); }

 private:
  boost::asio::thread_pool pool_;
};

/// Calls `function` on a thread of `pool` and gives back what it returns. What it throws is thrown
/// here.
template <typename F, typename T = std::invoke_result_t<F&>>
Awaitable<T> RunBlocking(BlockingPool& pool, F function) {
  struct Nothing {};
  std::optional<std::conditional_t<std::is_void_v<T>, Nothing, T>> result;
  std::exception_ptr stray;
  const auto call = [&] {
    try {
      if constexpr (std::is_void_v<T>) {
        function();
        result.emplace();
      } else {
        result.emplace(function());
      }
    } catch (...) {
      stray = std::current_exception();
    }
  };
  const auto start = [&](auto handler) {
    auto home = boost::asio::make_work_guard(boost::asio::get_associated_executor(handler));
    boost::asio::post(pool.executor(), [&call, home, handler = std::move(handler)]() mutable {
      call();
      boost::asio::post(home.get_executor(), std::move(handler));
    });
  };
  co_await boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void()>(
      start, boost::asio::use_awaitable);
  if (stray) std::rethrow_exception(stray);
  if constexpr (!std::is_void_v<T>) co_return std::move(*result);
}

}  // namespace latchkey::http
