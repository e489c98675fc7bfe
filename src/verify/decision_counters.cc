#include "verify/decision_counters.h"

#include <algorithm>

namespace latchkey {
namespace {

/// Names are few; two that meet only make a thread ask again.
std::size_t PlaceOf(std::string_view app) {
  std::size_t hash = app.size();
  for (const char c : app) hash = hash * 31 + static_cast<unsigned char>(c);
  return hash % DecisionCounters::kAppsMax;
}

}  // namespace

void DecisionCounters::Count(std::string_view app, std::optional<Cause> denied) const noexcept {
  Local& local = locals_.Local();
  const std::size_t place = denied ? 1 + static_cast<std::size_t>(*denied) : 0;
  std::atomic<std::uint64_t>& counter = local.counts[NumberOf(local, app)][place];
  // Only this thread writes to it: no locked instruction is needed.
  counter.store(counter.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

std::size_t DecisionCounters::NumberOf(Local& local, std::string_view app) const {
  Known& known = local.known[PlaceOf(app)];
  if (known.size != 0 && std::string_view{known.name.data(), known.size} == app) {
    return known.number;
  }
  const std::size_t number = Register(app);
  if (!app.empty() && app.size() <= kAppNameSizeMax) {
    known.size = static_cast<std::uint8_t>(app.size());
    known.number = static_cast<std::uint8_t>(number);
    app.copy(known.name.data(), known.name.size());
  }
  return number;
}

std::size_t DecisionCounters::Register(std::string_view app) const {
  const std::scoped_lock lock{mutex_};
  const auto found = std::ranges::find(apps_, app);
  if (found != apps_.end()) return static_cast<std::size_t>(found - apps_.begin());
  if (apps_.size() == kAppsMax) return kOther;
  apps_.emplace_back(app);
  return apps_.size() - 1;
}

CauseCounts DecisionCounters::Total() const {
  CauseCounts total{};
  locals_.ForEach([&total](const Local& local) {
    for (const auto& app : local.counts) {
      for (std::size_t i = 0; i < total.size(); ++i) {
        total[i] += app[i].load(std::memory_order_relaxed);
      }
    }
  });
  return total;
}

std::vector<AppCounts> DecisionCounters::ByApp() const {
  std::vector<AppCounts> apps;
  {
    const std::scoped_lock lock{mutex_};
    for (const std::string& app : apps_) apps.push_back({.app = app, .counts = {}});
  }
  CauseCounts other{};
  locals_.ForEach([&](const Local& local) {
    for (std::size_t i = 0; i < other.size(); ++i) {
      for (std::size_t app = 0; app < apps.size(); ++app) {
        apps[app].counts[i] += local.counts[app][i].load(std::memory_order_relaxed);
      }
      other[i] += local.counts[kOther][i].load(std::memory_order_relaxed);
    }
  });
  if (std::ranges::any_of(other, [](std::uint64_t count) { return count != 0; })) {
    apps.push_back({.app = {}, .counts = other});
  }
  return apps;
}

}  // namespace latchkey
