#pragma once

// Where secrets come from: a prompt without echo, or standard input. Never from arguments, which
// every user of the machine can read while the program runs, and which shells keep.

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "cli/session.h"

namespace latchkey::cli {

/// Asks on the terminal when standard input is one, unless `from_input`; otherwise reads standard
/// input to its end. One line break at the end is left out, and on standard input that is said on
/// standard error. Errors: kInvalidArgument (nothing there, or a control character in it), and
/// those of the environment's ports.
[[nodiscard]] Result<SecretString> ObtainSecret(const Session& session, std::string_view prompt,
                                                bool from_input);

/// Whether an argument is, or contains, something that can only be a secret: a credential of ours,
/// a broken one, or a token of Atlassian's.
[[nodiscard]] bool LooksLikeSecret(std::string_view argument);

}  // namespace latchkey::cli
