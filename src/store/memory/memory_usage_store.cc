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

Result<void> MemoryUsageStore::Save(const Kept& changed, Instant forget_before) {
  const std::scoped_lock lock{mutex_};
  for (const SessionSeen& seen : changed.sessions) sessions_.insert_or_assign(seen.id, seen);
  std::erase_if(sessions_, [&](const auto& one) { return one.second.at < forget_before; });
  for (const FailureCount& count : changed.failures) {
    failures_.insert_or_assign(count.bucket, count);
  }
  std::erase_if(failures_, [](const auto& one) { return one.second.failures == 0; });
  return {};
}

Result<SignInNotes::Kept> MemoryUsageStore::Load() const {
  const std::scoped_lock lock{mutex_};
  Kept kept;
  for (const auto& [id, seen] : sessions_) kept.sessions.push_back(seen);
  for (const auto& [bucket, count] : failures_) kept.failures.push_back(count);
  return kept;
}

}  // namespace latchkey
