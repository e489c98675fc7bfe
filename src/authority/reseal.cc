#include "authority/reseal.h"

#include <string>
#include <utility>
#include <vector>

namespace latchkey {
namespace {

constexpr std::size_t kBatch = 1000;

Result<void> Submit(Ledger& ledger, std::vector<Write>& writes) {
  const std::vector<Result<void>> outcomes = ledger.SubmitAll(std::move(writes));
  writes.clear();
  for (const Result<void>& outcome : outcomes) {
    if (!outcome) return outcome;
  }
  return {};
}

}  // namespace

Result<std::uint64_t> ResealAll(const Store& store, Ledger& ledger, const RecordSealer& sealer,
                                const Caller& caller) {
  // Keys first: the store must not be read and written through one visit.
  std::vector<std::pair<RecordType, std::string>> outdated;
  const Result<void> loaded = store.Load(
      [&](const Record& record) {
        if (!sealer.IsUnderNewestKey(record)) outdated.emplace_back(TypeOf(record), KeyOf(record));
      },
      [](std::string_view) {});
  if (!loaded) return std::unexpected(loaded.error());

  std::uint64_t resealed = 0;
  std::vector<Write> writes;
  for (const auto& [type, key] : outdated) {
    const Result<Record> record = store.Find(type, key);
    if (!record) return std::unexpected(record.error());
    Result<Record> next = sealer.Reseal(*record);
    if (next) {
      writes.push_back(
          {.record = std::move(*next), .info = caller.Info("record.reseal"), .claim = {}});
      ++resealed;
    }
    if (writes.size() < kBatch) continue;
    if (Result<void> submitted = Submit(ledger, writes); !submitted) {
      return std::unexpected(submitted.error());
    }
  }
  if (Result<void> submitted = Submit(ledger, writes); !submitted) {
    return std::unexpected(submitted.error());
  }
  return resealed;
}

}  // namespace latchkey
