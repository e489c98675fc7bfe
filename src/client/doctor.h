#pragma once

// Why does this not work: asks the server what a client would ask, and says what each answer means.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "client/place.h"
#include "client/ports.h"
#include "client/server_api.h"

namespace latchkey::client {

enum class Mark : std::uint8_t { kGood, kWaning, kBad };

struct Finding {
  Mark mark = Mark::kGood;
  std::string about;  ///< One word: `server`, `certificate`, `clock`, `secret` …
  std::string text;   ///< What was found.
  std::string advice = {};
};

using Findings = std::vector<Finding>;

/// What is to be tried with the credential.
struct Operation {
  enum class Kind : std::uint8_t { kGit, kRequest };
  Kind kind = Kind::kGit;
  std::string path;     ///< `ws/repo.git` of git; `/2.0/user` of a request.
  std::string service;  ///< `git-upload-pack` or `git-receive-pack`.
};

/// Reads `git clone|fetch|pull|push REPO` (a path or an address at `place`), or `GET PATH`. Errors:
/// kInvalidArgument.
[[nodiscard]] Result<Operation> ParseOperation(std::string_view text, const Place& place);

/// By the Date field of an answer (RFC 9110 section 5.6.7). Nothing if it has none that can be
/// read.
[[nodiscard]] std::optional<Finding> LookAtClock(std::string_view date, Instant now);

/// Of a server without a credential: reach, certificate, clock. Empty `server`: it was not found.
[[nodiscard]] Findings LookAtServer(Transport& transport, const ServerAddress& server, Instant now);

struct Patient {
  ServerAddress server;
  const SecretString& secret;
  std::string user;  ///< As git would send it; empty: x-token-auth.
  std::optional<Operation> operation;
  bool reached = true;  ///< False: only the text of the secret is looked at.
};

/// Of a credential: its form, whether it is in force, its user, its end, and the operation.
[[nodiscard]] Findings LookAtCredential(Transport& transport, const Patient& patient, Instant now);

/// Whether a server was reached that a credential may be sent to.
[[nodiscard]] bool WasReached(const Findings& findings);

[[nodiscard]] Mark WorstOf(const Findings& findings);

}  // namespace latchkey::client
