#include "store/sqlite/sqlite_usage_store.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <system_error>
#include <utility>
#include <vector>

namespace latchkey::sqlite {
namespace {

/// Rows in one transaction: few enough that a reader waits for some milliseconds at most.
constexpr std::size_t kBatch = 5000;

// Ids are random; as signed numbers they are the keys of the table itself. What a crash of the
// whole machine loses of the last seconds is not worth a sync.
constexpr const char* kSchema = R"sql(
PRAGMA synchronous = NORMAL;
CREATE TABLE IF NOT EXISTS usage (
  credential   INTEGER NOT NULL PRIMARY KEY,  -- the public id's 64 bits
  last_used_at INTEGER NOT NULL,              -- milliseconds since 1970
  address      TEXT    NOT NULL,
  user_agent   TEXT    NOT NULL,
  count        INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS sessions_seen (
  session TEXT    NOT NULL PRIMARY KEY,  -- the public id
  at      INTEGER NOT NULL,              -- milliseconds since 1970
  address TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS sign_in_failures (
  bucket   TEXT    NOT NULL PRIMARY KEY,
  failures INTEGER NOT NULL,
  last     INTEGER NOT NULL              -- milliseconds since 1970
) STRICT, WITHOUT ROWID;
)sql";

constexpr std::string_view kUpsert =
    "INSERT INTO usage (credential, last_used_at, address, user_agent, count) "
    "VALUES (?, ?, ?, ?, ?) ON CONFLICT (credential) DO UPDATE SET "
    "address = iif(excluded.last_used_at >= last_used_at, excluded.address, address), "
    "user_agent = iif(excluded.last_used_at >= last_used_at, excluded.user_agent, user_agent), "
    "last_used_at = max(last_used_at, excluded.last_used_at), count = count + excluded.count";

/// SQLite would make it readable for everybody.
Result<void> EnsureFile(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (descriptor < 0) {
    return Fail(Error::Code::kIo, "the file " + path + " cannot be opened: " +
                                      std::generic_category().message(errno));
  }
  close(descriptor);
  return {};
}

Instant InstantAt(Query& query, int column) {
  return Instant{std::chrono::milliseconds{query.Number(column).value_or(0)}};
}

std::int64_t KeyOf(CredentialId id) { return static_cast<std::int64_t>(id.value()); }

}  // namespace

Result<std::unique_ptr<SqliteUsageStore>> SqliteUsageStore::TryOpen(const std::string& path) {
  if (Result<void> ensured = EnsureFile(path); !ensured) return std::unexpected(ensured.error());
  Result<std::unique_ptr<Connection>> connection =
      Connection::Open(path, Connection::Role::kWriter);
  if (!connection) return std::unexpected(connection.error());
  if (Result<void> made = (*connection)->Execute(kSchema); !made) {
    return std::unexpected(made.error());
  }
  // Of a table of another form it would be known only when it is too late.
  for (const char* query :
       {"SELECT credential, last_used_at, address, user_agent, count FROM usage LIMIT 1",
        "SELECT session, at, address FROM sessions_seen LIMIT 1",
        "SELECT bucket, failures, last FROM sign_in_failures LIMIT 1"}) {
    const Result<bool> usable = (*connection)->Prepare(query).Step();
    if (!usable) return std::unexpected(usable.error());
  }
  return std::unique_ptr<SqliteUsageStore>{new SqliteUsageStore(*std::move(connection))};
}

Result<std::unique_ptr<SqliteUsageStore>> SqliteUsageStore::Open(const std::string& path) {
  Result<std::unique_ptr<SqliteUsageStore>> store = TryOpen(path);
  const bool unreadable = !store && store.error().code != Error::Code::kNoSpace &&
                          access(path.c_str(), R_OK | W_OK) == 0;
  if (!unreadable) return store;
  std::error_code ignored;
  std::filesystem::rename(path, path + ".broken", ignored);
  for (const char* suffix : {"-wal", "-shm"}) std::filesystem::remove(path + suffix, ignored);
  return TryOpen(path);
}

Result<void> SqliteUsageStore::Add(std::span<const CredentialUse> uses) {
  std::vector<const CredentialUse*> sorted;
  sorted.reserve(uses.size());
  for (const CredentialUse& use : uses) sorted.push_back(&use);
  // In the table's order, neighbours share its pages.
  std::ranges::sort(sorted, {}, [](const CredentialUse* use) { return KeyOf(use->id); });
  std::span<const CredentialUse* const> rest{sorted};
  while (!rest.empty()) {
    const auto batch = rest.first(std::min(rest.size(), kBatch));
    if (Result<void> added = AddBatch(batch); !added) return added;
    rest = rest.subspan(batch.size());
  }
  return {};
}

Result<void> SqliteUsageStore::AddBatch(std::span<const CredentialUse* const> uses) {
  const std::scoped_lock lock{mutex_};
  Transaction transaction{*connection_};
  if (Result<void> begun = transaction.Begin(Transaction::Kind::kWrite); !begun) return begun;
  for (const CredentialUse* use : uses) {
    Result<void> put = connection_->Prepare(kUpsert)
                           .Bind(KeyOf(use->id))
                           .Bind(use->last_used_at)
                           .Bind(use->address)
                           .Bind(use->user_agent)
                           .Bind(static_cast<std::int64_t>(use->count))
                           .Run();
    if (!put) return put;
  }
  return transaction.Commit();
}

Result<std::map<CredentialId, UsageSummary>> SqliteUsageStore::Find(
    std::span<const CredentialId> ids) const {
  const std::scoped_lock lock{mutex_};
  std::map<CredentialId, UsageSummary> found;
  for (const CredentialId id : ids) {
    Query query = connection_->Prepare(
        "SELECT last_used_at, address, user_agent, count FROM usage WHERE credential = ?");
    const Result<bool> row = query.Bind(KeyOf(id)).Step();
    if (!row) return std::unexpected(row.error());
    if (!*row) continue;
    found.emplace(id,
                  UsageSummary{.last_used_at = InstantAt(query, 0),
                               .address = std::string{query.Text(1).value_or("")},
                               .user_agent = std::string{query.Text(2).value_or("")},
                               .count = static_cast<std::uint64_t>(query.Number(3).value_or(0))});
  }
  return found;
}

Result<void> SqliteUsageStore::SaveSession(const SessionSeen& seen) {
  return connection_
      ->Prepare(
          "INSERT INTO sessions_seen (session, at, address) VALUES (?, ?, ?) ON CONFLICT (session) "
          "DO UPDATE SET at = excluded.at, address = excluded.address")
      .Bind(seen.id)
      .Bind(seen.at)
      .Bind(seen.address)
      .Run();
}

Result<void> SqliteUsageStore::SaveFailures(const FailureCount& count) {
  if (count.failures == 0) {
    return connection_->Prepare("DELETE FROM sign_in_failures WHERE bucket = ?")
        .Bind(count.bucket)
        .Run();
  }
  return connection_
      ->Prepare(
          "INSERT INTO sign_in_failures (bucket, failures, last) VALUES (?, ?, ?) ON CONFLICT "
          "(bucket) DO UPDATE SET failures = excluded.failures, last = excluded.last")
      .Bind(count.bucket)
      .Bind(static_cast<std::int64_t>(count.failures))
      .Bind(count.last)
      .Run();
}

Result<void> SqliteUsageStore::Save(const Kept& changed, Instant forget_before) {
  const std::scoped_lock lock{mutex_};
  Transaction transaction{*connection_};
  if (Result<void> begun = transaction.Begin(Transaction::Kind::kWrite); !begun) return begun;
  for (const SessionSeen& seen : changed.sessions) {
    if (Result<void> saved = SaveSession(seen); !saved) return saved;
  }
  for (const FailureCount& count : changed.failures) {
    if (Result<void> saved = SaveFailures(count); !saved) return saved;
  }
  Result<void> forgotten =
      connection_->Prepare("DELETE FROM sessions_seen WHERE at < ?").Bind(forget_before).Run();
  if (!forgotten) return forgotten;
  return transaction.Commit();
}

Result<SignInNotes::Kept> SqliteUsageStore::Load() const {
  const std::scoped_lock lock{mutex_};
  Kept kept;
  Query sessions = connection_->Prepare("SELECT session, at, address FROM sessions_seen");
  Result<bool> row = sessions.Step();
  for (; row && *row; row = sessions.Step()) {
    kept.sessions.push_back({.id = std::string{sessions.Text(0).value_or("")},
                             .at = InstantAt(sessions, 1),
                             .address = std::string{sessions.Text(2).value_or("")}});
  }
  if (!row) return std::unexpected(row.error());
  Query failures = connection_->Prepare("SELECT bucket, failures, last FROM sign_in_failures");
  row = failures.Step();
  for (; row && *row; row = failures.Step()) {
    kept.failures.push_back({.bucket = std::string{failures.Text(0).value_or("")},
                             .failures = static_cast<std::uint32_t>(failures.Number(1).value_or(0)),
                             .last = InstantAt(failures, 2)});
  }
  if (!row) return std::unexpected(row.error());
  return kept;
}

}  // namespace latchkey::sqlite
