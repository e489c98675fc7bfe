#include "store/rows/load_order.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <utility>

#include "base/parallel.h"
#include "base/text.h"
#include "store/rows/record_rows.h"

namespace latchkey::rows {

std::vector<Range> Cut(Range whole, std::uint64_t parts) {
  // They may be apart as far as 64 bits go.
  const auto lowest = static_cast<std::uint64_t>(whole.first);
  const std::uint64_t span = static_cast<std::uint64_t>(whole.last) - lowest;
  const std::uint64_t step = (span / parts) + 1;
  std::vector<Range> ranges;
  for (std::uint64_t i = 0; i < parts && i * step <= span; ++i) {
    const std::uint64_t last = std::min(span, (i * step) + (step - 1));
    ranges.push_back({.first = static_cast<std::int64_t>(lowest + (i * step)),
                      .last = static_cast<std::int64_t>(lowest + last)});
  }
  return ranges;
}

void Visit(const RowView& row, RecordType type, const Store::RecordVisitor& visit,
           const std::function<void(std::string_view key)>& unreadable) {
  std::optional<Record> record = ReadRecord(row, type);
  if (record) {
    visit(*std::move(record));
  } else {
    unreadable(EscapeForTerminal(ReadKey(row, type)));
  }
}

Result<void> LoadShares(
    std::size_t shares, std::size_t threads,
    const std::function<Result<void>(std::size_t share, std::size_t thread)>& load) {
  std::mutex mutex;
  Result<void> outcome;
  const bool all = TakeTurns(shares, threads, [&](std::size_t share, std::size_t thread) {
    Result<void> loaded = load(share, thread);
    if (loaded) return true;
    const std::scoped_lock lock{mutex};
    outcome = std::move(loaded);
    return false;
  });
  return all ? Result<void>{} : outcome;
}

}  // namespace latchkey::rows
