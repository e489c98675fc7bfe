#include "base/parallel.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>
#include <vector>

namespace latchkey {

bool TakeTurns(std::size_t turns, std::size_t threads, const Turn& turn) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> stopped{false};
  const auto work = [&](std::size_t worker) {
    while (!stopped.load(std::memory_order_relaxed)) {
      const std::size_t mine = next.fetch_add(1, std::memory_order_relaxed);
      if (mine >= turns) return;
      if (!turn(mine, worker)) stopped.store(true, std::memory_order_relaxed);
    }
  };
  {
    std::vector<std::jthread> helpers;
    for (std::size_t worker = 1; worker < std::min(threads, turns); ++worker) {
      try {
        helpers.emplace_back(work, worker);
      } catch (const std::system_error&) {
        break;  // The others take its turns.
      }
    }
    work(0);
  }
  return !stopped.load(std::memory_order_relaxed);
}

std::size_t UsableThreads() { return std::max(std::thread::hardware_concurrency(), 1U); }

}  // namespace latchkey
