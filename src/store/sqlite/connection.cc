#include "store/sqlite/connection.h"

#include <array>
#include <utility>

namespace latchkey::sqlite {
namespace {

constexpr int kBusyTimeoutMs = 5000;

/// For every connection. No memory map: a damaged file would end the process by a signal.
constexpr std::string_view kCommonSettings = R"(
  PRAGMA mmap_size = 0;
  PRAGMA cell_size_check = ON;
  PRAGMA temp_store = MEMORY;
  PRAGMA foreign_keys = ON;
)";

// FULL: a commit is on the disk before it returns. One connection makes every checkpoint, which
// keeps clear of SQLite's WAL-reset bug (https://sqlite.org/wal.html#walresetbug, fixed in 3.51.3).
constexpr std::string_view kWriterSettings = R"(
  PRAGMA synchronous = FULL;
  PRAGMA wal_autocheckpoint = 1000;
  PRAGMA journal_size_limit = 67108864;
  PRAGMA cache_size = -32768;
)";

constexpr std::string_view kReaderSettings = R"(
  PRAGMA wal_autocheckpoint = 0;
  PRAGMA query_only = ON;
)";

/// What a database that somebody prepared could use against the program that opens it is off.
int Harden(sqlite3* database) {
  using Flag = std::pair<int, int>;
  constexpr std::array<Flag, 6> kFlags{{
      {SQLITE_DBCONFIG_DEFENSIVE, 1},
      {SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0},
      {SQLITE_DBCONFIG_ENABLE_TRIGGER, 0},
      {SQLITE_DBCONFIG_ENABLE_VIEW, 0},
      {SQLITE_DBCONFIG_DQS_DDL, 0},
      {SQLITE_DBCONFIG_DQS_DML, 0},
  }};
  for (const auto& [flag, value] : kFlags) {
    const int code = sqlite3_db_config(database, flag, value, nullptr);
    if (code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

}  // namespace

Error Translate(int code, std::string_view doing) {
  const int primary = code & 0xFF;
  std::string message = "the database cannot " + std::string{doing} + ": " + sqlite3_errstr(code) +
                        " (SQLite code " + std::to_string(code) + ")";
  switch (primary) {
    case SQLITE_FULL:
      return {.code = Error::Code::kNoSpace,
              .message = std::move(message),
              .hint = "Free some space; nothing was changed."};
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {.code = Error::Code::kTampered,
              .message = std::move(message),
              .hint = "The database file is damaged. docs/operating.md, \"Repair\"."};
    case SQLITE_BUSY:
      return {.code = Error::Code::kIo,
              .message = std::move(message),
              .hint = "Another program holds the database: end what it does there."};
    default: return {.code = Error::Code::kIo, .message = std::move(message)};
  }
}

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

void Query::Note(int code) {
  if (code_ == SQLITE_OK) code_ = code;
}

// Copied by SQLite: a bound text may be a temporary.
void Query::PutText(std::string_view text) {
  // A null pointer would bind NULL, and an empty view may hold one.
  const char* data = text.data() == nullptr ? "" : text.data();
  if (statement_ != nullptr) {
    Note(sqlite3_bind_text64(statement_, NextParameter(), data, text.size(), SQLITE_TRANSIENT,
                             SQLITE_UTF8));
  }
}

void Query::PutNumber(std::int64_t number) {
  if (statement_ != nullptr) Note(sqlite3_bind_int64(statement_, NextParameter(), number));
}

void Query::PutBlob(std::span<const std::byte> blob) {
  const void* data = blob.empty() ? "" : static_cast<const void*>(blob.data());
  if (statement_ != nullptr) {
    Note(sqlite3_bind_blob64(statement_, NextParameter(), data, blob.size(), SQLITE_TRANSIENT));
  }
}

void Query::PutNull() {
  if (statement_ != nullptr) Note(sqlite3_bind_null(statement_, NextParameter()));
}

Result<bool> Query::Step() {
  if (code_ == SQLITE_OK) {
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    code_ = code;
  }
  const bool writes = statement_ != nullptr && sqlite3_stmt_readonly(statement_) == 0;
  return std::unexpected(Translate(code_, writes ? "be written" : "be read"));
}

Result<void> Query::Run() {
  while (true) {
    const Result<bool> row = Step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
  }
}

std::optional<std::string_view> Query::Text(int column) const {
  if (sqlite3_column_type(statement_, column) != SQLITE_TEXT) return std::nullopt;
  const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (text == nullptr) return std::nullopt;
  return std::string_view{text, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::optional<std::int64_t> Query::Number(int column) const {
  if (sqlite3_column_type(statement_, column) != SQLITE_INTEGER) return std::nullopt;
  return sqlite3_column_int64(statement_, column);
}

std::optional<std::span<const std::byte>> Query::Blob(int column) const {
  if (sqlite3_column_type(statement_, column) != SQLITE_BLOB) return std::nullopt;
  const auto* data = static_cast<const std::byte*>(sqlite3_column_blob(statement_, column));
  return std::span{data, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Query::IsNull(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

Result<std::unique_ptr<Connection>> Connection::Open(const std::string& path, Role role) {
  const int access = role == Role::kWriter ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  sqlite3* raw = nullptr;
  const int code =
      sqlite3_open_v2(path.c_str(), &raw, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                      /*zVfs=*/nullptr);
  std::unique_ptr<sqlite3, CloseDatabase> database{raw};
  if (code != SQLITE_OK) return std::unexpected(Translate(code, "be opened"));
  std::unique_ptr<Connection> connection{new Connection(std::move(database))};
  if (Result<void> configured = connection->Configure(role); !configured) {
    return std::unexpected(configured.error());
  }
  return connection;
}

Result<void> Connection::Configure(Role role) {
  sqlite3_busy_timeout(database_.get(), kBusyTimeoutMs);
  if (const int code = Harden(database_.get()); code != SQLITE_OK) {
    return std::unexpected(Translate(code, "be opened"));
  }
  if (Result<void> common = Execute(std::string{kCommonSettings}); !common) return common;
  if (role == Role::kReader) {
    SkipCheckpointOnClose();
    return Execute(std::string{kReaderSettings});
  }
  {
    Query query = Prepare("PRAGMA journal_mode = WAL");
    const Result<bool> row = query.Step();
    if (!row) return std::unexpected(row.error());
    if (!*row || query.Text(0) != "wal") {
      return Fail(Error::Code::kIo, "the database cannot use a write-ahead log here",
                  "Put the data directory on a local file system.");
    }
  }
  return Execute(std::string{kWriterSettings});
}

Query Connection::Prepare(std::string_view sql) {
  const auto [entry, inserted] = statements_.try_emplace(std::string{sql});
  if (!entry->second) {
    sqlite3_stmt* raw = nullptr;
    const int code = sqlite3_prepare_v3(database_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &raw, /*pzTail=*/nullptr);
    entry->second.reset(raw);
    if (code != SQLITE_OK) return {nullptr, code};
  }
  return {entry->second.get(), SQLITE_OK};
}

Result<void> Connection::Execute(const std::string& sql) {
  const int code = sqlite3_exec(database_.get(), sql.c_str(), /*callback=*/nullptr,
                                /*arg=*/nullptr, /*errmsg=*/nullptr);
  if (code != SQLITE_OK) return std::unexpected(Translate(code, "be prepared for use"));
  return {};
}

void Connection::Checkpoint() {
  // Best effort: what stays in the log is as durable there.
  sqlite3_wal_checkpoint_v2(database_.get(), /*zDb=*/nullptr, SQLITE_CHECKPOINT_TRUNCATE,
                            /*pnLog=*/nullptr, /*pnCkpt=*/nullptr);
}

void Connection::SkipCheckpointOnClose() {
  sqlite3_db_config(database_.get(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
}

Transaction::~Transaction() {
  if (!connection_.in_transaction()) return;
  // If even this fails, the next transaction cannot begin, and says so.
  const Result<void> undone = connection_.Prepare("ROLLBACK").Run();
  static_cast<void>(undone);
}

Result<void> Transaction::Begin(Kind kind) {
  return connection_.Prepare(kind == Kind::kRead ? "BEGIN" : "BEGIN IMMEDIATE").Run();
}

Result<void> Transaction::Commit() { return connection_.Prepare("COMMIT").Run(); }

std::string_view LibraryVersion() { return sqlite3_libversion(); }

}  // namespace latchkey::sqlite
