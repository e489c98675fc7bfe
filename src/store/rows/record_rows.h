#pragma once

// Records, change lines and claims as rows: one table for each type of record, one column for each
// field. The statements are those that SQLite and PostgreSQL both understand.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "authority/change.h"
#include "authority/record.h"
#include "authority/store.h"
#include "base/result.h"
#include "store/rows/row.h"

namespace latchkey::rows {

/// The statements for one type. Keys are put by PutKey(), whole records by PutRecord(); columns are
/// read by ReadRecord().
struct RecordTable {
  std::string name;
  std::string select_version;  ///< Of one key.
  std::string select_one;      ///< Of one key.
  std::string select_all;
  std::string upsert;
  std::string erase;  ///< One key.
};

[[nodiscard]] const RecordTable& TableOf(RecordType type);

void PutKey(RowWriter& row, RecordType type, std::string_view key);
void PutRecord(RowWriter& row, const Record& record);

/// Nothing if the row is no record: a kind, role or id that does not exist, a number that is out of
/// range.
[[nodiscard]] std::optional<Record> ReadRecord(const RowView& row, RecordType type);
/// The key in the row, whatever it holds.
[[nodiscard]] std::string ReadKey(const RowView& row, RecordType type);

/// Whether `record` survives being written and read: its names of grants, methods or apps are not
/// empty and hold no space.
[[nodiscard]] bool IsStorable(const Record& record);

/// Of the credentials that `filter` wants, in its order and without its limit; its parameters are
/// put by PutFilter(), which is told when the credential `filter.after` was created, if there is
/// one in it.
[[nodiscard]] std::string ListCredentialsSql(const CredentialFilter& filter);
void PutFilter(RowWriter& row, const CredentialFilter& filter,
               std::optional<std::int64_t> after_created_at);

/// Of the columns seq, batch, text, mac. Errors: kTampered.
[[nodiscard]] Result<ChangeLine> ReadLine(const RowView& row);
/// For the same columns.
void PutLine(RowWriter& row, const ChangeLine& line);

/// Of the columns fingerprint, record_key. Errors: kTampered.
[[nodiscard]] Result<KnownClaim> ReadClaim(const RowView& row);

}  // namespace latchkey::rows
