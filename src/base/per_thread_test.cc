#include "base/per_thread.h"

#include <gtest/gtest.h>

#include <optional>
#include <thread>

namespace latchkey {
namespace {

struct Counter {
  std::atomic<int> count{0};
};

int Sum(const PerThread<Counter>& counters) {
  int sum = 0;
  counters.ForEach([&sum](const Counter& counter) { sum += counter.count; });
  return sum;
}

int Values(const PerThread<Counter>& counters) {
  int values = 0;
  counters.ForEach([&values](const Counter& /*counter*/) { ++values; });
  return values;
}

TEST(PerThreadTest, GivesEachThreadItsOwn) {
  const PerThread<Counter> counters;
  Counter& mine = counters.Local();
  EXPECT_EQ(&counters.Local(), &mine);
  const Counter* other = nullptr;
  std::thread{[&] { other = &counters.Local(); }}.join();
  EXPECT_NE(other, &mine);
  EXPECT_EQ(Values(counters), 2);
}

TEST(PerThreadTest, KeepsTwoOfOneTypeApart) {
  const PerThread<Counter> one;
  const PerThread<Counter> two;
  EXPECT_NE(&one.Local(), &two.Local());
  Counter& again = one.Local();
  again.count = 3;
  EXPECT_EQ(Sum(one), 3);
  EXPECT_EQ(Sum(two), 0);
}

TEST(PerThreadTest, HandsTheValueOfAThreadThatEndedToTheNext) {
  const PerThread<Counter> counters;
  for (int i = 0; i < 5; ++i) std::thread{[&] { ++counters.Local().count; }}.join();
  EXPECT_EQ(Sum(counters), 5) << "nothing that was counted is lost";
  EXPECT_EQ(Values(counters), 1);
}

TEST(PerThreadTest, MayGoBeforeItsThreads) {
  for (int i = 0; i < 3; ++i) {
    std::optional<PerThread<Counter>> counters{std::in_place};
    ++counters->Local().count;
    EXPECT_EQ(Sum(*counters), 1) << "a value of an object that is gone came back";
    counters.reset();
  }
  std::optional<PerThread<Counter>> counters{std::in_place};
  std::atomic<bool> taken{false};
  std::atomic<bool> gone{false};
  std::thread thread{[&] {
    ++counters->Local().count;
    taken = true;
    taken.notify_one();
    gone.wait(false);
  }};
  taken.wait(false);
  counters.reset();
  gone = true;
  gone.notify_one();
  thread.join();
}

}  // namespace
}  // namespace latchkey
