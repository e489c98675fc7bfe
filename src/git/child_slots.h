#pragma once

// How many git processes may run at once, and who waits for one.
//
// A place is taken by Take() and given back when the Slot goes away. Who waits, waits in order;
// when too many do, or one waits too long, the answer is no, so that a crowd of slow clones costs
// neither memory nor the other parts of the server anything. One account has at most a quarter of
// the places, running and waiting, so that nobody can take them all.
//
// Thread safety: any thread.

#include <chrono>
#include <cstddef>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include "http/exchange.h"

namespace latchkey::git {

class ChildSlots {
 public:
  struct Settings {
    std::size_t running_max = 0;  ///< 0: twice as many as cores, at least 32.
    std::size_t waiting_max = 64;
    std::chrono::milliseconds patience{10'000};
  };

  /// One place. Move-only.
  class Slot {
   public:
    Slot(ChildSlots* slots, std::string account) : slots_(slots), account_(std::move(account)) {}
    Slot(Slot&& other) noexcept
        : slots_(std::exchange(other.slots_, nullptr)), account_(std::move(other.account_)) {}
    Slot& operator=(Slot&&) = delete;
    Slot(const Slot&) = delete;
    Slot& operator=(const Slot&) = delete;
    // Nothing in it throws but a failing allocation, and then ending is right.
    // NOLINTNEXTLINE(bugprone-exception-escape)
    ~Slot() {
      if (slots_ != nullptr) slots_->Give(account_);
    }

   private:
    ChildSlots* slots_;
    std::string account_;
  };

  explicit ChildSlots(Settings settings);

  /// A place for an account, at once or after waiting; nothing if there is none within reason.
  http::Awaitable<std::optional<Slot>> Take(std::string account);

  [[nodiscard]] std::size_t running() const;

 private:
  struct Waiter;

  void Give(const std::string& account);
  [[nodiscard]] bool HasShareLeft(const std::string& account) const;
  // Takes a free place, or joins the queue as `waiter`, or does neither.
  enum class Entry : std::uint8_t { kTaken, kQueued, kFull };
  Entry Enter(const std::shared_ptr<Waiter>& waiter);
  // Ends the wait; returns whether a place was given to it.
  bool Leave(const std::shared_ptr<Waiter>& waiter);

  Settings settings_;
  mutable std::mutex mutex_;
  std::size_t running_ = 0;
  std::map<std::string, std::size_t> running_of_;  // By account; no zeros.
  std::deque<std::shared_ptr<Waiter>> queue_;
};

}  // namespace latchkey::git
