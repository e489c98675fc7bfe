#pragma once

#include <functional>
#include <string>

#include "base/secret.h"
#include "server/settings.h"

namespace latchkey::server {

/// What is told once clients can connect.
struct Started {
  std::string public_url;
  SecretString set_up_link;  ///< Empty once somebody can sign in.
};

/// What `latchkey serve` does: opens the installation, serves until SIGTERM or SIGINT, reads
/// certificates and opens log files again on SIGHUP. `started` is told once clients can
/// connect. Errors: whatever kept it from starting.
[[nodiscard]] Result<void> Serve(const Settings& settings,
                                 const std::function<void(const Started&)>& started);

}  // namespace latchkey::server
