#pragma once

// The few requests that the client makes of a server, and their answers as values.

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "base/secret.h"
#include "client/login_book.h"
#include "client/ports.h"

namespace latchkey::client {

/// `GET /api/v1/me`: whose credential it is, and what it holds.
struct Identity {
  std::string username;
  std::string email;
  std::string id;
  std::string kind;
  std::string app;
  std::vector<std::string> grants;
  std::optional<Instant> expires_at;
};

/// The server answered, and said no.
struct Refusal {
  int status = 0;
  std::string cause = {};     ///< `expired`; empty where the answer is not Latchkey's.
  std::string detail = {};    ///< A sentence for people.
  std::string make_one = {};  ///< Where a person makes another; may be empty.

  [[nodiscard]] bool is_final() const { return status == 401 && !cause.empty(); }
};

/// A successor that the server made.
struct Successor {
  SecretString secret;
  Identity identity;
  Instant created_at;
};

template <typename T>
using Answer = std::variant<T, Refusal, Fault>;

/// A server, by its base address and the certificates that it is checked with.
struct ServerAddress {
  std::string url;
  std::string ca_file;
};

/// How a credential is sent: an API token as Bearer, an app password as Basic with a user.
[[nodiscard]] SecretString AuthorizationFor(std::string_view kind, std::string_view username,
                                            const SecretString& secret);

[[nodiscard]] Answer<Identity> AskWhoAmI(Transport& transport, const ServerAddress& server,
                                         const SecretString& authorization);

[[nodiscard]] Answer<Successor> AskForSuccessor(Transport& transport, const ServerAddress& server,
                                                const SecretString& authorization,
                                                const std::string& key);

/// Says that the successor has arrived. True: the server knows.
[[nodiscard]] Answer<bool> TellArrival(Transport& transport, const ServerAddress& server,
                                       const SecretString& authorization,
                                       const std::string& replaces);

/// RFC 7009.
[[nodiscard]] Answer<bool> AskToRevoke(Transport& transport, const ServerAddress& server,
                                       const SecretString& secret);

/// Whether a Latchkey server answers there, asked without a credential. Errors: kUnavailable (no
/// answer), kNotFound (something else answers).
[[nodiscard]] Result<void> FindServer(Transport& transport, const ServerAddress& server);

/// What an answer without success says, in one line.
[[nodiscard]] std::string Explain(const Refusal& refusal);
[[nodiscard]] std::string Explain(const Fault& fault);

/// An answer that is no success, read: problem JSON, the shape of the paths under /2.0, or what git
/// prints.
[[nodiscard]] Refusal ReadRefusal(const HttpAnswer& answer);

}  // namespace latchkey::client
