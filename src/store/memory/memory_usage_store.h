#pragma once

#include <map>
#include <mutex>

#include "authority/usage_store.h"

namespace latchkey {

/// For tests, and for where nothing is to be kept.
class MemoryUsageStore final : public UsageStore {
 public:
  [[nodiscard]] Result<void> Add(std::span<const CredentialUse> uses) override;
  [[nodiscard]] Result<std::map<CredentialId, UsageSummary>> Find(
      std::span<const CredentialId> ids) const override;

 private:
  mutable std::mutex mutex_;
  std::map<CredentialId, UsageSummary> kept_;
};

}  // namespace latchkey
