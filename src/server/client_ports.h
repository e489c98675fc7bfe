#pragma once

#include "cli/environment.h"

namespace latchkey::server {

/// Fills what the commands for people's own logins need. They are kept in LATCHKEY_CLIENT_DIR, else
/// in `latchkey` below XDG_CONFIG_HOME, else in ~/.config/latchkey.
void AddClientPorts(cli::CliEnvironment& environment);

}  // namespace latchkey::server
