#pragma once

#include <map>
#include <mutex>
#include <string>

#include "authority/sign_in_notes.h"
#include "authority/usage_store.h"

namespace latchkey {

/// For tests, and for where nothing is to be kept.
class MemoryUsageStore final : public UsageStore, public SignInNotes {
 public:
  [[nodiscard]] Result<void> Add(std::span<const CredentialUse> uses) override;
  [[nodiscard]] Result<std::map<CredentialId, UsageSummary>> Find(
      std::span<const CredentialId> ids) const override;
  // SignInNotes
  [[nodiscard]] Result<void> Save(const Kept& changed, Instant forget_before) override;
  [[nodiscard]] Result<Kept> Load() const override;

 private:
  mutable std::mutex mutex_;
  std::map<CredentialId, UsageSummary> kept_;
  std::map<std::string, SessionSeen> sessions_;
  std::map<std::string, FailureCount> failures_;
};

}  // namespace latchkey
