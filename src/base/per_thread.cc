#include "base/per_thread.h"

#include <vector>

namespace latchkey::per_thread_internal {
namespace {

/// The slots of one thread. Its destructor runs when the thread ends.
class ThreadSlots {
 public:
  ThreadSlots() = default;
  ThreadSlots(const ThreadSlots&) = delete;
  ThreadSlots& operator=(const ThreadSlots&) = delete;
  ~ThreadSlots() {
    for (const Held& held : held_) held.slot->taken.store(false, std::memory_order_release);
  }

  [[nodiscard]] SlotBase* Find(const State& state) const {
    for (const Held& held : held_) {
      if (held.state.get() == &state) return held.slot;
    }
    return nullptr;
  }

  void Keep(std::shared_ptr<State> state, SlotBase& slot) {
    // Of a PerThread that is gone nobody but threads such as this one holds the state any more.
    std::erase_if(held_, [](const Held& held) { return held.state.use_count() == 1; });
    held_.push_back({.state = std::move(state), .slot = &slot});
  }

 private:
  struct Held {
    std::shared_ptr<State> state;
    SlotBase* slot;
  };
  std::vector<Held> held_;
};

ThreadSlots& SlotsOfThisThread() {
  thread_local ThreadSlots slots;
  return slots;
}

SlotBase* TakeFree(const State& state) {
  for (SlotBase* slot = state.head.load(std::memory_order_acquire); slot != nullptr;
       slot = slot->next) {
    // Acquire, so that the last thread's writes to the value come before this one's.
    bool taken = false;
    if (slot->taken.compare_exchange_strong(taken, true, std::memory_order_acquire)) return slot;
  }
  return nullptr;
}

}  // namespace

State::~State() {
  for (SlotBase* slot = head.load(std::memory_order_acquire); slot != nullptr;) {
    SlotBase* next = slot->next;
    destroy(slot);
    slot = next;
  }
}

std::shared_ptr<State> MakeState(void (*destroy)(SlotBase*)) {
  static std::atomic<std::uint64_t> last_key{0};
  auto state = std::make_shared<State>();
  state->key = last_key.fetch_add(1, std::memory_order_relaxed) + 1;
  state->destroy = destroy;
  return state;
}

SlotBase& FindSlot(const std::shared_ptr<State>& state, SlotBase* (*make)()) {
  ThreadSlots& slots = SlotsOfThisThread();
  if (SlotBase* mine = slots.Find(*state)) return *mine;
  SlotBase* slot = TakeFree(*state);
  if (slot == nullptr) {
    slot = make();
    slot->next = state->head.load(std::memory_order_relaxed);
    while (!state->head.compare_exchange_weak(slot->next, slot, std::memory_order_seq_cst,
                                              std::memory_order_relaxed)) {
    }
  }
  slots.Keep(state, *slot);
  return *slot;
}

}  // namespace latchkey::per_thread_internal
