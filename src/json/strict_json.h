#pragma once

// JSON that somebody else wrote and signed, or had signed: read so that it has one meaning.

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/result.h"

namespace latchkey {

/// One object and nothing behind it. `what` names it in the error: "the ID token".
/// Errors: kLimitExceeded above `size_max` bytes; kMalformed for what is not JSON (RFC 8259), is
/// not an object, has a member that stands twice, a NUL, a byte order mark, ill-formed UTF-8 or
/// more than 16 levels. The message quotes no value.
[[nodiscard]] Result<nlohmann::json> ParseStrictJson(std::string_view what, std::string_view text,
                                                     std::size_t size_max);

/// The member's text, or null if it is missing or of another type. Valid while `object` lives.
[[nodiscard]] const std::string* FindText(const nlohmann::json& object, std::string_view name);

}  // namespace latchkey
