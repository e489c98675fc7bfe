#pragma once

#include <sys/types.h>

#include <string>

namespace latchkey::admin {

/// Who the audit journal names for something done by that user of this machine: `cli:root`, or
/// `cli:uid-1000` where the user has no name.
[[nodiscard]] std::string ActorFor(uid_t uid);

}  // namespace latchkey::admin
