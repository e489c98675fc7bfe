#pragma once

// Points in time, as the domain sees them: UTC, milliseconds, no time zone, no leap seconds.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace latchkey {

/// Milliseconds since 1970-01-01T00:00:00Z.
using Instant = std::chrono::sys_time<std::chrono::milliseconds>;

/// RFC 3339 in UTC, whole seconds unless there are milliseconds: `2027-03-31T00:00:00Z`.
[[nodiscard]] std::string FormatInstant(Instant instant);

/// `2027-03-31`.
[[nodiscard]] std::string FormatDate(Instant instant);

/// Reads RFC 3339 `date-time` (section 5.6) with `Z` or an offset of at most ±23:59. Fractions are
/// cut to milliseconds. A leap second (`:60`), a day that the calendar lacks and years outside 1970
/// to 9999 are kMalformed.
[[nodiscard]] Result<Instant> ParseInstant(std::string_view text);

/// Reads what people write for an expiry, relative to `now`:
///   `90d`, `12h`, `2w`     that long from now (1 to 6 digits; d days, h hours, w weeks)
///   `2027-03-31`           the end of that day in UTC, i.e. the first instant of the next day
///   RFC 3339 date-time     as it stands
/// Only the form is decided here: whether it is in the past or above policy is the caller's. What
/// ends after the year 9999 has no RFC 3339 form and is kMalformed too. Errors: kMalformed, with
/// the accepted forms as hint.
[[nodiscard]] Result<Instant> ParseExpiry(std::string_view text, Instant now);

}  // namespace latchkey
