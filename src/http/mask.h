#pragma once

// Keeps credentials out of the access log, wherever in a request a client put them.

#include <string>
#include <string_view>

namespace latchkey::http {

/// `text` with everything that looks like a credential cut down to its prefix and `***`:
/// letters that end in `at` or `ap`, an underscore and what follows of letters and digits; and any
/// run of 28 or more letters and digits, unless it is a commit's hexadecimal name. Masks too much
/// rather than too little.
[[nodiscard]] std::string MaskCredentials(std::string_view text);

/// A request target as it may be logged: decoded, so that no escape hides a credential, masked,
/// without query, control characters escaped, at most 512 bytes.
[[nodiscard]] std::string LoggedPath(std::string_view raw_target);

}  // namespace latchkey::http
