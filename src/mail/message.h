#pragma once

// Letters to people: what they say, without how they travel.
//
// Each builder answers a subject and the same text twice, plain and as HTML. Everything that came
// from a person is escaped in the one and stripped of line breaks in the other, so nobody can write
// a letter of his own in ours. No letter holds a credential's secret; invitations and resets hold a
// one-time link, which is why bodies are secrets.
//
// Thread safety: functions and values.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.h"
#include "base/result.h"
#include "base/secret.h"

namespace latchkey::mail {

struct Message {
  std::string to;       ///< One address: `ana@example.org`.
  std::string subject;  ///< UTF-8, one line.
  SecretString text;
  SecretString html;
};

/// Whether `address` can be put into an envelope and a header as it stands: printable ASCII without
/// space, quotes, comma, semicolon or angle brackets, one @ with something on both sides, at most
/// 254 bytes. Errors: kInvalidArgument.
[[nodiscard]] Result<void> ValidateAddress(std::string_view address);

/// The installation that a letter is from.
struct Site {
  std::string name;        ///< "Latchkey at Example".
  std::string public_url;  ///< Without a slash at the end.
};

struct Recipient {
  std::string address;
  std::string display_name;  ///< May be empty.
};

/// `link` is the whole URL of a one-time link.
[[nodiscard]] Message InvitationMessage(const Site& site, const Recipient& to,
                                        const SecretString& link, Instant expires_at);
[[nodiscard]] Message PasswordResetMessage(const Site& site, const Recipient& to,
                                           const SecretString& link, Instant expires_at);

/// A credential, as a letter may speak of it.
struct CredentialFacts {
  enum class Kind : std::uint8_t { kApiToken, kAppPassword };
  Kind kind;
  std::string name;
  std::string id;                     ///< The public id.
  std::optional<std::string> app;     ///< Of an API token.
  std::optional<Instant> expires_at;  ///< Empty: never.
};

/// Who did something, when and from where.
struct Event {
  Instant at;
  std::string by;       ///< "you", "ana (administrator)".
  std::string address;  ///< Of the client; empty if there was none.
};

[[nodiscard]] Message CredentialMadeMessage(const Site& site, const Recipient& to,
                                            const CredentialFacts& credential, const Event& event);

enum class Ending : std::uint8_t {
  kRevoked,   ///< By somebody who may.
  kReported,  ///< Somebody found the secret and handed it in.
};

/// `reason` may be empty.
[[nodiscard]] Message CredentialEndedMessage(const Site& site, const Recipient& to,
                                             const CredentialFacts& credential, Ending ending,
                                             const Event& event, std::string_view reason);

/// `device` is the session's name: "Firefox on Linux".
[[nodiscard]] Message NewSignInMessage(const Site& site, const Recipient& to,
                                       std::string_view device, const Event& event);

/// `what` is a sentence without its full stop: "A passkey was added". `event.by` is empty where the
/// account itself did it.
[[nodiscard]] Message SignInChangedMessage(const Site& site, const Recipient& to,
                                           std::string_view what, const Event& event);

}  // namespace latchkey::mail
