#pragma once

// Why a database refuses a write, in the words that every database uses.

#include <string_view>

#include "authority/record.h"
#include "base/instant.h"
#include "base/result.h"

namespace latchkey::rows {

/// kAlreadyExists. `what`: "e-mail", "idempotency key", the name of a type.
[[nodiscard]] Error Taken(std::string_view what, std::string_view value);
/// kConflict: the version before is not the one that is stored.
[[nodiscard]] Error Outdated(RecordType type, std::string_view key);
/// kInvalidArgument: see IsStorable().
[[nodiscard]] Error NotStorable();

/// The present, as far as claims that expire are concerned: a claim is made with a new record, so
/// that record's creation. The past for ever if the record does not tell: then no claim has
/// expired.
[[nodiscard]] Instant PresentOf(const Record& record);

}  // namespace latchkey::rows
