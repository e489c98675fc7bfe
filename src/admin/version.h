#pragma once

#include <string_view>

namespace latchkey::admin {

/// The program's version, as the build states it: `0.1.0`.
[[nodiscard]] std::string_view Version();

}  // namespace latchkey::admin
