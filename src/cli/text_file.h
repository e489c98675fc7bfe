#pragma once

// A text that an administrator has in a file and a command sends to the server.

#include <cstddef>
#include <string>

#include "base/result.h"

namespace latchkey::cli {

/// The whole of a regular file. Errors: kNotFound, kPermissionDenied, kIo, kInvalidArgument (not a
/// regular file, or not UTF-8), kLimitExceeded.
[[nodiscard]] Result<std::string> ReadTextFile(const std::string& path, std::size_t size_max);

}  // namespace latchkey::cli
