#pragma once

#include <string>
#include <string_view>

namespace latchkey {

/// What a person calls the browser that sends this User-Agent: `Firefox on Linux`. `Unknown
/// browser` where nothing is recognised; never a text of the client's own.
[[nodiscard]] std::string DeviceName(std::string_view user_agent);

}  // namespace latchkey
