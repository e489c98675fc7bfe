#pragma once

#include "cli/environment.h"

namespace latchkey::cli {

/// The whole program: reads the command line, does what it says, returns the exit status
/// (exit_code.h). An argument that holds a secret is refused before anything else is looked at, and
/// repeated nowhere.
[[nodiscard]] int Run(int argc, const char* const* argv, CliEnvironment& environment);

}  // namespace latchkey::cli
