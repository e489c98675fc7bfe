#pragma once

// The schema and its history. A migration, once released, never changes; what comes after is a new
// one.
//
// The database names its schema in `PRAGMA user_version`, and itself as Latchkey's in `PRAGMA
// application_id`.

#include <span>
#include <string_view>

#include "base/result.h"
#include "store/sqlite/connection.h"

namespace latchkey::sqlite {

/// `LKEY` in ASCII.
inline constexpr std::int64_t kApplicationId = 0x4C4B4559;

/// The SQL of each migration: the first makes schema 1, and so on.
[[nodiscard]] std::span<const std::string_view> Migrations();

/// Brings the database to the newest schema, each step in a transaction of its own.
/// Errors: kInvalidArgument: its schema is newer than this program, or it is not Latchkey's. As
/// Translate.
[[nodiscard]] Result<void> Migrate(Connection& connection);

/// Errors: as Migrate; also kInvalidArgument if it is older.
[[nodiscard]] Result<void> CheckSchema(Connection& connection);

}  // namespace latchkey::sqlite
