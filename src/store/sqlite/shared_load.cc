#include "store/sqlite/shared_load.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>

#include "store/rows/load_order.h"
#include "store/rows/record_rows.h"

namespace latchkey::sqlite {
namespace {

/// So many that threads end at about the same time; however far apart the row numbers are.
constexpr std::uint64_t kSharesOfTable = 64;

struct Share {
  RecordType type;
  std::optional<rows::Range> rows;  // By row number, where there are such. Nothing: the table.
};

Result<std::optional<rows::Range>> FindRowNumbers(Connection& connection, RecordType type) {
  const std::string& table = rows::TableOf(type).name;
  // Each alone is a look at one end of the table; both in one would read all of it.
  Query query = connection.Prepare("SELECT (SELECT min(rowid) FROM " + table +
                                   "), (SELECT max(rowid) FROM " + table + ")");
  const Result<bool> row = query.Step();
  if (!row) return std::unexpected(row.error());
  const std::optional<std::int64_t> first = query.Number(0);
  const std::optional<std::int64_t> last = query.Number(1);
  if (!*row || !first || !last) return std::optional<rows::Range>{};
  return std::optional{rows::Range{.first = *first, .last = *last}};
}

Result<std::vector<Share>> FindShares(Connection& connection) {
  std::vector<Share> shares;
  for (const RecordType type : rows::kTypesAfterApps) {
    // The others are kept by their keys and have no row numbers.
    if (!rows::IsCut(type)) {
      shares.push_back({.type = type, .rows = {}});
      continue;
    }
    const Result<std::optional<rows::Range>> numbers = FindRowNumbers(connection, type);
    if (!numbers) return std::unexpected(numbers.error());
    if (!*numbers) continue;
    for (const rows::Range range : rows::Cut(**numbers, kSharesOfTable)) {
      shares.push_back({.type = type, .rows = range});
    }
  }
  return shares;
}

Result<void> LoadShare(Connection& connection, const Share& share,
                       const Store::RecordVisitor& visit,
                       const std::function<void(std::string_view key)>& unreadable) {
  const std::string& all = rows::TableOf(share.type).select_all;
  Query query = connection.Prepare(share.rows ? all + " WHERE rowid BETWEEN ? AND ?" : all);
  if (share.rows) query.Bind(share.rows->first).Bind(share.rows->last);
  while (true) {
    const Result<bool> row = query.Step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    rows::Visit(query, share.type, visit, unreadable);
  }
}

Result<void> AddReading(ReaderPool& readers, Readings& readings) {
  Result<ReaderPool::Lease> lease = readers.Take();
  if (!lease) return std::unexpected(lease.error());
  readings.push_back(std::make_unique<Reading>(*std::move(lease)));
  return readings.back()->Begin();
}

}  // namespace

Result<void> Reading::Begin() {
  if (Result<void> begun = transaction_.Begin(Transaction::Kind::kRead); !begun) return begun;
  // It is the first look that chooses the moment.
  return connection().Prepare("SELECT 1 FROM meta LIMIT 1").Run();
}

Result<Readings> BeginTogether(ReaderPool& readers, Connection& writer, std::size_t count) {
  Transaction nobody_commits{writer};
  const Result<void> begun = nobody_commits.Begin(Transaction::Kind::kWrite);
  if (!begun || !writer.in_write_transaction()) return BeginAlone(readers);
  Readings readings;
  while (readings.size() < std::max<std::size_t>(count, 1)) {
    if (Result<void> added = AddReading(readers, readings); !added) {
      return std::unexpected(added.error());
    }
  }
  return readings;
}

Result<Readings> BeginAlone(ReaderPool& readers) {
  Readings readings;
  if (Result<void> added = AddReading(readers, readings); !added) {
    return std::unexpected(added.error());
  }
  return readings;
}

Result<void> LoadAll(const Readings& readings, const Store::RecordVisitor& visit,
                     const std::function<void(std::string_view key)>& unreadable) {
  Connection& first = readings.front()->connection();
  const Share apps{.type = RecordType::kApp, .rows = {}};
  if (Result<void> loaded = LoadShare(first, apps, visit, unreadable); !loaded) return loaded;
  const Result<std::vector<Share>> shares = FindShares(first);
  if (!shares) return std::unexpected(shares.error());
  return rows::LoadShares(
      shares->size(), readings.size(), [&](std::size_t share, std::size_t thread) {
        return LoadShare(readings[thread]->connection(), (*shares)[share], visit, unreadable);
      });
}

}  // namespace latchkey::sqlite
