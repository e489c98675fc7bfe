#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <utility>
#include <vector>

#include "cluster/barrier.h"

namespace latchkey {

/// A barrier that says what the test wants, and remembers what it was asked.
///
/// Thread safety: any number of threads; `report` is set before there are several.
class ScriptedBarrier final : public Barrier {
 public:
  using Asked = std::pair<std::uint64_t, std::chrono::milliseconds>;

  BarrierReport Wait(std::uint64_t seq, std::chrono::milliseconds patience) override {
    const std::scoped_lock lock{mutex_};
    asked_.emplace_back(seq, patience);
    return report;
  }
  [[nodiscard]] std::chrono::milliseconds bound() const override {
    return std::chrono::seconds{31};
  }

  /// Since the last time.
  [[nodiscard]] std::vector<Asked> TakeAsked() {
    const std::scoped_lock lock{mutex_};
    return std::exchange(asked_, {});
  }

  BarrierReport report{.confirmed = {"a"}, .fenced = {"b"}, .pending = {}, .known = true};

 private:
  std::mutex mutex_;
  std::vector<Asked> asked_;
};

}  // namespace latchkey
