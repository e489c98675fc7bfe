#pragma once

// Every credential in memory, found by its public id.
//
//     id ─ hash ─ low bits: shard ─ high bits: place in the shard's table (verify/index_table.h)
//
// Each shard grows on its own, by 15 % at a time once it is big, and copies a few slots with
// every write: no write waits for the copy of a table, and no reader for anything. The shards'
// sizes are staggered, so that they do not all grow at once.
//
// Thread safety: any number of readers, and writers, at once. Readers take no lock and write to no
// memory that another thread writes to.

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/account.h"
#include "base/instant.h"
#include "credential/credential.h"
#include "scope/catalogue.h"
#include "verify/directory.h"
#include "verify/grant_table.h"
#include "verify/index_table.h"

namespace latchkey {

/// What is needed to decide about one credential.
struct IndexEntry {
  CredentialId id;
  Digest digest;
  CredentialKind kind;
  AccountId account;
  std::shared_ptr<const Catalogue> catalogue;  ///< The app's.
  std::vector<std::string> grants;             ///< Scopes or permissions as they were given.
  std::optional<Instant> expires_at;
  std::optional<Instant> revoked_at;
};

class Index {
 public:
  /// Accounts are numbered by `directory`, under whose guards entries stay; it outlives the index.
  explicit Index(Directory& directory);
  Index(const Index&) = delete;
  Index& operator=(const Index&) = delete;
  /// No reader is left.
  ~Index() = default;

  /// Makes room for that many credentials at once, where there are none yet: for a start, which
  /// knows about how many will come.
  void Reserve(std::uint64_t credentials);

  /// Inserts, or replaces what is known under that id.
  void Put(const IndexEntry& entry);

  /// Forgets a credential: from then on it is unknown.
  void Remove(CredentialId id);

  /// Forgets every credential of which `is_gone` says so. It must not call back into the index.
  void RemoveIf(const std::function<bool(CredentialId)>& is_gone);

  /// What credentials of that app grant follows from `catalogue` from now on. Its positions are
  /// those of the catalogue before it, and more (Catalogue::Build, `previous`).
  void ReplaceCatalogue(std::string_view app, const std::shared_ptr<const Catalogue>& catalogue);

  /// A copy of what is known, for those who keep it; see Lookup() for the hot path.
  [[nodiscard]] std::optional<IndexEntry> Find(CredentialId id) const;

  [[nodiscard]] std::size_t size() const;

  /// Bytes of its tables, with what waits to be given back left out.
  [[nodiscard]] std::size_t memory_size() const;

  /// Starts to fetch what Lookup() of that id will read.
  void Prefetch(const EpochDomain::Guard& /*guard*/, CredentialId id) const noexcept {
    const std::uint64_t hash = HashOf(id);
    const IndexTable* table = ShardOf(hash).front.load(std::memory_order_acquire);
    if (table != nullptr) table->Prefetch(hash);
  }

  /// `guard` is of the directory's domain.
  [[nodiscard]] std::optional<CredentialFacts> Lookup(const EpochDomain::Guard& /*guard*/,
                                                      CredentialId id) const noexcept {
    const std::uint64_t hash = HashOf(id);
    const IndexTable* table = ShardOf(hash).front.load(std::memory_order_acquire);
    for (; table != nullptr; table = table->next()) {
      if (std::optional<CredentialFacts> found = table->Find(id, hash)) return found;
    }
    return std::nullopt;
  }

  [[nodiscard]] const GrantData& GrantsOf(const EpochDomain::Guard& /*guard*/,
                                          const CredentialFacts& facts) const noexcept {
    return grants_.At(facts.grants);
  }

 private:
  struct alignas(128) Shard {
    /// Where readers begin: `old` while it is copied into `table`, else `table`.
    std::atomic<const IndexTable*> front{nullptr};
    std::atomic<std::size_t> live{0};

    mutable std::mutex mutex;
    std::unique_ptr<IndexTable> table;
    std::unique_ptr<IndexTable> old;
    std::size_t copied = 0;  // Slots of `old` that are done.
    std::size_t size_min = 0;
  };
  /// A live slot, and the table that it is in.
  struct Place {
    IndexTable* table;
    std::size_t slot;
  };
  static constexpr std::size_t kShards = 16;

  // The low bits of the hash: its high bits choose the place within a shard.
  [[nodiscard]] static std::size_t ShardNumber(std::uint64_t hash) { return hash % kShards; }
  [[nodiscard]] Shard& ShardOf(std::uint64_t hash) { return shards_[ShardNumber(hash)]; }
  [[nodiscard]] const Shard& ShardOf(std::uint64_t hash) const {
    return shards_[ShardNumber(hash)];
  }

  // All under the shard's mutex.
  [[nodiscard]] static std::optional<Place> FindPlace(const Shard& shard, CredentialId id);
  void Grow(Shard& shard);
  void Copy(Shard& shard, std::size_t slots_max);
  static void RemoveFrom(Shard& shard, IndexTable& table,
                         const std::function<bool(CredentialId)>& is_gone);

  Directory& directory_;
  GrantTable grants_;
  std::array<Shard, kShards> shards_;
};

}  // namespace latchkey
