#include "http/blocking_pool.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <latch>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>

namespace latchkey::http {
namespace {

// Runs a coroutine to its end on this thread and rethrows what it threw.
void RunHere(Awaitable<void> coroutine) {
  boost::asio::io_context context;
  std::exception_ptr stray;
  boost::asio::co_spawn(context, std::move(coroutine),
                        [&](const std::exception_ptr& thrown) { stray = thrown; });
  context.run();
  if (stray) std::rethrow_exception(stray);
}

Awaitable<void> ReturnsAValue(BlockingPool& pool) {
  const auto home = std::this_thread::get_id();
  std::thread::id away;
  auto call = [&] {
    away = std::this_thread::get_id();
    return std::make_unique<std::string>("done");
  };
  const std::unique_ptr<std::string> result = co_await RunBlocking(pool, call);
  EXPECT_EQ(*result, "done");
  EXPECT_NE(away, home);
  EXPECT_EQ(std::this_thread::get_id(), home);
}

TEST(RunBlockingTest, ReturnsAValueWhereItWasCalled) {
  BlockingPool pool(1);
  RunHere(ReturnsAValue(pool));
}

Awaitable<void> Throws(BlockingPool& pool) {
  auto call = []() -> void { throw std::runtime_error("x"); };
  co_await RunBlocking(pool, call);
}

TEST(RunBlockingTest, ThrowsWhatTheFunctionThrew) {
  BlockingPool pool(1);
  EXPECT_THROW(RunHere(Throws(pool)), std::runtime_error);
}

Awaitable<void> Meet(BlockingPool& pool, std::latch& all) {
  auto call = [&] { all.arrive_and_wait(); };
  co_await RunBlocking(pool, call);
}

TEST(RunBlockingTest, CallsRunAtTheSameTime) {
  constexpr int kCalls = 8;
  BlockingPool pool(kCalls);
  std::latch all(kCalls);
  boost::asio::io_context context;
  for (int i = 0; i < kCalls; ++i) {
    boost::asio::co_spawn(context, Meet(pool, all), [](const std::exception_ptr&) {});
  }
  context.run();
}

}  // namespace
}  // namespace latchkey::http
