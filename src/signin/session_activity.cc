#include "signin/session_activity.h"

#include <utility>

namespace latchkey {

void SessionActivity::Note(std::string_view id, Instant now, std::string_view address) {
  const std::scoped_lock lock{mutex_};
  auto found = seen_.find(id);
  if (found == seen_.end()) {
    found = seen_.emplace(id, SessionSeen{.id = std::string{id}, .at = now, .address = {}}).first;
  }
  found->second.at = now;
  found->second.address = address;
  if (!changed_.contains(id)) changed_.emplace(id);
}

std::optional<SessionSeen> SessionActivity::Find(std::string_view id) const {
  const std::scoped_lock lock{mutex_};
  const auto found = seen_.find(id);
  if (found == seen_.end()) return std::nullopt;
  return found->second;
}

void SessionActivity::Forget(std::string_view id) {
  const std::scoped_lock lock{mutex_};
  if (const auto found = seen_.find(id); found != seen_.end()) seen_.erase(found);
  if (const auto found = changed_.find(id); found != changed_.end()) changed_.erase(found);
}

void SessionActivity::ForgetBefore(Instant then) {
  const std::scoped_lock lock{mutex_};
  std::erase_if(seen_, [then](const auto& one) { return one.second.at < then; });
  std::erase_if(changed_, [this](const std::string& id) { return !seen_.contains(id); });
}

std::vector<SessionSeen> SessionActivity::CollectChanged() {
  const std::scoped_lock lock{mutex_};
  std::vector<SessionSeen> changed;
  changed.reserve(changed_.size());
  for (const std::string& id : changed_) changed.push_back(seen_.at(id));
  changed_.clear();
  return changed;
}

void SessionActivity::Restore(const std::vector<SessionSeen>& seen) {
  const std::scoped_lock lock{mutex_};
  for (const SessionSeen& one : seen) seen_.emplace(one.id, one);
}

}  // namespace latchkey
