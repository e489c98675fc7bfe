#pragma once

// What a proxy asks the gate, whatever its dialect: may this request pass?

#include <string_view>

#include "base/instant.h"

namespace latchkey::gate {

/// Views into the request that asked; none of them is trusted beyond what its dialect checked.
struct GateQuestion {
  std::string_view app;     ///< From the path that the proxy was configured with.
  std::string_view method;  ///< Of the client's request: a token.
  std::string_view uri;     ///< Its target: begins with `/`, no white space, control byte or `#`.
  std::string_view host;    ///< Host name, without port; may be empty.
  std::string_view client_address;  ///< An IP address, or `local` where there is none.
  std::string_view authorization;   ///< The field's value; empty: none was sent.
  std::string_view user_agent;      ///< May be empty.
  Instant now;
};

}  // namespace latchkey::gate
