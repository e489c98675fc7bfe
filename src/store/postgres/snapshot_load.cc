#include "store/postgres/snapshot_load.h"

#include <algorithm>
#include <optional>
#include <string>

#include "store/rows/load_order.h"
#include "store/rows/record_rows.h"

namespace latchkey::postgres {
namespace {

constexpr std::string_view kBegin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
/// Whoever takes the records may be slow.
constexpr std::string_view kPatient = "SET LOCAL idle_in_transaction_session_timeout = 0";
constexpr std::string_view kExport = "SELECT pg_export_snapshot()";
/// Rows of one batch.
constexpr std::size_t kBatch = 2000;
/// So many that threads end at about the same time.
constexpr std::uint64_t kSharesOfTable = 64;
/// From then on a range of pages is read without the rest of the table.
constexpr int kReadsRanges = 140'000;

struct Share {
  RecordType type;
  std::optional<rows::Range> pages;  // Nothing: the whole table.
};

/// A connection within the transaction, until this object ends.
struct Reading {
  explicit Reading(ConnectionPool::Lease taken) : lease(std::move(taken)), transaction(*lease) {}

  ConnectionPool::Lease lease;
  Transaction transaction;  // Ends before the connection goes back.
};
using Readings = std::vector<std::unique_ptr<Reading>>;

Statement Once(std::string_view sql) { return Statement{sql, Statement::Kind::kOnce}; }

Result<void> AddReading(ConnectionPool& pool, const std::string& share_moment, Readings& readings) {
  std::vector<Statement> statements{Once(kBegin)};
  if (!share_moment.empty()) statements.push_back(Once(share_moment));
  statements.push_back(Once(kPatient));
  // The first look chooses the moment, where none is shared.
  statements.push_back(Once("SELECT one FROM feed_head"));
  Result<ConnectionPool::Lease> lease = pool.Take([&](Connection& connection) -> Result<void> {
    const Result<std::vector<Answer>> begun = connection.RunAll(statements);
    if (!begun) return std::unexpected(begun.error());
    return {};
  });
  if (!lease) return std::unexpected(lease.error());
  readings.push_back(std::make_unique<Reading>(*std::move(lease)));
  return {};
}

/// The name of the moment that `first` sees; nothing where the engine cannot share it, and then
/// `first` must begin again.
std::optional<std::string> ShareMoment(Connection& first) {
  const Result<Answer> answer = first.Run(Once(kExport));
  if (!answer || answer->empty()) return std::nullopt;
  const std::optional<std::string_view> name = (*answer)[0].Text(0);
  // It goes into a statement that takes no parameter.
  if (!name || name->find_first_not_of("0123456789ABCDEFabcdef-") != std::string_view::npos) {
    return std::nullopt;
  }
  return "SET TRANSACTION SNAPSHOT '" + std::string{*name} + "'";
}

Result<Readings> BeginTogether(ConnectionPool& pool, std::size_t count) {
  Readings readings;
  if (Result<void> added = AddReading(pool, "", readings); !added) {
    return std::unexpected(added.error());
  }
  if (count < 2) return readings;
  const std::optional<std::string> moment = ShareMoment(*readings.front()->lease);
  if (!moment) {
    readings.clear();
    return BeginTogether(pool, 1);
  }
  while (readings.size() < count) {
    // Fewer do it too: the server may have no more connections.
    if (!AddReading(pool, *moment, readings)) break;
  }
  return readings;
}

Result<std::optional<rows::Range>> FindPages(Connection& connection, const std::string& table) {
  const Result<Answer> answer =
      connection.Run(Once("SELECT (pg_relation_size($1::regclass) / "
                          "current_setting('block_size')::bigint)::bigint")
                         .Bind(table));
  if (!answer) return std::unexpected(answer.error());
  const std::int64_t pages = answer->empty() ? 0 : (*answer)[0].Number(0).value_or(0);
  if (pages < 1) return std::optional<rows::Range>{};
  return std::optional{rows::Range{.first = 0, .last = pages - 1}};
}

Result<std::vector<Share>> FindShares(const Readings& readings) {
  Connection& first = *readings.front()->lease;
  const std::uint64_t parts =
      first.server_version() >= kReadsRanges ? kSharesOfTable : readings.size();
  std::vector<Share> shares;
  for (const RecordType type : rows::kTypesAfterApps) {
    if (!rows::IsCut(type) || readings.size() < 2) {
      shares.push_back({.type = type, .pages = {}});
      continue;
    }
    const Result<std::optional<rows::Range>> pages = FindPages(first, rows::TableOf(type).name);
    if (!pages) return std::unexpected(pages.error());
    if (!*pages) continue;
    for (const rows::Range range : rows::Cut(**pages, parts)) {
      shares.push_back({.type = type, .pages = range});
    }
  }
  return shares;
}

std::string SelectSql(const Share& share) {
  std::string sql = rows::TableOf(share.type).select_all;
  if (!share.pages) return sql;
  const auto place = [](std::int64_t page) { return "'(" + std::to_string(page) + ",0)'::tid"; };
  return sql + " WHERE ctid >= " + place(share.pages->first) + " AND ctid < " +
         place(share.pages->last + 1);
}

Result<void> LoadShare(Connection& connection, const Share& share,
                       const Store::RecordVisitor& visit,
                       const std::function<void(std::string_view key)>& unreadable) {
  const std::string declare = "DECLARE share NO SCROLL CURSOR FOR " + SelectSql(share);
  const std::string fetch = "FETCH FORWARD " + std::to_string(kBatch) + " FROM share";
  std::vector<Statement> statements{Once(declare), Once(fetch)};
  while (true) {
    const Result<std::vector<Answer>> answers = connection.RunAll(statements);
    if (!answers) return std::unexpected(answers.error());
    const Answer& batch = answers->back();
    for (std::size_t i = 0; i < batch.size(); ++i) {
      rows::Visit(batch[i], share.type, visit, unreadable);
    }
    if (batch.size() < kBatch) break;
    statements = {Once(fetch)};
  }
  const Result<Answer> closed = connection.Run(Once("CLOSE share"));
  if (!closed) return std::unexpected(closed.error());
  return {};
}

}  // namespace

Result<void> LoadSnapshot(ConnectionPool& pool, std::size_t threads,
                          const Store::RecordVisitor& visit,
                          const std::function<void(std::string_view key)>& unreadable) {
  const Result<Readings> readings = BeginTogether(pool, threads);
  if (!readings) return std::unexpected(readings.error());
  const Share apps{.type = RecordType::kApp, .pages = {}};
  Result<void> loaded = LoadShare(*readings->front()->lease, apps, visit, unreadable);
  if (!loaded) return loaded;
  const Result<std::vector<Share>> shares = FindShares(*readings);
  if (!shares) return std::unexpected(shares.error());
  return rows::LoadShares(
      shares->size(), readings->size(), [&](std::size_t share, std::size_t thread) {
        return LoadShare(*(*readings)[thread]->lease, (*shares)[share], visit, unreadable);
      });
}

}  // namespace latchkey::postgres
