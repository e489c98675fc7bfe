#include <sys/prctl.h>
#include <sys/resource.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <iostream>

#include "cli/exit_code.h"
#include "cli/run.h"
#include "crypto/system_random.h"
#include "server/cli_environment.h"

namespace {

/// Secrets pass through this process's memory, so no copy of it may land on a disk, nor in the
/// hands of another process of the same user.
bool ForbidCoreDumps() {
  const rlimit none{0, 0};
  return ::setrlimit(RLIMIT_CORE, &none) == 0 && ::prctl(PR_SET_DUMPABLE, 0) == 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    if (!ForbidCoreDumps()) {
      std::cerr << "latchkey: core dumps cannot be switched off\n";
      return latchkey::cli::kFailure;
    }
    // A client that hangs up is an error of one write, not the end of the process.
    if (std::signal(SIGPIPE, SIG_IGN) == SIG_ERR) return latchkey::cli::kFailure;
    if (const auto ready = latchkey::InitializeCrypto(); !ready) {
      std::cerr << "latchkey: " << ready.error().message << '\n';
      return latchkey::cli::kFailure;
    }
    latchkey::cli::CliEnvironment environment = latchkey::server::MakeCliEnvironment();
    return latchkey::cli::Run(argc, argv, environment);
  } catch (const std::exception& error) {
    std::cerr << "latchkey: a bug: " << error.what() << '\n';
    return latchkey::cli::kFailure;
  }
}
