#include "verify/index.h"

#include <algorithm>
#include <cmath>
#include <utility>

namespace latchkey {
namespace {

// A table below this many credentials doubles; a bigger one grows by kGrowth, which keeps the
// memory for each credential between 64 / 0.75 and 64 / 0.75 * kGrowth bytes.
constexpr std::size_t kDoubledBelow = 8'192;
constexpr double kGrowth = 1.15;

// Slots copied with each write: 256 are a few microseconds, and the copy is done long before the
// new table is full.
constexpr std::size_t kCopiedSlots = 256;

constexpr std::size_t kSizeMin = 48;

std::size_t GrownSize(std::size_t live) {
  if (live < kDoubledBelow) return live * 2;
  return static_cast<std::size_t>(std::ceil(static_cast<double>(live) * kGrowth));
}

/// By how much a shard is larger than the first one, so that they do not all grow at once.
double StaggerOf(std::size_t shard, std::size_t shards) {
  return std::pow(kGrowth, static_cast<double>(shard) / static_cast<double>(shards));
}

}  // namespace

Index::Index(Directory& directory) : directory_(directory), grants_(directory.epochs()) {
  for (std::size_t i = 0; i < kShards; ++i) {
    shards_[i].size_min =
        static_cast<std::size_t>(std::ceil(static_cast<double>(kSizeMin) * StaggerOf(i, kShards)));
  }
}

void Index::Reserve(std::uint64_t credentials) {
  const double share = static_cast<double>(credentials) / static_cast<double>(kShards);
  // Ids fall where they fall: hardly ever four standard deviations above the mean.
  const double most = share + 4 * std::sqrt(share);
  for (std::size_t i = 0; i < kShards; ++i) {
    Shard& shard = shards_[i];
    const std::scoped_lock lock{shard.mutex};
    if (shard.table != nullptr) continue;
    const auto size = static_cast<std::size_t>(std::ceil(most * StaggerOf(i, kShards)));
    shard.table = std::make_unique<IndexTable>(std::max(size, shard.size_min));
    shard.front.store(shard.table.get(), std::memory_order_release);
  }
}

void Index::Put(const IndexEntry& entry) {
  const CredentialFacts facts{.id = entry.id,
                              .digest = entry.digest,
                              .kind = entry.kind,
                              .account = directory_.NumberOf(entry.account),
                              .grants = grants_.Intern(entry.catalogue, entry.kind, entry.grants),
                              .expires_at = entry.expires_at,
                              .revoked_at = entry.revoked_at};
  Shard& shard = ShardOf(HashOf(entry.id));
  const std::scoped_lock lock{shard.mutex};
  Copy(shard, kCopiedSlots);
  if (shard.table == nullptr || shard.table->full()) Grow(shard);
  const std::optional<Place> known = FindPlace(shard, entry.id);
  if (known && known->table->UpdateInPlace(known->slot, facts)) return;
  // First the new slot, then the old one's death, so that a reader always finds one of them.
  shard.table->Insert(facts);
  if (known) {
    known->table->Kill(known->slot);
  } else {
    shard.live.store(shard.live.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }
}

void Index::Remove(CredentialId id) {
  Shard& shard = ShardOf(HashOf(id));
  const std::scoped_lock lock{shard.mutex};
  Copy(shard, kCopiedSlots);
  const std::optional<Place> known = FindPlace(shard, id);
  if (!known) return;
  known->table->Kill(known->slot);
  shard.live.store(shard.live.load(std::memory_order_relaxed) - 1, std::memory_order_relaxed);
}

void Index::RemoveIf(const std::function<bool(CredentialId)>& is_gone) {
  for (Shard& shard : shards_) {
    const std::scoped_lock lock{shard.mutex};
    if (shard.old != nullptr) RemoveFrom(shard, *shard.old, is_gone);
    if (shard.table != nullptr) RemoveFrom(shard, *shard.table, is_gone);
  }
}

void Index::RemoveFrom(Shard& shard, IndexTable& table,
                       const std::function<bool(CredentialId)>& is_gone) {
  std::size_t killed = 0;
  for (std::size_t slot = 0; slot < table.capacity(); ++slot) {
    const std::optional<CredentialFacts> facts = table.At(slot);
    if (!facts || !is_gone(facts->id)) continue;
    table.Kill(slot);
    ++killed;
  }
  shard.live.store(shard.live.load(std::memory_order_relaxed) - killed, std::memory_order_relaxed);
}

void Index::ReplaceCatalogue(std::string_view app,
                             const std::shared_ptr<const Catalogue>& catalogue) {
  grants_.ReplaceCatalogue(app, catalogue);
}

std::optional<IndexEntry> Index::Find(CredentialId id) const {
  const EpochDomain::Guard guard = directory_.epochs().Enter();
  const std::optional<CredentialFacts> facts = Lookup(guard, id);
  if (!facts) return std::nullopt;
  return IndexEntry{.id = id,
                    .digest = facts->digest,
                    .kind = facts->kind,
                    .account = directory_.IdOf(facts->account),
                    .catalogue = GrantsOf(guard, *facts).catalogue,
                    .grants = grants_.GivenNames(facts->grants),
                    .expires_at = facts->expires_at,
                    .revoked_at = facts->revoked_at};
}

std::size_t Index::size() const {
  std::size_t count = 0;
  for (const Shard& shard : shards_) count += shard.live.load(std::memory_order_relaxed);
  return count;
}

std::size_t Index::memory_size() const {
  std::size_t size = 0;
  for (const Shard& shard : shards_) {
    const std::scoped_lock lock{shard.mutex};
    if (shard.table != nullptr) size += shard.table->memory_size();
    if (shard.old != nullptr) size += shard.old->memory_size();
  }
  return size;
}

std::optional<Index::Place> Index::FindPlace(const Shard& shard, CredentialId id) {
  for (IndexTable* table : {shard.old.get(), shard.table.get()}) {
    if (table == nullptr) continue;
    if (const std::optional<std::size_t> slot = table->SlotOf(id)) {
      return Place{.table = table, .slot = *slot};
    }
  }
  return std::nullopt;
}

void Index::Grow(Shard& shard) {
  // Its size sees to it that a table is copied before the next one is full.
  if (shard.old != nullptr) Copy(shard, shard.old->capacity());
  const std::size_t live = shard.live.load(std::memory_order_relaxed);
  // While the old table is copied, each write may use up one slot more.
  const std::size_t copies =
      shard.table == nullptr ? 0 : shard.table->capacity() / kCopiedSlots + 1;
  const std::size_t size = std::max({shard.size_min, GrownSize(live), live + 2 * copies});
  auto table = std::make_unique<IndexTable>(size);
  if (shard.table == nullptr) {
    shard.table = std::move(table);
    shard.front.store(shard.table.get(), std::memory_order_release);
    return;
  }
  shard.old = std::exchange(shard.table, std::move(table));
  shard.copied = 0;
  // Before the first entry moves: whoever sees one gone from the old table sees the new one.
  shard.old->SetNext(shard.table.get());
}

void Index::Copy(Shard& shard, std::size_t slots_max) {
  if (shard.old == nullptr) return;
  IndexTable& old = *shard.old;
  const std::size_t end = std::min(old.capacity(), shard.copied + slots_max);
  for (; shard.copied < end; ++shard.copied) {
    const std::optional<CredentialFacts> facts = old.At(shard.copied);
    if (!facts) continue;
    shard.table->Insert(*facts);
    old.Kill(shard.copied);
  }
  if (end < old.capacity()) return;
  shard.front.store(shard.table.get(), std::memory_order_release);
  const std::shared_ptr<const IndexTable> empty = std::move(shard.old);
  directory_.epochs().Retire([empty] {});
}

}  // namespace latchkey
