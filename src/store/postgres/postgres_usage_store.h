#pragma once

// Uses, and the notes of signing in, in tables of their own beside the changes, merged from all
// nodes. A crash of the server may lose the last moments of them: no commit waits for the disk or a
// standby.

#include <memory>
#include <span>
#include <vector>

#include "authority/sign_in_notes.h"
#include "authority/usage_store.h"
#include "store/postgres/connection_pool.h"

namespace latchkey::postgres {

class PostgresUsageStore final : public UsageStore, public SignInNotes {
 public:
  /// Of a database that PostgresStore::Open has made ready. Errors: as Connection::Open and
  /// CheckSchema.
  [[nodiscard]] static Result<std::unique_ptr<PostgresUsageStore>> Open(const Settings& settings);

  /// Errors: also kUnavailable: a part may be kept.
  [[nodiscard]] Result<void> Add(std::span<const CredentialUse> uses) override;
  [[nodiscard]] Result<std::map<CredentialId, UsageSummary>> Find(
      std::span<const CredentialId> ids) const override;
  // SignInNotes. Of a session it keeps the latest moment that any node saw it. Errors: also
  // kUnavailable.
  [[nodiscard]] Result<void> Save(const Kept& changed, Instant forget_before) override;
  [[nodiscard]] Result<Kept> Load() const override;

 private:
  explicit PostgresUsageStore(const Settings& settings) : pool_(settings) {}

  /// In one transaction, which is not repeated: counts are added.
  [[nodiscard]] Result<void> Change(std::vector<Statement> changes);
  [[nodiscard]] Result<std::vector<Answer>> Read(std::span<const Statement> statements) const;

  mutable ConnectionPool pool_;
};

}  // namespace latchkey::postgres
