#pragma once

// One open-addressed table of the index: a cache line for each credential.
//
//     word 0     public id
//     word 1..4  digest
//     word 5     account number, grant number
//     word 6     when it expires
//     word 7     state (empty, live, dead), kind, whether and when it was revoked
//
// A slot goes from empty to live to dead and never back, so that what a reader has found stays what
// it was: word 7 is written last, with a release store, and of a live slot nothing but word 7 ever
// changes (a revocation is one store). Any other change is a new slot further along the probe, and
// then the old one's death. Dead slots are left behind when the table is copied into another.
//
//     home pair (two lines, fetched together) → next pair → … → first empty slot ends the search
//
// While it is copied, `next` leads to the new table: an entry that is dead here may live there. See
// docs/architecture.md, "The index", for why a reader never misses one.
//
// Thread safety: Find() and Prefetch() by any number of threads, under a guard of the domain that
// this table is retired to; everything else by one thread at a time.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/huge_memory.h"
#include "base/instant.h"
#include "credential/credential.h"

namespace latchkey {

/// What the index holds of one credential.
struct CredentialFacts {
  CredentialId id;
  Digest digest;
  CredentialKind kind;
  std::uint32_t account;  ///< Its number in the Directory.
  std::uint32_t grants;   ///< Its number in the GrantTable.
  std::optional<Instant> expires_at;
  std::optional<Instant> revoked_at;
};

// Both compilers have it; the standard does not.
__extension__ typedef unsigned __int128 Wide;  // NOLINT(modernize-use-using)

/// Spreads ids, which a test may number from one, over 64 bits. It is no defence: ids are drawn by
/// this side.
[[nodiscard]] constexpr std::uint64_t HashOf(CredentialId id) {
  constexpr std::uint64_t kFlip =
      0x9E3779B97F4A7C15;  // The golden ratio; any odd constant would do.
  constexpr std::uint64_t kTimes = 0xD1B54A32D192ED03;  // Likewise.
  const Wide product = Wide{id.value() ^ kFlip} * kTimes;
  return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64U);
}

class IndexTable {
 public:
  static constexpr std::size_t kSlotSize = 64;

  /// Room for `live_max` slots in use, at a load of at most 3/4.
  explicit IndexTable(std::size_t live_max);

  /// Asks the processor for where `hash` is found.
  void Prefetch(std::uint64_t hash) const noexcept {
    // Two pairs: few credentials are further along.
    const std::uint64_t* line = words_ + HomeOf(hash) * kWords;
    for (std::size_t i = 0; i < 4; ++i) __builtin_prefetch(line + i * kWords);
  }

  [[nodiscard]] std::optional<CredentialFacts> Find(CredentialId id,
                                                    std::uint64_t hash) const noexcept;
  [[nodiscard]] const IndexTable* next() const noexcept {
    return next_.load(std::memory_order_acquire);
  }

  /// Where readers look next. Once.
  void SetNext(const IndexTable* next) { next_.store(next, std::memory_order_release); }

  [[nodiscard]] bool full() const { return used_ >= used_max_; }
  [[nodiscard]] std::size_t capacity() const { return capacity_; }
  [[nodiscard]] std::size_t memory_size() const { return memory_.size(); }

  /// The live slot of `id`, if there is one.
  [[nodiscard]] std::optional<std::size_t> SlotOf(CredentialId id) const;
  /// Nothing if that slot is not live.
  [[nodiscard]] std::optional<CredentialFacts> At(std::size_t slot) const;
  /// Takes an empty slot and publishes it. The table is not full; a live slot of that id dies next.
  void Insert(const CredentialFacts& facts);
  /// Whether the slot says this already, or could be made to by one store, and was.
  [[nodiscard]] bool UpdateInPlace(std::size_t slot, const CredentialFacts& facts);
  void Kill(std::size_t slot);

 private:
  static constexpr std::size_t kWords = kSlotSize / sizeof(std::uint64_t);
  static constexpr std::size_t kIdWord = 0;
  static constexpr std::size_t kNumbersWord = 5;
  static constexpr std::size_t kExpiryWord = 6;
  static constexpr std::size_t kStateWord = 7;
  using Words = std::array<std::uint64_t, kWords>;

  [[nodiscard]] static Words Pack(const CredentialFacts& facts);
  [[nodiscard]] static CredentialFacts Unpack(const Words& words);

  [[nodiscard]] std::size_t HomeOf(std::uint64_t hash) const {
    const Wide product = Wide{hash} * (capacity_ / 2);
    return static_cast<std::size_t>(product >> 64U) * 2;
  }
  [[nodiscard]] std::size_t After(std::size_t slot) const {
    return slot + 1 == capacity_ ? 0 : slot + 1;
  }
  [[nodiscard]] std::uint64_t LoadWord(std::size_t slot, std::size_t word) const {
    return std::atomic_ref<std::uint64_t>{words_[slot * kWords + word]}.load(
        std::memory_order_acquire);
  }
  void StoreWord(std::size_t slot, std::size_t word, std::uint64_t value) {
    std::atomic_ref<std::uint64_t>{words_[slot * kWords + word]}.store(value,
                                                                       std::memory_order_release);
  }
  [[nodiscard]] Words LoadSlot(std::size_t slot, std::uint64_t state) const;

  std::size_t capacity_;  // Slots; even.
  std::size_t used_max_;
  std::size_t used_ = 0;  // Live and dead.
  HugeMemory memory_;
  std::uint64_t* words_;  // In memory_, all zero at first: every slot empty.
  std::atomic<const IndexTable*> next_{nullptr};
};

}  // namespace latchkey
