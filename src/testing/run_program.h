#pragma once

// Runs a program to its end, for tests that need the real thing: git, gzip.

#include <string>
#include <vector>

namespace latchkey {

struct Output {
  int status = 0;    ///< Exit status; 255 when a signal ended it or it could not start.
  std::string text;  ///< What it printed, both streams together.
};

/// `arguments` begin with the program, found by PATH. It gets a fixed environment in which git asks
/// nobody, knows who commits, and reads no configuration but the repository's; and no input.
[[nodiscard]] Output RunProgram(std::vector<std::string> arguments);

}  // namespace latchkey
