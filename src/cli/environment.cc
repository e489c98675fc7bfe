#include "cli/environment.h"

#include <unistd.h>

#include <cstdlib>
#include <iostream>

#include "cli/terminal.h"

namespace latchkey::cli {

CliEnvironment MakeProcessEnvironment() {
  static const SystemClock kClock;
  CliEnvironment environment;
  environment.variable = [](const char* name) -> std::optional<std::string> {
    // Nothing in this program changes the environment.
    const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe)
    if (value == nullptr) return std::nullopt;
    return std::string{value};
  };
  environment.prompt_secret = PromptSecret;
  environment.read_secret_input = [] { return ReadSecret(STDIN_FILENO); };
  environment.input_is_terminal = ::isatty(STDIN_FILENO) == 1;
  environment.output_is_terminal = ::isatty(STDOUT_FILENO) == 1;
  environment.output = &std::cout;
  environment.error_output = &std::cerr;
  environment.clock = &kClock;
  return environment;
}

}  // namespace latchkey::cli
