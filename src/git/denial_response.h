#pragma once

// A denial as a Git client understands it: the one table of statuses for Git.
//
//     cause                                             status   why
//     absent, mistyped, unknown, wrong-user,            401      git asks for, or forgets, the
//     credential
//       expired, revoked, suspended
//     wrong-app, missing-scope, not-permitted           403      the credential is good: git keeps
//     it not-visible, and what does not exist              404      the same bytes for both
//     throttled                                         429      with Retry-After
//     stale                                             503      with Retry-After
//
// Bodies are text/plain, since git prints those alone, as `remote: …`.

#include <string_view>

#include "http/message.h"
#include "verify/verdict.h"

namespace latchkey::git {

/// What the answers name.
struct DenialWords {
  std::string_view realm;       ///< Of the challenge; without quotation marks and backslashes.
  std::string_view public_url;  ///< Of this server, without a slash at its end; empty: no links.
};

[[nodiscard]] int StatusFor(Cause cause);

[[nodiscard]] http::Response MakeDenial(const Denial& denial, const DenialWords& words);

/// The answer to a repository that does not exist: the same as to one that must not be seen.
[[nodiscard]] http::Response MakeNotFound(const DenialWords& words);

/// A plain answer in words; a line break is added.
[[nodiscard]] http::Response MakeText(int status, std::string_view text);

}  // namespace latchkey::git
