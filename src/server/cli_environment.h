#pragma once

#include "cli/environment.h"

namespace latchkey::server {

/// The command line's environment in this process, with its ports to an installation filled.
[[nodiscard]] cli::CliEnvironment MakeCliEnvironment();

}  // namespace latchkey::server
