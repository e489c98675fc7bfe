#include "store/memory/memory_usage_store.h"

namespace latchkey {

Result<void> MemoryUsageStore::Add(std::span<const CredentialUse> uses) {
  const std::scoped_lock lock{mutex_};
  for (const CredentialUse& use : uses) {
    UsageSummary& kept = kept_[use.id];
    if (kept.count == 0 || use.last_used_at >= kept.last_used_at) {
      kept.last_used_at = use.last_used_at;
      kept.address = use.address;
      kept.user_agent = use.user_agent;
    }
    kept.count += use.count;
  }
  return {};
}

Result<std::map<CredentialId, UsageSummary>> MemoryUsageStore::Find(
    std::span<const CredentialId> ids) const {
  const std::scoped_lock lock{mutex_};
  std::map<CredentialId, UsageSummary> found;
  for (const CredentialId id : ids) {
    const auto kept = kept_.find(id);
    if (kept != kept_.end()) found.insert(*kept);
  }
  return found;
}

}  // namespace latchkey
