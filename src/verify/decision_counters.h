#pragma once

// How many decisions there were, for each app and cause.
//
// Counting writes to the calling thread's own counters; whoever asks sums them up. The number of
// apps that are told apart is bounded, as metrics' labels must be: those past it count as one.
//
// Thread safety: any number of threads.

#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/per_thread.h"
#include "verify/verdict.h"

namespace latchkey {

/// Index 0 allowed, then one for each Cause in its order.
using CauseCounts = std::array<std::uint64_t, kCauseCount + 1>;

struct AppCounts {
  std::string app;  ///< Empty: the apps that were not told apart.
  CauseCounts counts;
};

class DecisionCounters {
 public:
  static constexpr std::size_t kAppsMax = 64;
  static constexpr std::size_t kAppNameSizeMax = 32;

  /// `app` is the requirement's; `denied` is nothing where it was allowed.
  void Count(std::string_view app, std::optional<Cause> denied) const noexcept;

  [[nodiscard]] CauseCounts Total() const;
  /// One for each app that was asked about, in the order in which they came.
  [[nodiscard]] std::vector<AppCounts> ByApp() const;

 private:
  static constexpr std::size_t kOther = kAppsMax;

  /// Where the calling thread found the name of an app.
  struct Known {
    std::uint8_t size = 0;  // 0: nothing is known.
    std::uint8_t number = 0;
    std::array<char, kAppNameSizeMax> name{};
  };
  struct Local {
    std::array<Known, kAppsMax> known{};  // By a hash of the name; its own thread's alone.
    std::array<std::array<std::atomic<std::uint64_t>, kCauseCount + 1>, kAppsMax + 1> counts{};
  };

  [[nodiscard]] std::size_t NumberOf(Local& local, std::string_view app) const;
  [[nodiscard]] std::size_t Register(std::string_view app) const;

  PerThread<Local> locals_;
  mutable std::mutex mutex_;
  mutable std::vector<std::string> apps_;  // By number.
};

}  // namespace latchkey
