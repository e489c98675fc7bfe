#pragma once

// When memory that readers look at without a lock may be given back.
//
//     reader                                  writer
//     const auto guard = epochs.Enter();      replaced = slot.exchange(fresh);
//     look at what pointers lead to …         epochs.Retire([replaced] { delete replaced; });
//     (guard ends)                            … freed once no guard from before is left
//
// A guard notes the epoch in which its thread entered; retiring begins the next epoch. What was
// retired in epoch e is given back when every guard that is left entered after e, since those could
// only find its replacement. Entering costs one exchange on a line that only this thread writes to.
//
// A guard belongs to its thread and to the call that made it: never keep one while waiting for a
// socket, a disk or another thread, and never over a `co_await`. As long as one lives nothing is
// given back; nothing stops either.
//
// Thread safety: any number of threads.

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <utility>
#include <vector>

#include "base/per_thread.h"

namespace latchkey {

class EpochDomain {
 private:
  struct Reader {
    std::atomic<std::uint64_t> epoch{0};  // 0: outside.
    std::uint32_t depth = 0;              // Guards within guards; its own thread's alone.
  };

 public:
  EpochDomain() = default;
  EpochDomain(const EpochDomain&) = delete;
  EpochDomain& operator=(const EpochDomain&) = delete;
  /// Gives everything back: no guard may be left.
  ~EpochDomain();

  /// While it lives, what its thread finds stays.
  class Guard {
   public:
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;
    ~Guard() {
      if (--reader_.depth == 0) reader_.epoch.store(0, std::memory_order_release);
    }

   private:
    friend class EpochDomain;
    explicit Guard(Reader& reader) : reader_(reader) {}
    Reader& reader_;
  };

  /// Enters; may be done again within a guard, for nothing. Allocates on a thread's first call.
  [[nodiscard]] Guard Enter() const {
    Reader& reader = readers_.Local();
    if (reader.depth++ == 0) Announce(reader);
    return Guard{reader};
  }

  /// Calls `give_back` when nobody can be looking any more: at once, or within a later Retire() or
  /// Reclaim(). What it gives back must already be out of reach for who enters from now on.
  /// `give_back` must not call into this object.
  void Retire(std::function<void()> give_back);

  /// Gives back what can be. Costs one load when there is nothing.
  void Reclaim();

  /// How much waits.
  [[nodiscard]] std::size_t retired() const {
    return retired_count_.load(std::memory_order_relaxed);
  }

 private:
  struct Retired {
    std::uint64_t epoch;
    std::function<void()> give_back;
  };

  void Announce(Reader& reader) const {
    // Asked again after announcing. Either the epoch had not changed, and then whoever changes it
    // later sees the announcement; or it had, and then this thread sees what was replaced before.
    std::uint64_t epoch = epoch_.load(std::memory_order_seq_cst);
    while (true) {
      reader.epoch.store(epoch, std::memory_order_seq_cst);
      const std::uint64_t now = epoch_.load(std::memory_order_seq_cst);
      if (now == epoch) return;
      epoch = now;
    }
  }
  [[nodiscard]] std::uint64_t OldestGuard() const;
  [[nodiscard]] std::vector<Retired> TakeFree();

  std::atomic<std::uint64_t> epoch_{1};
  PerThread<Reader> readers_;
  std::atomic<std::size_t> retired_count_{0};
  std::mutex mutex_;
  std::vector<Retired> retired_;  // Oldest first.
};

}  // namespace latchkey
