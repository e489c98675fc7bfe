#pragma once

// The apps of this installation, as they are at present.
//
//     admin thread            hot threads
//     Replace(set)  ──>  generation: 41 → 42
//                             if (apps.generation() != seen) { set = apps.Current(); … }
//
// A set is replaced as a whole: no reader sees half a change. Whoever holds a set may go on using
// it; it is freed with its last holder.

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "app/app.h"

namespace latchkey {

/// Every app by its name. Immutable once it is handed out.
class AppSet {
 public:
  using Map = std::map<std::string, std::shared_ptr<const App>, std::less<>>;

  AppSet() = default;
  explicit AppSet(Map apps) : apps_(std::move(apps)) {}

  /// Null if there is no such app. Allocates nothing.
  [[nodiscard]] const App* Find(std::string_view name) const noexcept {
    const auto found = apps_.find(name);
    return found == apps_.end() ? nullptr : found->second.get();
  }
  /// In the order of their names.
  [[nodiscard]] const Map& apps() const { return apps_; }

  /// A set with `app` added, or in the place of the one of its name.
  [[nodiscard]] std::shared_ptr<const AppSet> With(std::shared_ptr<const App> app) const;
  [[nodiscard]] std::shared_ptr<const AppSet> Without(std::string_view name) const;

 private:
  Map apps_;
};

/// Thread safety: any number of threads.
class Apps {
 public:
  Apps() : current_(std::make_shared<const AppSet>()) {}
  Apps(const Apps&) = delete;
  Apps& operator=(const Apps&) = delete;

  /// Never null. Takes a lock: hot threads ask it only when generation() changed.
  [[nodiscard]] std::shared_ptr<const AppSet> Current() const;

  /// Another number after each Replace(). Read it before Current(): what Current() gives is then at
  /// least as new.
  [[nodiscard]] std::uint64_t generation() const noexcept {
    return generation_.load(std::memory_order_acquire);
  }

  /// `set` is not null. In force for whoever looks after it returned.
  void Replace(std::shared_ptr<const AppSet> set);

 private:
  mutable std::mutex mutex_;
  std::shared_ptr<const AppSet> current_;
  std::atomic<std::uint64_t> generation_{1};
};

}  // namespace latchkey
