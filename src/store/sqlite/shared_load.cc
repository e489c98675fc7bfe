#include "store/sqlite/shared_load.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>

#include "base/parallel.h"
#include "base/text.h"
#include "store/sqlite/record_rows.h"

namespace latchkey::sqlite {
namespace {

/// Apps are not among them: they come first.
constexpr std::array kSharedTypes{
    RecordType::kAccount,    RecordType::kWorkspace, RecordType::kMembership,
    RecordType::kRepository, RecordType::kSignIn,    RecordType::kSession,
    RecordType::kLink,       RecordType::kPolicy,    RecordType::kCredential};

/// So many that threads end at about the same time; however far apart the row numbers are.
constexpr std::uint64_t kSharesOfTable = 64;

struct RowNumbers {
  std::int64_t first = 0;
  std::int64_t last = 0;
};

struct Share {
  RecordType type;
  std::optional<RowNumbers> rows;  // Nothing: the whole table.
};

/// The other tables are kept by their keys and have no row numbers.
bool HasRowNumbers(RecordType type) {
  return type == RecordType::kCredential || type == RecordType::kAccount;
}

/// Cuts the numbers into shares, all of them covered, none twice.
void AddShares(RecordType type, RowNumbers rows, std::vector<Share>& shares) {
  // Somebody else may have numbered them from end to end of what 64 bits hold.
  const auto lowest = static_cast<std::uint64_t>(rows.first);
  const std::uint64_t span = static_cast<std::uint64_t>(rows.last) - lowest;
  const std::uint64_t step = (span / kSharesOfTable) + 1;
  for (std::uint64_t i = 0; i < kSharesOfTable && i * step <= span; ++i) {
    const std::uint64_t last = std::min(span, (i * step) + (step - 1));
    shares.push_back({.type = type,
                      .rows = RowNumbers{.first = static_cast<std::int64_t>(lowest + (i * step)),
                                         .last = static_cast<std::int64_t>(lowest + last)}});
  }
}

Result<std::optional<RowNumbers>> FindRowNumbers(Connection& connection, RecordType type) {
  const std::string& table = TableOf(type).name;
  // Each alone is a look at one end of the table; both in one would read all of it.
  Query query = connection.Prepare("SELECT (SELECT min(rowid) FROM " + table +
                                   "), (SELECT max(rowid) FROM " + table + ")");
  const Result<bool> row = query.Step();
  if (!row) return std::unexpected(row.error());
  const std::optional<std::int64_t> first = query.Number(0);
  const std::optional<std::int64_t> last = query.Number(1);
  if (!*row || !first || !last) return std::optional<RowNumbers>{};
  return std::optional{RowNumbers{.first = *first, .last = *last}};
}

Result<std::vector<Share>> FindShares(Connection& connection) {
  std::vector<Share> shares;
  for (const RecordType type : kSharedTypes) {
    if (!HasRowNumbers(type)) {
      shares.push_back({.type = type, .rows = {}});
      continue;
    }
    const Result<std::optional<RowNumbers>> rows = FindRowNumbers(connection, type);
    if (!rows) return std::unexpected(rows.error());
    if (*rows) AddShares(type, **rows, shares);
  }
  return shares;
}

Result<void> LoadShare(Connection& connection, const Share& share,
                       const Store::RecordVisitor& visit,
                       const std::function<void(std::string_view key)>& unreadable) {
  const RecordTable& table = TableOf(share.type);
  Query query = connection.Prepare(share.rows ? table.select_rows : table.select_all);
  if (share.rows) query.Bind(share.rows->first).Bind(share.rows->last);
  while (true) {
    const Result<bool> row = query.Step();
    if (!row) return std::unexpected(row.error());
    if (!*row) return {};
    std::optional<Record> record = ReadRecord(query, share.type);
    if (record) {
      visit(*std::move(record));
    } else {
      unreadable(EscapeForTerminal(ReadKey(query, share.type)));
    }
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
  std::mutex mutex;
  Result<void> outcome;
  const auto load = [&](std::size_t turn, std::size_t worker) {
    Result<void> loaded =
        LoadShare(readings[worker]->connection(), (*shares)[turn], visit, unreadable);
    if (loaded) return true;
    const std::scoped_lock lock{mutex};
    outcome = std::move(loaded);
    return false;
  };
  // What stopped it is the outcome.
  static_cast<void>(TakeTurns(shares->size(), readings.size(), load));
  return outcome;
}

}  // namespace latchkey::sqlite
