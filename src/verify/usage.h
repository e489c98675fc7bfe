#pragma once

// When, from where and how often each credential was used.
//
//     request threads:  Note() ── a table of the thread's own ──┐
//                                 full: handed over early       ├──> Collect(), every few seconds
//     threads that ended ── their tables stay ──────────────────┘
//
// A note writes to no memory that another request thread writes to, and to no store: whoever
// collects writes batches. Nothing is dropped. Memory is bounded: a table holds at most
// `notes_max` credentials and `texts_max` bytes; where more tables than `tables_max` wait, they are
// folded into one note for each credential.
//
// Thread safety: any number of threads; Collect() by one at a time.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/per_thread.h"
#include "credential/credential_id.h"

namespace latchkey {

/// What is known of one credential's uses since it was collected last.
struct CredentialUse {
  CredentialId id;
  Instant last_used_at;
  std::uint64_t count;       ///< How many uses; to be added to what is stored.
  std::string_view address;  ///< The client's at the last use, as the caller knew it.
  std::string_view
      user_agent;  ///< Likewise; as the client sent it, cut to kUserAgentSizeMax bytes.
};

class UsageTable;

/// What Collect() returns. Owns the texts.
class UsageReport {
 public:
  UsageReport();
  UsageReport(const UsageReport&) = delete;
  UsageReport& operator=(const UsageReport&) = delete;
  ~UsageReport();
  UsageReport(UsageReport&&) noexcept;
  UsageReport& operator=(UsageReport&&) noexcept;

  /// One for each credential, in no order. Valid while the report lives.
  [[nodiscard]] const std::vector<CredentialUse>& uses() const { return uses_; }

 private:
  friend class UsageRecorder;
  std::vector<std::unique_ptr<UsageTable>> tables_;
  std::vector<CredentialUse> uses_;
};

struct UsageSettings {
  std::size_t notes_max = 4096;                     ///< Credentials in one thread's table.
  std::size_t texts_max = std::size_t{256} << 10U;  ///< Bytes of addresses and user agents in it.
  std::size_t tables_max = 64;  ///< Full tables that wait, before they are folded.
};

class UsageRecorder {
 public:
  static constexpr std::size_t kAddressSizeMax = 64;
  static constexpr std::size_t kUserAgentSizeMax = 200;

  UsageRecorder() : UsageRecorder(UsageSettings{}) {}
  explicit UsageRecorder(UsageSettings settings);
  UsageRecorder(const UsageRecorder&) = delete;
  UsageRecorder& operator=(const UsageRecorder&) = delete;
  ~UsageRecorder();

  /// Notes one use. Takes no lock and allocates nothing, but for a table when the last one is full
  /// or was collected. Longer texts are cut.
  void Note(CredentialId id, Instant now, std::string_view address,
            std::string_view user_agent) noexcept;

  /// Everything noted since the last call, by all threads.
  [[nodiscard]] UsageReport Collect();

 private:
  struct Local {
    Local() = default;
    Local(const Local&) = delete;
    Local& operator=(const Local&) = delete;
    ~Local();
    // Null, a table, or kBusy while its thread writes to it: whoever collects takes only what
    // nobody is writing to.
    std::atomic<UsageTable*> table{nullptr};
  };

  void HandOver(std::unique_ptr<UsageTable> table);
  [[nodiscard]] std::vector<std::unique_ptr<UsageTable>> TakeAll();

  UsageSettings settings_;
  PerThread<Local> locals_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<UsageTable>> waiting_;  // The first may be what was folded.
};

}  // namespace latchkey
