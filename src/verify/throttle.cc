#include "verify/throttle.h"

#include <algorithm>
#include <utility>

namespace latchkey {

std::chrono::seconds Throttle::CountFailure(std::string_view key, Instant now) {
  const std::scoped_lock lock{mutex_};
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) {
    Window& window = *found->second;
    // A clock that was set back must not stretch a window.
    const bool current = now >= window.begin && now < window.begin + settings_.window;
    if (current) {
      window.failures = std::min(window.failures + 1, settings_.failures_max + 1);
      if (window.failures <= settings_.failures_max) return std::chrono::seconds{0};
      return std::chrono::ceil<std::chrono::seconds>(window.begin + settings_.window - now);
    }
    const auto expired = found->second;
    by_key_.erase(found);
    windows_.erase(expired);
  }
  if (windows_.size() >= settings_.keys_max && !windows_.empty()) {
    by_key_.erase(windows_.front().key);
    windows_.pop_front();
  }
  windows_.push_back({.key = std::string{key}, .begin = now, .failures = 1});
  by_key_.emplace(windows_.back().key, std::prev(windows_.end()));
  if (settings_.failures_max > 0) return std::chrono::seconds{0};
  return settings_.window;
}

std::size_t Throttle::size() const {
  const std::scoped_lock lock{mutex_};
  return windows_.size();
}

}  // namespace latchkey
