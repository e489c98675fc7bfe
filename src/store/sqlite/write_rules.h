#pragma once

#include <optional>

#include "authority/change.h"
#include "authority/store.h"
#include "store/sqlite/connection.h"

namespace latchkey::sqlite {

/// Why the database, as it stands in the present transaction, refuses `write`; nothing if it does
/// not. Errors of asking it: as Translate.
[[nodiscard]] Result<std::optional<Error>> FindRefusal(Connection& connection, const Write& write);

/// Writes the record and the claim of a write that is not refused. Forgets some claims that have
/// expired.
[[nodiscard]] Result<void> ApplyWrite(Connection& connection, const Write& write);

/// Writes a change line; one with the same number is replaced.
[[nodiscard]] Result<void> PutLine(Connection& connection, const ChangeLine& line);

}  // namespace latchkey::sqlite
