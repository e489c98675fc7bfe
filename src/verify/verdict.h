#pragma once

// The answer to "may this credential do that?": a Grant, or a Denial with exactly one cause.

#include <array>
#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/account.h"
#include "base/instant.h"
#include "credential/credential.h"
#include "scope/catalogue.h"

namespace latchkey {

/// Why a request may not pass. A closed list; docs/causes.md describes each. What a client may read
/// of it is decided in api/, git/ and gate/, in one table each.
enum class Cause : std::uint8_t {
  kAbsent,     ///< No credential was sent: normal for a first request, no failure.
  kMistyped,   ///< A credential with characters missing, added or changed.
  kUnknown,    ///< Not a credential, no such credential, or not its secret.
  kWrongUser,  ///< The secret is right, the user part names somebody else (or is missing).
  kExpired,
  kRevoked,
  kSuspended,     ///< The account is suspended.
  kWrongApp,      ///< An API token of another app.
  kMissingScope,  ///< It lacks a scope or permission that the operation needs.
  kNotPermitted,  ///< The account's role does not allow it.
  kNotVisible,    ///< The account is no member: to it, the resource does not exist.
  kThrottled,     ///< Too many failures from this address or for this account.
  kStale,         ///< This node cannot tell at present.
};
inline constexpr std::size_t kCauseCount = 13;

/// `missing-scope`: the stable code, in JSON, headers, logs and metrics.
[[nodiscard]] std::string_view CauseName(Cause cause);

/// A credential whose secret was presented rightly, and whose it is.
struct Holder {
  CredentialId id;
  CredentialKind kind;
  std::shared_ptr<const Account> account;
  std::shared_ptr<const Catalogue> catalogue;  ///< The app's, as it was when this was decided.
  GrantSet granted;                            ///< Scopes, or permissions with what they imply.
  std::optional<Instant> expires_at;

  /// The granted scopes or permissions, in catalogue order.
  [[nodiscard]] std::vector<std::string> GrantedNames() const;
};

/// Leave to go ahead. Only the Verifier makes one: where nobody decided, nothing passes.
class Grant {
 public:
  [[nodiscard]] const Holder& holder() const { return holder_; }

 private:
  friend class Verifier;
  explicit Grant(Holder holder) : holder_(std::move(holder)) {}
  Holder holder_;
};

struct Denial {
  Cause cause;
  /// Set once the client has proved that it holds the secret: only then may it be told more than
  /// "no".
  std::optional<Holder> proven = {};
  /// The names that the operation needs of this kind of credential, for kMissingScope and
  /// kWrongApp.
  std::vector<std::string> required = {};
  /// When it was revoked; for kRevoked.
  std::optional<Instant> revoked_at = {};
  /// A sentence for kMistyped ("the credential is cut short") and kWrongUser; no secret, no name.
  std::string detail = {};
  /// For kThrottled: how long until the next attempt may succeed.
  std::chrono::seconds retry_after{0};
};

using Verdict = std::expected<Grant, Denial>;

/// One plain sentence for the client: "this API token expired on 2026-11-02", "… needs
/// write:repository:bitbucket; it has read:repository:bitbucket". For everything that is not proven
/// it says the same, kMistyped and kThrottled apart.
[[nodiscard]] std::string Explain(const Denial& denial);

}  // namespace latchkey
