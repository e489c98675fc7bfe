#pragma once

// Every credential in memory, found by its public id.
//
// Thread safety: any number of readers, and writers, at once.

#include <array>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <unordered_map>

#include "account/account.h"
#include "base/instant.h"
#include "credential/credential.h"
#include "scope/catalogue.h"

namespace latchkey {

/// What is needed to decide about one credential.
struct IndexEntry {
  CredentialId id;
  Digest digest;
  CredentialKind kind;
  AccountId account;
  const Catalogue* catalogue;
  GrantSet granted;  ///< Closed under implication.
  std::optional<Instant> expires_at;
  std::optional<Instant> revoked_at;
};

class Index {
 public:
  /// Inserts, or replaces what is known under that id.
  void Put(IndexEntry entry);

  /// Forgets a credential: from then on it is unknown.
  void Remove(CredentialId id);

  /// Forgets every credential of which `is_gone` says so. It must not call back into the index.
  void RemoveIf(const std::function<bool(CredentialId)>& is_gone);

  [[nodiscard]] std::shared_ptr<const IndexEntry> Find(CredentialId id) const;

  [[nodiscard]] std::size_t size() const;

 private:
  struct Shard {
    mutable std::shared_mutex mutex;
    std::unordered_map<std::uint64_t, std::shared_ptr<const IndexEntry>> entries;
  };
  // Ids are random, so their low bits spread evenly.
  static constexpr std::size_t kShards = 16;

  [[nodiscard]] Shard& ShardOf(CredentialId id) { return shards_[id.value() % kShards]; }
  [[nodiscard]] const Shard& ShardOf(CredentialId id) const {
    return shards_[id.value() % kShards];
  }

  std::array<Shard, kShards> shards_;
};

}  // namespace latchkey
