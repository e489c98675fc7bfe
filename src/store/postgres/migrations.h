#pragma once

// The schema and its history. A migration, once released, never changes; what comes after is a new
// one.
//
// Nodes of two releases run side by side while the one is replaced by the other, so a migration
// adds tables, and columns with a default, and takes nothing away: a release goes on working with a
// schema that is newer than the one it knows. One that it could not work with says so (`needs`).
//
// Only what PostgreSQL and the engines that speak its protocol have in common is used: no
// extension, no stored procedure, no trigger.

#include <cstdint>
#include <span>
#include <string_view>

#include "base/result.h"
#include "store/postgres/connection.h"

namespace latchkey::postgres {

struct Migration {
  std::string_view sql;
  /// The oldest schema whose programs still work with this one.
  std::int64_t needs = 1;
};

/// The first makes schema 1, and so on.
[[nodiscard]] std::span<const Migration> Migrations();

/// Brings the database to the newest schema, in one transaction; several that begin at once wait
/// for each other, for `settings.deadline` at the most. Errors: kInvalidArgument: its schema is too
/// new for this program; kIo: also, the tables of another program are in the way. As Translate.
[[nodiscard]] Result<void> Migrate(const Settings& settings);

/// Errors: as Migrate; also kInvalidArgument if the schema is older, or there is none.
[[nodiscard]] Result<void> CheckSchema(Connection& connection);

}  // namespace latchkey::postgres
