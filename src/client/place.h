#pragma once

// Where a login counts: a scheme, a host and the start of a path, as git names them to a helper.

#include <string>
#include <string_view>

#include "base/result.h"

namespace latchkey::client {

struct Place {
  std::string scheme;  ///< `https`, or `http` for this machine alone.
  std::string host;    ///< In lower case, with the port unless it is the scheme's own.
  std::string path;    ///< Without a slash at either end; empty: the whole host.

  friend bool operator==(const Place&, const Place&) = default;
};

/// Reads `https://HOST[:PORT][/PATH]`. A `.git` at the end stays. Errors: kInvalidArgument: another
/// scheme, `http` to another machine (the secret would pass in clear), a user part, a query, a
/// fragment, a `.` or `..` in the path.
[[nodiscard]] Result<Place> ParsePlace(std::string_view url);

/// The same of the three values that git sends. Errors: as above.
[[nodiscard]] Result<Place> MakePlace(std::string_view scheme, std::string_view host,
                                      std::string_view path);

/// `https://git.example.org/team`.
[[nodiscard]] std::string FormatPlace(const Place& place);

/// Whether what is asked for lies at `login` or below it, by whole segments of the path.
[[nodiscard]] bool Covers(const Place& login, const Place& asked);

}  // namespace latchkey::client
