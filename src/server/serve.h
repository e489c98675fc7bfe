#pragma once

#include <functional>
#include <string>

#include "server/settings.h"

namespace latchkey::server {

/// What `latchkey serve` does: opens the installation, serves until SIGTERM or SIGINT, reads
/// certificates and opens log files again on SIGHUP. `started` is told the public URL once clients
/// can connect. Errors: whatever kept it from starting.
[[nodiscard]] Result<void> Serve(const Settings& settings,
                                 const std::function<void(const std::string& public_url)>& started);

}  // namespace latchkey::server
