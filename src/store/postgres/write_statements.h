#pragma once

// What is sent to make a batch of changes.

#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "authority/change.h"
#include "store/postgres/statement.h"

namespace latchkey::postgres {

/// Goes before COMMIT: the server must not end its own wait for the standby, since then it commits
/// all the same. Our own deadline remains.
inline constexpr std::string_view kCommitPatiently = "SET LOCAL statement_timeout = 0";

class BatchStatements {
 public:
  /// An accepted write and its line.
  void Add(const Write& write, const ChangeLine& line);
  /// All of them, with the head that they lead to, and with some expired claims forgotten.
  [[nodiscard]] std::vector<Statement> Finish(const ChangeHead& head);

 private:
  std::vector<Statement> statements_;
  std::int64_t claims_ = 0;
  std::optional<Instant> present_;  // Of the last claim.
};

// For Store::Restore: all erased, then all put, then the lines, then the head.

[[nodiscard]] Statement EraseOf(const Record& record);
[[nodiscard]] Statement UpsertOf(const Record& record);
/// Whatever line has its number.
[[nodiscard]] Statement ReplaceOf(const ChangeLine& line);
/// The head becomes where the changes end, whatever it said before.
[[nodiscard]] Statement HeadFromChanges();

}  // namespace latchkey::postgres
