#pragma once

// How members of the admin service's answers look to people.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "cli/session.h"

namespace latchkey::cli {

/// A member of any simple type as text: "yes" and "no", numbers, a list as "a, b"; empty when it is
/// missing or null.
[[nodiscard]] std::string ShowMember(const Json& object, std::string_view name);

/// `2027-04-01 (in 127 days)`, from a member that holds an instant; `otherwise` when it is null.
[[nodiscard]] std::string ShowInstant(const Json& object, std::string_view name, Instant now,
                                      std::string_view otherwise);

/// The same for the end of something. The end of a day is called by that day, in UTC, as
/// `--expires 2027-03-31` does: `end of 2027-03-31 UTC (in 127 days)`.
[[nodiscard]] std::string ShowExpiry(const Json& object, std::string_view name, Instant now);

/// The member `state`, in the colour of that state.
[[nodiscard]] Cell ShowState(const Json& object);

/// Names and values, one a line, aligned; pairs without a value are left out.
void PrintFields(const Session& session, const std::vector<std::pair<std::string, Cell>>& fields);

}  // namespace latchkey::cli
