#pragma once

// In which order, and by how many threads at once, a database gives all its records out.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "authority/record.h"
#include "authority/store.h"
#include "base/result.h"
#include "store/rows/row.h"

namespace latchkey::rows {

/// Apps are not among them: they come first.
inline constexpr std::array kTypesAfterApps{
    RecordType::kAccount,    RecordType::kWorkspace, RecordType::kMembership,
    RecordType::kRepository, RecordType::kSignIn,    RecordType::kSession,
    RecordType::kLink,       RecordType::kPolicy,    RecordType::kCredential};

/// Those of which there may be millions: their tables are cut into shares.
[[nodiscard]] constexpr bool IsCut(RecordType type) {
  return type == RecordType::kCredential || type == RecordType::kAccount;
}

struct Range {
  std::int64_t first;
  std::int64_t last;
};

/// Cuts `whole` into up to `parts`, all of it covered, nothing twice.
[[nodiscard]] std::vector<Range> Cut(Range whole, std::uint64_t parts);

/// Hands out the record in `row`, or its key if it cannot be read as one.
void Visit(const RowView& row, RecordType type, const Store::RecordVisitor& visit,
           const std::function<void(std::string_view key)>& unreadable);

/// Loads share 0, then 1, … up to `shares` - 1, by up to `threads` threads; stops at the first
/// error, which it returns.
[[nodiscard]] Result<void> LoadShares(
    std::size_t shares, std::size_t threads,
    const std::function<Result<void>(std::size_t share, std::size_t thread)>& load);

}  // namespace latchkey::rows
