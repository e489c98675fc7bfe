#pragma once

// Uses in a SQLite file of their own, so that writing them never waits for a change, nor a change
// for them, and a copy of the database need not hold them.

#include <memory>
#include <mutex>
#include <string>

#include "authority/usage_store.h"
#include "store/sqlite/connection.h"

namespace latchkey::sqlite {

class SqliteUsageStore final : public UsageStore {
 public:
  /// Makes the file if there is none. One that cannot be read as such a file is put aside as
  /// `path.broken`, and a new one is begun: it is not worth refusing to serve.
  /// Errors: as Connection::Open.
  [[nodiscard]] static Result<std::unique_ptr<SqliteUsageStore>> Open(const std::string& path);

  [[nodiscard]] Result<void> Add(std::span<const CredentialUse> uses) override;
  [[nodiscard]] Result<std::map<CredentialId, UsageSummary>> Find(
      std::span<const CredentialId> ids) const override;

 private:
  explicit SqliteUsageStore(std::unique_ptr<Connection> connection)
      : connection_(std::move(connection)) {}

  [[nodiscard]] static Result<std::unique_ptr<SqliteUsageStore>> TryOpen(const std::string& path);
  [[nodiscard]] Result<void> AddBatch(std::span<const CredentialUse* const> uses);

  mutable std::mutex mutex_;
  std::unique_ptr<Connection> connection_;
};

}  // namespace latchkey::sqlite
