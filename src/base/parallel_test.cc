#include "base/parallel.h"

#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <barrier>
#include <vector>

namespace latchkey {
namespace {

TEST(TakeTurnsTest, TakesEachTurnOnce) {
  for (const std::size_t threads : {1U, 2U, 5U}) {
    std::array<std::atomic<int>, 100> taken{};
    EXPECT_TRUE(TakeTurns(taken.size(), threads, [&](std::size_t turn, std::size_t worker) {
      EXPECT_LT(worker, threads);
      ++taken.at(turn);
      return true;
    }));
    for (const std::atomic<int>& times : taken) EXPECT_EQ(times, 1);
  }
}

TEST(TakeTurnsTest, OneThreadIsTheCallingOneAndKeepsTheOrder) {
  std::vector<std::size_t> order;
  EXPECT_TRUE(TakeTurns(3, 1, [&](std::size_t turn, std::size_t worker) {
    EXPECT_EQ(worker, 0U);
    order.push_back(turn);
    return true;
  }));
  EXPECT_EQ(order, (std::vector<std::size_t>{0, 1, 2}));
}

TEST(TakeTurnsTest, SeveralTakeTurnsAtTheSameTime) {
  std::barrier meeting{2};
  std::array<std::atomic<int>, 2> by_worker{};
  EXPECT_TRUE(TakeTurns(2, 2, [&](std::size_t /*turn*/, std::size_t worker) {
    meeting.arrive_and_wait();
    ++by_worker.at(worker);
    return true;
  }));
  EXPECT_EQ(by_worker[0], 1);
  EXPECT_EQ(by_worker[1], 1);
}

TEST(TakeTurnsTest, BeginsNoTurnAfterOneThatStopped) {
  std::size_t taken = 0;
  EXPECT_FALSE(TakeTurns(10, 1, [&](std::size_t turn, std::size_t /*worker*/) {
    ++taken;
    return turn != 3;
  }));
  EXPECT_EQ(taken, 4U);
}

TEST(TakeTurnsTest, NothingToDoIsDone) {
  EXPECT_TRUE(TakeTurns(0, 2, [](std::size_t /*turn*/, std::size_t /*worker*/) { return false; }));
}

TEST(UsableThreadsTest, IsAtLeastOne) { EXPECT_GE(UsableThreads(), 1U); }

}  // namespace
}  // namespace latchkey
