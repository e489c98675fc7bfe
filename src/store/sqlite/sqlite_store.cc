#include "store/sqlite/sqlite_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include "base/text.h"
#include "store/rows/record_rows.h"
#include "store/sqlite/migrations.h"
#include "store/sqlite/shared_load.h"
#include "store/sqlite/write_rules.h"

namespace latchkey::sqlite {
namespace {

/// SQLite would make it readable for everybody; its other files take this one's mode.
Result<void> EnsureFile(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) {
    return Fail(Error::Code::kIo, "the database " + path + " cannot be opened: " +
                                      std::generic_category().message(errno));
  }
  close(descriptor);
  return {};
}

/// When the credential was created; nothing if there is none.
Result<std::optional<std::int64_t>> FindCreation(Connection& connection, const CredentialId& id) {
  Query query = connection.Prepare("SELECT created_at FROM credentials WHERE id = ?");
  const Result<bool> row = query.Bind(id.text()).Step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::nullopt;
  return query.Number(0);
}

/// Applies the writes that are not refused, each with its line.
Result<void> WriteAll(Connection& connection, std::span<const Write> writes,
                      const Store::LineMaker& make_line, std::vector<Result<void>>& outcomes) {
  for (const Write& write : writes) {
    Result<std::optional<Error>> refusal = FindRefusal(connection, write);
    if (!refusal) return std::unexpected(refusal.error());
    if (*refusal) {
      outcomes.emplace_back(std::unexpected(**std::move(refusal)));
      continue;
    }
    if (Result<void> applied = ApplyWrite(connection, write); !applied) return applied;
    if (Result<void> put = PutLine(connection, make_line(write)); !put) return put;
    outcomes.emplace_back();
  }
  return {};
}

Result<void> EraseRecord(Connection& connection, const Record& record) {
  const RecordType type = TypeOf(record);
  Query query = connection.Prepare(rows::TableOf(type).erase);
  rows::PutKey(query, type, KeyOf(record));
  return query.Run();
}

Result<void> RestoreAll(Connection& connection, std::span<const Record> records,
                        std::span<const ChangeLine> lines) {
  // All are taken out first: what stands there may hold an e-mail that another of them has by now.
  for (const Record& record : records) {
    if (Result<void> erased = EraseRecord(connection, record); !erased) return erased;
  }
  for (const Record& record : records) {
    Query upsert = connection.Prepare(rows::TableOf(TypeOf(record)).upsert);
    rows::PutRecord(upsert, record);
    if (Result<void> applied = upsert.Run(); !applied) return applied;
  }
  for (const ChangeLine& line : lines) {
    if (Result<void> put = PutLine(connection, line); !put) return put;
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::Open(const std::string& path, Access access) {
  const bool writes = access == Access::kReadWrite;
  if (writes) {
    if (Result<void> ensured = EnsureFile(path); !ensured) {
      return std::unexpected(ensured.error());
    }
  }
  Result<std::unique_ptr<Connection>> main =
      Connection::Open(path, writes ? Connection::Role::kWriter : Connection::Role::kReader);
  if (!main) return std::unexpected(main.error());
  if (Result<void> ready = writes ? Migrate(**main) : CheckSchema(**main); !ready) {
    return std::unexpected(ready.error());
  }
  return std::unique_ptr<SqliteStore>{new SqliteStore(path, *std::move(main))};
}

SqliteStore::~SqliteStore() {
  // What the log holds after a failed sync is for the recovery of the next start to find out.
  if (poisoned_) {
    main_->SkipCheckpointOnClose();
  } else {
    main_->Checkpoint();
  }
}

Result<void> SqliteStore::Change(const std::function<Result<void>(Connection&)>& work) {
  const std::scoped_lock lock{main_mutex_};
  if (poisoned_) {
    return Fail(Error::Code::kUnavailable,
                "the outcome of an earlier write to the database is unknown",
                "Check the disk, then restart Latchkey.");
  }
  Transaction transaction{*main_};
  if (Result<void> begun = transaction.Begin(Transaction::Kind::kWrite); !begun) return begun;
  if (Result<void> worked = work(*main_); !worked) return worked;
  Result<void> committed = transaction.Commit();
  if (committed || committed.error().code == Error::Code::kNoSpace) return committed;
  // The log may hold it all the same, and then it shows after a crash.
  poisoned_ = true;
  committed.error().code = Error::Code::kUnavailable;
  return committed;
}

Result<std::vector<Result<void>>> SqliteStore::Commit(std::span<const Write> writes,
                                                      const LineMaker& make_line) {
  std::vector<Result<void>> outcomes;
  outcomes.reserve(writes.size());
  const Result<void> changed = Change(
      [&](Connection& connection) { return WriteAll(connection, writes, make_line, outcomes); });
  if (!changed) return std::unexpected(changed.error());
  return outcomes;
}

Result<void> SqliteStore::Load(const RecordVisitor& visit,
                               const std::function<void(std::string_view key)>& unreadable) const {
  const Result<Readings> readings = BeginAlone(readers_);
  if (!readings) return std::unexpected(readings.error());
  return LoadAll(*readings, visit, unreadable);
}

Result<void> SqliteStore::LoadByThreads(
    std::size_t threads, const RecordVisitor& visit,
    const std::function<void(std::string_view key)>& unreadable) const {
  if (threads < 2) return Load(visit, unreadable);
  Result<Readings> readings;
  {
    const std::scoped_lock lock{main_mutex_};
    readings = BeginTogether(readers_, *main_, threads);
  }
  if (!readings) return std::unexpected(readings.error());
  return LoadAll(*readings, visit, unreadable);
}

Result<Record> SqliteStore::Find(RecordType type, std::string_view key) const {
  const Result<ReaderPool::Lease> reader = readers_.Take();
  if (!reader) return std::unexpected(reader.error());
  Query query = (*reader)->Prepare(rows::TableOf(type).select_one);
  rows::PutKey(query, type, key);
  const Result<bool> row = query.Step();
  if (!row) return std::unexpected(row.error());
  const std::string name = std::string{TypeName(type)} + " \"" + EscapeForTerminal(key, 80) + "\"";
  if (!*row) return Fail(Error::Code::kNotFound, "no " + name);
  std::optional<Record> record = rows::ReadRecord(query, type);
  if (!record) {
    return Fail(Error::Code::kTampered, name + " in the database cannot be read as a record");
  }
  return *std::move(record);
}

namespace {

/// At most `limit` of the rows; one that cannot be read as a record is left out.
Result<std::vector<CredentialRecord>> ReadCredentials(Query& query, std::size_t limit) {
  std::vector<CredentialRecord> listed;
  while (listed.size() < limit) {
    const Result<bool> row = query.Step();
    if (!row) return std::unexpected(row.error());
    if (!*row) break;
    std::optional<Record> record = rows::ReadRecord(query, RecordType::kCredential);
    if (record) listed.push_back(std::get<CredentialRecord>(*std::move(record)));
  }
  return listed;
}

}  // namespace

Result<std::vector<CredentialRecord>> SqliteStore::ListCredentials(
    const CredentialFilter& filter) const {
  const Result<ReaderPool::Lease> reader = readers_.Take();
  if (!reader) return std::unexpected(reader.error());
  Result<std::optional<std::int64_t>> after = std::nullopt;
  if (filter.after) {
    after = FindCreation(**reader, *filter.after);
    if (!after) return std::unexpected(after.error());
    if (!*after) return std::vector<CredentialRecord>{};
  }
  Query query = (*reader)->Prepare(rows::ListCredentialsSql(filter));
  rows::PutFilter(query, filter, *after);
  return ReadCredentials(query, filter.limit);
}

Result<std::optional<KnownClaim>> SqliteStore::FindClaim(std::string_view account,
                                                         std::string_view key) const {
  const Result<ReaderPool::Lease> reader = readers_.Take();
  if (!reader) return std::unexpected(reader.error());
  Query query = (*reader)->Prepare(
      "SELECT fingerprint, record_key FROM idempotency WHERE account_id = ? AND key = ?");
  const Result<bool> row = query.Bind(account).Bind(key).Step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::optional<KnownClaim>{};
  Result<KnownClaim> claim = rows::ReadClaim(query);
  if (!claim) return std::unexpected(claim.error());
  return std::optional{*std::move(claim)};
}

Result<std::optional<ChangeLine>> SqliteStore::LastChange() const {
  const Result<ReaderPool::Lease> reader = readers_.Take();
  if (!reader) return std::unexpected(reader.error());
  Query query =
      (*reader)->Prepare("SELECT seq, batch, text, mac FROM changes ORDER BY seq DESC LIMIT 1");
  const Result<bool> row = query.Step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return std::optional<ChangeLine>{};
  Result<ChangeLine> line = rows::ReadLine(query);
  if (!line) return std::unexpected(line.error());
  return std::optional{*std::move(line)};
}

Result<void> SqliteStore::ReadChanges(std::uint64_t seq, const LineVisitor& visit) const {
  const Result<ReaderPool::Lease> reader = readers_.Take();
  if (!reader) return std::unexpected(reader.error());
  Query query =
      (*reader)->Prepare("SELECT seq, batch, text, mac FROM changes WHERE seq > ? ORDER BY seq");
  query.Bind(static_cast<std::int64_t>(seq));
  while (true) {
    const Result<bool> row = query.Step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    Result<ChangeLine> line = rows::ReadLine(query);
    if (!line) return std::unexpected(line.error());
    if (!visit(*std::move(line))) return {};
  }
}

Result<void> SqliteStore::Restore(std::span<const Record> records,
                                  std::span<const ChangeLine> lines) {
  return Change([&](Connection& connection) { return RestoreAll(connection, records, lines); });
}

Result<std::string> SqliteStore::ReadMeta(std::string_view name) const {
  const Result<ReaderPool::Lease> reader = readers_.Take();
  if (!reader) return std::unexpected(reader.error());
  Query query = (*reader)->Prepare("SELECT value FROM meta WHERE name = ?");
  const Result<bool> row = query.Bind(name).Step();
  if (!row) return std::unexpected(row.error());
  if (!*row) return Fail(Error::Code::kNotFound, "no value \"" + std::string{name} + "\"");
  return std::string{query.Text(0).value_or("")};
}

Result<void> SqliteStore::WriteMeta(std::string_view name, std::string_view value) {
  return Change([&](Connection& connection) {
    return connection.Prepare("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)")
        .Bind(name)
        .Bind(value)
        .Run();
  });
}

// The writer's own commits do not count in its data_version; a reader would count them.
Result<std::uint64_t> SqliteStore::ForeignWrites() const {
  const std::scoped_lock lock{main_mutex_};
  Query query = main_->Prepare("PRAGMA data_version");
  const Result<bool> row = query.Step();
  if (!row) return std::unexpected(row.error());
  return static_cast<std::uint64_t>(query.Number(0).value_or(0));
}

}  // namespace latchkey::sqlite
