#pragma once

// The port to what is kept of the credentials' uses: the last one, and how many there were.
//
// It grants nothing, so it is neither sealed nor journaled, and losing it costs a few dates. It is
// written in batches, beside the requests: see server/usage_flusher.h.
//
// Every implementation passes usage_store_contract_test.cc.
//
// Thread safety: any number of threads.

#include <cstdint>
#include <map>
#include <span>
#include <string>

#include "base/instant.h"
#include "base/result.h"
#include "credential/credential_id.h"
#include "verify/usage.h"

namespace latchkey {

/// What is kept of one credential's uses.
struct UsageSummary {
  Instant last_used_at;
  std::string address;     ///< The client's at the last use.
  std::string user_agent;  ///< Likewise, as it was sent. May be empty.
  std::uint64_t count = 0;

  friend bool operator==(const UsageSummary&, const UsageSummary&) = default;
};

class UsageStore {
 public:
  virtual ~UsageStore() = default;

  /// Adds the counts, and takes time, address and user agent of those that are not older than what
  /// is kept. An id may stand in it more than once. Errors: kNoSpace, kIo: a part may be kept.
  [[nodiscard]] virtual Result<void> Add(std::span<const CredentialUse> uses) = 0;

  /// By id; those that were never used are missing. Errors: kIo, kTampered.
  [[nodiscard]] virtual Result<std::map<CredentialId, UsageSummary>> Find(
      std::span<const CredentialId> ids) const = 0;
};

}  // namespace latchkey
