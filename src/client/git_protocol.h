#pragma once

// What git says to a credential helper and hears from it: gitcredentials(7), git-credential(1).

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "base/secret.h"

namespace latchkey::client {

struct GitQuestion {
  std::string protocol;
  std::string host;
  std::string path;  ///< Only with credential.useHttpPath.
  std::string username;
  /// Of `store` and `erase`: `password`, or `credential` where git sent that.
  std::optional<SecretString> secret;
  std::vector<std::string> challenges;  ///< `wwwauth[]`, as the server sent them.
  bool knows_authtype = false;          ///< `capability[]=authtype` (git 2.46).
};

/// Reads lines of `key=value` up to an empty line or the end. Keys that are unknown are ignored; an
/// empty value of a list empties it. Errors: kMalformed, without repeating the line.
[[nodiscard]] Result<GitQuestion> ParseGitQuestion(std::string_view text);

/// The answer to `get`. Where git knows `authtype` and the server asks for Bearer, or has not said
/// what it asks for, an API token goes as Bearer; otherwise as `username` and `password`.
[[nodiscard]] SecretString FormatGitAnswer(const GitQuestion& question, std::string_view username,
                                           const SecretString& secret, bool api_token,
                                           std::optional<Instant> expires_at);

/// Ends git, which would prompt otherwise.
inline constexpr std::string_view kGitQuit = "quit=1\n";

}  // namespace latchkey::client
