#pragma once

#include <string>

#include "credential/credential.h"
#include "problem/json_text.h"

namespace latchkey::api {

/// The text of `record` with `secret`, and for an API token `basic_x_token_auth`, added: the one
/// answer that ever holds a secret. No copy of it is left but in the result, which the caller
/// wipes.
[[nodiscard]] std::string FormatIssueAnswer(const Json& record, Credential credential);

}  // namespace latchkey::api
