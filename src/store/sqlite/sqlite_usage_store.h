#pragma once

// Uses, and the notes of signing in, in a SQLite file of their own, so that writing them never
// waits for a change, nor a change for them, and a copy of the database need not hold them.

#include <memory>
#include <mutex>
#include <string>

#include "authority/sign_in_notes.h"
#include "authority/usage_store.h"
#include "store/sqlite/connection.h"

namespace latchkey::sqlite {

class SqliteUsageStore final : public UsageStore, public SignInNotes {
 public:
  /// Makes the file if there is none. One that cannot be read as such a file is put aside as
  /// `path.broken`, and a new one is begun: it is not worth refusing to serve.
  /// Errors: as Connection::Open.
  [[nodiscard]] static Result<std::unique_ptr<SqliteUsageStore>> Open(const std::string& path);

  [[nodiscard]] Result<void> Add(std::span<const CredentialUse> uses) override;
  [[nodiscard]] Result<std::map<CredentialId, UsageSummary>> Find(
      std::span<const CredentialId> ids) const override;
  // SignInNotes
  [[nodiscard]] Result<void> Save(const Kept& changed, Instant forget_before) override;
  [[nodiscard]] Result<Kept> Load() const override;

 private:
  explicit SqliteUsageStore(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {}

  [[nodiscard]] static Result<std::unique_ptr<SqliteUsageStore>> TryOpen(const std::string& path);
  [[nodiscard]] Result<void> SaveSession(const SessionSeen& seen);
  [[nodiscard]] Result<void> SaveFailures(const FailureCount& count);
  [[nodiscard]] Result<void> AddBatch(std::span<const CredentialUse* const> uses);

  mutable std::mutex mutex_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace latchkey::sqlite
