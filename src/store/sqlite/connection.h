#pragma once

// SQLite's C API, wrapped once: a connection with its prepared statements, one execution of a
// statement, a transaction. Nothing else in the program includes sqlite3.h.
//
// Thread safety: a connection and what it made belong to one thread at a time.

#include <sqlite3.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "store/rows/row.h"

namespace latchkey::sqlite {

/// What a result code of SQLite means, in words that hold no value of any row. `doing`: "write a
/// change".
///   SQLITE_FULL                     kNoSpace
///   SQLITE_CORRUPT, SQLITE_NOTADB   kTampered
///   anything else                   kIo
[[nodiscard]] Error Translate(int code, std::string_view doing);

struct CloseDatabase {
  void operator()(sqlite3* database) const { sqlite3_close(database); }
};
struct FinalizeStatement {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

/// One execution of a prepared statement: bind, then step. A failure, even one of preparing, is
/// reported by Step() and Run(). Parameters are bound from left to right, columns read by position.
class Query final : public rows::ChainedRowWriter<Query>, public rows::RowView {
 public:
  Query(sqlite3_stmt* statement, int prepare_code) : statement_(statement), code_(prepare_code) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  ~Query() override;

  /// True: there is a row.
  [[nodiscard]] Result<bool> Step();
  /// Steps to the end.
  [[nodiscard]] Result<void> Run();

  // Of the present row.
  [[nodiscard]] std::optional<std::string_view> Text(int column) const override;
  [[nodiscard]] std::optional<std::int64_t> Number(int column) const override;
  [[nodiscard]] std::optional<std::span<const std::byte>> Blob(int column) const override;
  [[nodiscard]] bool IsNull(int column) const override;

 private:
  void PutText(std::string_view text) override;
  void PutNumber(std::int64_t number) override;
  void PutBlob(std::span<const std::byte> blob) override;
  void PutNull() override;
  [[nodiscard]] int NextParameter() { return ++parameter_; }
  void Note(int code);

  sqlite3_stmt* statement_;  // The connection's; null if it could not be prepared.
  int code_;
  int parameter_ = 0;
};

class Connection {
 public:
  enum class Role : std::uint8_t {
    kWriter,  ///< There is one in the process. It alone makes checkpoints.
    kReader,  ///< Opened read-only; never makes a checkpoint, not even when it closes.
  };

  /// Errors: as Translate.
  [[nodiscard]] static Result<std::unique_ptr<Connection>> Open(const std::string& path, Role role);

  /// One execution of `sql`, whose prepared statement is kept. Not while another of the same text
  /// lives.
  [[nodiscard]] Query Prepare(std::string_view sql);
  /// Executes statements that answer nothing.
  [[nodiscard]] Result<void> Execute(const std::string& sql);

  [[nodiscard]] bool in_transaction() const { return sqlite3_get_autocommit(database_.get()) == 0; }

  /// Whether nobody else can write before the present transaction ends.
  [[nodiscard]] bool in_write_transaction() const {
    return sqlite3_txn_state(database_.get(), "main") == SQLITE_TXN_WRITE;
  }

  /// Moves all that is in the write-ahead log into the database and empties the log, if no reader
  /// is in the way.
  void Checkpoint();
  /// Leaves the log as it is when closing.
  void SkipCheckpointOnClose();

 private:
  using Statements =
      std::unordered_map<std::string, std::unique_ptr<sqlite3_stmt, FinalizeStatement>>;

  explicit Connection(std::unique_ptr<sqlite3, CloseDatabase> database)
      : database_(std::move(database)) {}
  [[nodiscard]] Result<void> Configure(Role role);

  std::unique_ptr<sqlite3, CloseDatabase> database_;
  Statements statements_;  // Finalized before the database closes.
};

/// Rolls back unless it was committed.
class Transaction {
 public:
  enum class Kind : std::uint8_t { kRead, kWrite };

  explicit Transaction(Connection& connection) : connection_(connection) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();

  [[nodiscard]] Result<void> Begin(Kind kind);
  /// Errors: kNoSpace: nothing was changed. Any other: it may have been, and may show after a
  /// crash.
  [[nodiscard]] Result<void> Commit();

 private:
  Connection& connection_;
};

/// As SQLite reports it: `3.40.1`. For the health page.
[[nodiscard]] std::string_view LibraryVersion();

}  // namespace latchkey::sqlite
