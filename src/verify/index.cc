#include "verify/index.h"

#include <utility>

namespace latchkey {

void Index::Put(IndexEntry entry) {
  Shard& shard = ShardOf(entry.id);
  const std::uint64_t key = entry.id.value();
  auto shared = std::make_shared<const IndexEntry>(std::move(entry));
  const std::unique_lock lock{shard.mutex};
  shard.entries.insert_or_assign(key, std::move(shared));
}

void Index::Remove(CredentialId id) {
  Shard& shard = ShardOf(id);
  const std::unique_lock lock{shard.mutex};
  shard.entries.erase(id.value());
}

void Index::RemoveIf(const std::function<bool(CredentialId)>& is_gone) {
  for (Shard& shard : shards_) {
    const std::unique_lock lock{shard.mutex};
    std::erase_if(shard.entries, [&](const auto& entry) { return is_gone(entry.second->id); });
  }
}

std::shared_ptr<const IndexEntry> Index::Find(CredentialId id) const {
  const Shard& shard = ShardOf(id);
  const std::shared_lock lock{shard.mutex};
  const auto found = shard.entries.find(id.value());
  return found == shard.entries.end() ? nullptr : found->second;
}

std::size_t Index::size() const {
  std::size_t count = 0;
  for (const Shard& shard : shards_) {
    const std::shared_lock lock{shard.mutex};
    count += shard.entries.size();
  }
  return count;
}

}  // namespace latchkey
