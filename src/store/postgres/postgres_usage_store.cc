#include "store/postgres/postgres_usage_store.h"

#include <algorithm>
#include <string>
#include <utility>

#include "store/postgres/migrations.h"

namespace latchkey::postgres {
namespace {

/// Rows in one transaction, and questions that are asked at once.
constexpr std::size_t kBatch = 1000;

constexpr std::string_view kAddUse =
    "INSERT INTO usage (credential, last_used_at, address, user_agent, count) "
    "VALUES ($1, $2, $3, $4, $5) ON CONFLICT (credential) DO UPDATE SET "
    "address = CASE WHEN excluded.last_used_at >= usage.last_used_at THEN excluded.address "
    "ELSE usage.address END, "
    "user_agent = CASE WHEN excluded.last_used_at >= usage.last_used_at THEN excluded.user_agent "
    "ELSE usage.user_agent END, "
    "last_used_at = greatest(usage.last_used_at, excluded.last_used_at), "
    "count = usage.count + excluded.count";

constexpr std::string_view kPutSession =
    "INSERT INTO sessions_seen (session, at, address) VALUES ($1, $2, $3) ON CONFLICT (session) "
    "DO UPDATE SET at = excluded.at, address = excluded.address WHERE sessions_seen.at <= "
    "excluded.at";

constexpr std::string_view kPutFailures =
    "INSERT INTO sign_in_failures (bucket, failures, last) VALUES ($1, $2, $3) ON CONFLICT "
    "(bucket) DO UPDATE SET failures = excluded.failures, last = excluded.last";

std::int64_t KeyOf(CredentialId id) { return static_cast<std::int64_t>(id.value()); }

Instant InstantAt(const Row& row, int column) {
  return Instant{std::chrono::milliseconds{row.Number(column).value_or(0)}};
}

std::string TextAt(const Row& row, int column) {
  return std::string{row.Text(column).value_or("")};
}

Statement AddOf(const CredentialUse& use) {
  return Statement{kAddUse}
      .Bind(KeyOf(use.id))
      .Bind(use.last_used_at)
      .Bind(use.address)
      .Bind(use.user_agent)
      .Bind(static_cast<std::int64_t>(use.count));
}

Statement SaveOf(const FailureCount& count) {
  if (count.failures == 0) {
    return Statement{"DELETE FROM sign_in_failures WHERE bucket = $1"}.Bind(count.bucket);
  }
  return Statement{kPutFailures}
      .Bind(count.bucket)
      .Bind(static_cast<std::int64_t>(count.failures))
      .Bind(count.last);
}

/// Nodes that write the same rows at once must lock them in the same order.
template <typename T, typename Projection>
std::vector<T> Sorted(std::span<const T> values, Projection projection) {
  std::vector<T> sorted{values.begin(), values.end()};
  std::ranges::sort(sorted, {}, projection);
  return sorted;
}

}  // namespace

Result<std::unique_ptr<PostgresUsageStore>> PostgresUsageStore::Open(const Settings& settings) {
  std::unique_ptr<PostgresUsageStore> store{new PostgresUsageStore(settings)};
  if (Result<void> ready = store->pool_.Use(CheckSchema); !ready) {
    return std::unexpected(ready.error());
  }
  return store;
}

Result<void> PostgresUsageStore::Change(std::vector<Statement> changes) {
  const Result<ConnectionPool::Lease> lease = pool_.Take([](Connection& connection) {
    const std::array<Statement, 2> begin{
        Statement{"BEGIN", Statement::Kind::kOnce},
        Statement{"SET LOCAL synchronous_commit = off", Statement::Kind::kOnce}};
    const Result<std::vector<Answer>> begun = connection.RunAll(begin);
    return begun ? Result<void>{} : std::unexpected(begun.error());
  });
  if (!lease) return std::unexpected(lease.error());
  Transaction transaction{**lease};
  if (const Result<std::vector<Answer>> made = (*lease)->RunAll(changes); !made) {
    return std::unexpected(made.error());
  }
  return transaction.Commit();
}

Result<std::vector<Answer>> PostgresUsageStore::Read(std::span<const Statement> statements) const {
  std::vector<Answer> read;
  const Result<void> done = pool_.Use([&](Connection& connection) -> Result<void> {
    Result<std::vector<Answer>> answers = connection.RunAll(statements);
    if (!answers) return std::unexpected(answers.error());
    read = *std::move(answers);
    return {};
  });
  if (!done) return std::unexpected(done.error());
  return read;
}

Result<void> PostgresUsageStore::Add(std::span<const CredentialUse> uses) {
  const std::vector<CredentialUse> sorted =
      Sorted(uses, [](const CredentialUse& use) { return KeyOf(use.id); });
  std::span<const CredentialUse> rest{sorted};
  while (!rest.empty()) {
    std::vector<Statement> batch;
    for (const CredentialUse& use : rest.first(std::min(rest.size(), kBatch))) {
      batch.push_back(AddOf(use));
    }
    rest = rest.subspan(batch.size());
    if (Result<void> added = Change(std::move(batch)); !added) return added;
  }
  return {};
}

Result<std::map<CredentialId, UsageSummary>> PostgresUsageStore::Find(
    std::span<const CredentialId> ids) const {
  std::map<CredentialId, UsageSummary> found;
  while (!ids.empty()) {
    const std::span<const CredentialId> batch = ids.first(std::min(ids.size(), kBatch));
    ids = ids.subspan(batch.size());
    std::vector<Statement> questions;
    for (const CredentialId id : batch) {
      questions
          .emplace_back(
              "SELECT last_used_at, address, user_agent, count FROM usage WHERE credential = $1")
          .Bind(KeyOf(id));
    }
    const Result<std::vector<Answer>> answers = Read(questions);
    if (!answers) return std::unexpected(answers.error());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if ((*answers)[i].empty()) continue;
      const Row row = (*answers)[i][0];
      found.emplace(batch[i],
                    UsageSummary{.last_used_at = InstantAt(row, 0),
                                 .address = TextAt(row, 1),
                                 .user_agent = TextAt(row, 2),
                                 .count = static_cast<std::uint64_t>(row.Number(3).value_or(0))});
    }
  }
  return found;
}

Result<void> PostgresUsageStore::Save(const Kept& changed, Instant forget_before) {
  std::vector<Statement> changes;
  for (const SessionSeen& seen : Sorted(std::span{changed.sessions}, &SessionSeen::id)) {
    changes.emplace_back(kPutSession).Bind(seen.id).Bind(seen.at).Bind(seen.address);
  }
  for (const FailureCount& count : Sorted(std::span{changed.failures}, &FailureCount::bucket)) {
    changes.push_back(SaveOf(count));
  }
  changes.emplace_back("DELETE FROM sessions_seen WHERE at < $1").Bind(forget_before);
  return Change(std::move(changes));
}

Result<SignInNotes::Kept> PostgresUsageStore::Load() const {
  const std::array<Statement, 2> questions{
      Statement{"SELECT session, at, address FROM sessions_seen"},
      Statement{"SELECT bucket, failures, last FROM sign_in_failures"}};
  const Result<std::vector<Answer>> answers = Read(questions);
  if (!answers) return std::unexpected(answers.error());
  Kept kept;
  for (std::size_t i = 0; i < answers->front().size(); ++i) {
    const Row row = answers->front()[i];
    kept.sessions.push_back(
        {.id = TextAt(row, 0), .at = InstantAt(row, 1), .address = TextAt(row, 2)});
  }
  for (std::size_t i = 0; i < answers->back().size(); ++i) {
    const Row row = answers->back()[i];
    kept.failures.push_back({.bucket = TextAt(row, 0),
                             .failures = static_cast<std::uint32_t>(row.Number(1).value_or(0)),
                             .last = InstantAt(row, 2)});
  }
  return kept;
}

}  // namespace latchkey::postgres
