#pragma once

// The store of many machines: a PostgreSQL database, or an engine that speaks its protocol, that
// several nodes write to (migrations.cc has the tables).
//
//     writer      one connection: Hold, Commit
//     pool        connections for everything else, opened when they are needed
//
// Who changes something locks the one row of `feed_head` first, so all nodes' batches come one
// after the other, as on one machine, and the changes are numbered without gaps in the order of
// their commits.
//
// After a lost connection it works again as soon as the database does. A commit whose answer was
// lost is kUnavailable; the next Hold() shows what came of it.
//
// Thread safety: as authority/store.h.

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "authority/store.h"
#include "store/postgres/batch_rules.h"
#include "store/postgres/connection_pool.h"

namespace latchkey::postgres {

class PostgresStore final : public Store {
 public:
  enum class Access : std::uint8_t {
    kReadWrite,  ///< Makes the tables if there are none, and brings older ones up to date.
    kReadOnly,   ///< Only asks whether the tables are there. It does not keep from writing.
  };

  /// Errors: as Connection::Open, Migrate and CheckSchema.
  [[nodiscard]] static Result<std::unique_ptr<PostgresStore>> Open(
      const Settings& settings, Access access = Access::kReadWrite);

  [[nodiscard]] Result<std::vector<Result<void>>> Commit(std::span<const Write> writes,
                                                         const LineMaker& make_line) override;
  /// After an outcome that was unknown it first commits something that counts for nothing: only
  /// when that has reached the standby, what stands before it cannot be lost either. Errors: also
  /// kTampered: there is no head that can be read.
  [[nodiscard]] Result<std::optional<ChangeHead>> Hold() override;
  void Release() override;
  [[nodiscard]] Result<ChangeHead> Head() const override;

  [[nodiscard]] Result<void> Load(
      const RecordVisitor& visit,
      const std::function<void(std::string_view key)>& unreadable) const override;
  [[nodiscard]] Result<void> LoadByThreads(
      std::size_t threads, const RecordVisitor& visit,
      const std::function<void(std::string_view key)>& unreadable) const override;
  /// Errors: also kTampered: there is a row, and it cannot be read as a record.
  [[nodiscard]] Result<Record> Find(RecordType type, std::string_view key) const override;
  /// A row that cannot be read as a record is left out.
  [[nodiscard]] Result<std::vector<CredentialRecord>> ListCredentials(
      const CredentialFilter& filter) const override;
  [[nodiscard]] Result<std::optional<KnownClaim>> FindClaim(std::string_view account,
                                                            std::string_view key) const override;
  [[nodiscard]] Result<std::optional<ChangeLine>> LastChange() const override;
  /// Batch by batch, each of them what is committed when it is read.
  [[nodiscard]] Result<void> ReadChanges(std::uint64_t seq,
                                         const LineVisitor& visit) const override;
  /// Whatever is held is given up first.
  [[nodiscard]] Result<void> Restore(std::span<const Record> records,
                                     std::span<const ChangeLine> lines) override;
  [[nodiscard]] Result<std::string> ReadMeta(std::string_view name) const override;
  [[nodiscard]] Result<void> WriteMeta(std::string_view name, std::string_view value) override;
  /// Always 0. Others write to this database all the time: what they may change comes by the head,
  /// and every record by its seal. That there was a write tells nothing.
  [[nodiscard]] Result<std::uint64_t> ForeignWrites() const override;

 private:
  explicit PostgresStore(const Settings& settings) : pool_(settings) {}

  // With writer_mutex_ held.
  [[nodiscard]] Result<ChangeHead> HoldHead();
  [[nodiscard]] Result<ChangeHead> TryHold();
  [[nodiscard]] Result<void> Prove();
  void GiveUp();
  [[nodiscard]] Result<std::vector<Result<void>>> CommitHeld(std::span<const Write> writes,
                                                             const LineMaker& make_line);
  [[nodiscard]] Result<void> RestoreHeld(std::span<const Record> records,
                                         std::span<const ChangeLine> lines);
  /// Sends `changes` and commits.
  [[nodiscard]] Result<void> Finish(std::vector<Statement> changes);

  /// The rows of a statement that changes nothing.
  [[nodiscard]] Result<Answer> Read(const Statement& statement) const;

  mutable ConnectionPool pool_;
  std::mutex writer_mutex_;
  std::unique_ptr<Connection> writer_;  // Null before the first use.
  std::optional<ChangeHead> held_;      // The writer's transaction holds it.
  bool unproven_ = false;               // The outcome of a commit was unknown.
};

}  // namespace latchkey::postgres
