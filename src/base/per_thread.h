#pragma once

// One value of a type for each thread that uses it, so that hot paths write to no memory that
// another thread writes to.
//
//     PerThread<Counters> counters_;
//     counters_.Local().Add(1);                     // the calling thread's own
//     counters_.ForEach([&](const Counters& c) {…});  // everybody's, for a sum
//
// A thread that ends leaves its value behind for the next thread that comes, so that nothing that
// was counted is lost and memory is bounded by the number of threads that ran at one time.
//
// Thread safety: Local() and ForEach() by any number of threads. What ForEach() visits may be in
// use by its thread at that moment: T says what may be read of it (as a rule: atomics).

#include <atomic>
#include <cstdint>
#include <memory>
#include <utility>

namespace latchkey {

namespace per_thread_internal {

/// What stands in front of every value.
struct SlotBase {
  std::atomic<bool> taken{true};
  SlotBase* next = nullptr;
};

/// Of one PerThread. Outlives it while a thread holds a slot of it.
struct State {
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State();

  std::uint64_t key = 0;  // Never used again for another State, unlike an address.
  std::atomic<SlotBase*> head{nullptr};
  void (*destroy)(SlotBase*) = nullptr;
};

[[nodiscard]] std::shared_ptr<State> MakeState(void (*destroy)(SlotBase*));

/// The calling thread's slot of `state`: the one it has, or a free one, or a fresh one.
[[nodiscard]] SlotBase& FindSlot(const std::shared_ptr<State>& state, SlotBase* (*make)());

}  // namespace per_thread_internal

template <typename T>
class PerThread {
 public:
  PerThread() : state_(per_thread_internal::MakeState(&Destroy)), key_(state_->key) {}
  PerThread(const PerThread&) = delete;
  PerThread& operator=(const PerThread&) = delete;

  /// The calling thread's value. The first call of a thread allocates; not for use while the thread
  /// is being torn down.
  [[nodiscard]] T& Local() const {
    if (last_.key == key_) return last_.slot->value;
    Slot& slot = static_cast<Slot&>(per_thread_internal::FindSlot(state_, &Make));
    last_ = {.key = key_, .slot = &slot};
    return slot.value;
  }

  /// Visits every value that a thread has or had.
  template <typename Visit>
  void ForEach(Visit visit) const {
    // Sequentially consistent, as the push is: epochs rest on one order of announcements and looks.
    per_thread_internal::SlotBase* slot = state_->head.load(std::memory_order_seq_cst);
    for (; slot != nullptr; slot = slot->next) visit(static_cast<Slot&>(*slot).value);
  }

 private:
  // Two lines, since processors fetch them in pairs.
  struct alignas(128) Slot : per_thread_internal::SlotBase {
    T value{};
  };
  struct Last {
    std::uint64_t key = 0;
    Slot* slot = nullptr;
  };

  static per_thread_internal::SlotBase* Make() { return std::make_unique<Slot>().release(); }
  static void Destroy(per_thread_internal::SlotBase* slot) {
    const std::unique_ptr<Slot> owned{static_cast<Slot*>(slot)};
  }

  // What the thread asked for last, of this T: nearly always what it asks for now.
  static inline constinit thread_local Last last_{};

  std::shared_ptr<per_thread_internal::State> state_;
  std::uint64_t key_;
};

}  // namespace latchkey
