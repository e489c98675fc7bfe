#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace latchkey::cli {

/// The program's exit statuses; docs/cli.md and every `--help` of the program itself list them.
enum ExitCode : std::uint8_t {
  kOk = 0,
  kFailure = 1,         ///< Something else went wrong, a full disk say; the outcome may be unknown.
  kUsage = 2,           ///< The command line itself is wrong.
  kNotFound = 3,        ///< No such account, workspace, repository or credential.
  kRefused = 4,         ///< Well understood and refused: bad input, above policy, not allowed.
  kExists = 5,          ///< The name is taken, or the record changed meanwhile.
  kNoInstallation = 6,  ///< The data directory, or the server that owns it, cannot be reached.
  kTampered = 7,        ///< Journal and database disagree, or a seal does not open.
  kWrongChecksum = 8,   ///< `inspect`: a credential with characters lost or changed.
};

/// For an error that a command met.
[[nodiscard]] ExitCode ExitCodeFor(Error::Code code);

/// For an error met before the command could do anything: no settings, no directory, no server.
[[nodiscard]] ExitCode ExitCodeForStart(Error::Code code);

/// The table, for the help.
[[nodiscard]] std::string_view ExitCodeHelp();

}  // namespace latchkey::cli
