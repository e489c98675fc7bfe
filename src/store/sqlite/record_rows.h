#pragma once

// Records as rows: one table for each type, one column for each field.

#include <optional>
#include <string>
#include <string_view>

#include "authority/record.h"
#include "store/sqlite/connection.h"

namespace latchkey::sqlite {

/// The statements for one type. Keys are bound by BindKey(), whole records by BindRecord(); columns
/// are read by ReadRecord().
struct RecordTable {
  std::string name;
  std::string select_version;  ///< Of one key.
  std::string select_one;      ///< Of one key.
  std::string select_all;
  std::string select_rows;  ///< Whose row numbers are between two; where there are such.
  std::string upsert;
  std::string erase;  ///< One key.
};

[[nodiscard]] const RecordTable& TableOf(RecordType type);

void BindKey(Query& query, RecordType type, std::string_view key);
void BindRecord(Query& query, const Record& record);

/// Nothing if the present row is no record: a kind, role or id that does not exist, a number that
/// is out of range.
[[nodiscard]] std::optional<Record> ReadRecord(const Query& query, RecordType type);
/// The key in the present row, whatever it holds.
[[nodiscard]] std::string ReadKey(const Query& query, RecordType type);

/// Whether `record` survives being written and read: its names of grants, methods or apps are not
/// empty and hold no space.
[[nodiscard]] bool IsStorable(const Record& record);

/// The columns of `credentials` as ReadRecord() wants them.
[[nodiscard]] const std::string& CredentialColumns();

}  // namespace latchkey::sqlite
