#pragma once

// JSON that this folder writes. What it reads is json_body.h's.

#include <nlohmann/json.hpp>
#include <string>

#include "http/message.h"

namespace latchkey {

/// Members stand in the order in which they were set.
using Json = nlohmann::ordered_json;

/// One line without line break. Ill-formed UTF-8 becomes U+FFFD, so that this never fails.
[[nodiscard]] std::string FormatJson(const Json& value);

/// An `application/json` answer.
[[nodiscard]] http::Response JsonResponse(int status, const Json& value);

}  // namespace latchkey
