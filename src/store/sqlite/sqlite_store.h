#pragma once

// The store of one machine: an SQLite database in WAL mode, mode 0600, whose tables an operator can
// read with the sqlite3 program (migrations.cc has them).
//
//     writer      one connection: every commit (synchronous=FULL) and every checkpoint
//     readers     read-only connections; none ever makes a checkpoint
//
// SQLite alone does not keep an acknowledged commit under damage: a write-ahead log that is one
// byte short ends at the commit before, without a word. The audit journal notices
// (authority/reconcile.h).
//
// Thread safety: as authority/store.h.

#include <memory>
#include <mutex>
#include <string>

#include "authority/store.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/reader_pool.h"

namespace latchkey::sqlite {

class SqliteStore final : public Store {
 public:
  enum class Access : std::uint8_t {
    kReadWrite,  ///< Makes the database if there is none, and brings an older one up to date.
    kReadOnly,   ///< May run beside the one that writes; every change fails with kIo.
  };

  /// One process at a time opens it for writing: the caller holds a lock.
  /// Errors: kInvalidArgument: made by a newer Latchkey, or by another program. kTampered: damaged.
  /// kIo, kNoSpace.
  [[nodiscard]] static Result<std::unique_ptr<SqliteStore>> Open(
      const std::string& path, Access access = Access::kReadWrite);
  SqliteStore(const SqliteStore&) = delete;
  SqliteStore& operator=(const SqliteStore&) = delete;
  /// Empties the write-ahead log into the database, unless an outcome is unknown.
  ~SqliteStore() override;

  [[nodiscard]] Result<std::vector<Result<void>>> Commit(std::span<const Write> writes,
                                                         const LineMaker& make_line) override;
  [[nodiscard]] Result<void> Load(
      const RecordVisitor& visit,
      const std::function<void(std::string_view key)>& unreadable) const override;
  /// The threads share the tables of credentials and accounts by their rows' numbers. A read-only
  /// store is read by one.
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
  [[nodiscard]] Result<void> ReadChanges(std::uint64_t seq,
                                         const LineVisitor& visit) const override;
  [[nodiscard]] Result<void> Restore(std::span<const Record> records,
                                     std::span<const ChangeLine> lines) override;
  [[nodiscard]] Result<std::string> ReadMeta(std::string_view name) const override;
  [[nodiscard]] Result<void> WriteMeta(std::string_view name, std::string_view value) override;
  /// Waits for a commit that is under way.
  [[nodiscard]] Result<std::uint64_t> ForeignWrites() const override;

 private:
  SqliteStore(const std::string& path, std::unique_ptr<Connection> main)
      : main_(std::move(main)), readers_(path) {}

  /// Runs `work` in one transaction of the writer.
  [[nodiscard]] Result<void> Change(const std::function<Result<void>(Connection&)>& work);

  mutable std::mutex main_mutex_;
  std::unique_ptr<Connection> main_;  // The writer; a reader if the store is read-only.
  bool poisoned_ = false;             // Guarded by main_mutex_.
  mutable ReaderPool readers_;
};

}  // namespace latchkey::sqlite
