#pragma once

#include <string>

#include "base/instant.h"

namespace latchkey::cli {

/// How far `instant` is from `now`, in one unit: "in 12 days", "in 5 hours", "3 minutes ago",
/// "now".
[[nodiscard]] std::string DescribeWhen(Instant instant, Instant now);

}  // namespace latchkey::cli
