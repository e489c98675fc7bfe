#pragma once

// The answer of the one decision function as views: nothing in it is owned, nothing was allocated.
//
//     const EpochDomain::Guard guard = verifier.Enter();
//     const Decision decision = verifier.Decide(guard, {.authorization = …}, requirement);
//     if (decision.allowed) … decision.proven->account->username …
//     else … CauseName(decision.cause), Explain(decision, requirement) …
//
// What the pointers lead to stays while the guard lives; the account is read at each look at it.
// verify/verdict.h holds the same answer with everything owned, for those who keep it longer.
//
// Thread safety: values.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "credential/credential.h"
#include "scope/catalogue.h"
#include "scope/requirement.h"
#include "verify/account_ref.h"
#include "verify/verdict.h"

namespace latchkey {

/// What a credential was given, shared by all that were given the same. Immutable: when an app's
/// catalogue is replaced, a new one takes its place.
struct GrantData {
  std::shared_ptr<const Catalogue> catalogue;  ///< The app's; never null.
  CredentialKind kind;
  GrantSet closed;    ///< With everything implied. What the catalogue no longer knows is not in it.
  std::string names;  ///< `a b c`: what is in `closed`, in catalogue order, for a header.
};

/// A credential whose secret was presented rightly, and whose it is.
struct HolderView {
  CredentialId id;
  CredentialKind kind;
  AccountRef account;
  const GrantData* grants;  ///< Never null.
  std::optional<Instant> expires_at;
};

/// What exactly was wrong, for kMistyped and kWrongUser.
enum class Mistake : std::uint8_t {
  kNone,
  kCutShort,
  kTooLong,
  kCharacterChanged,
  kLineBreak,           ///< A right credential and then a line break.
  kUserMissing,         ///< An app password without its account's username.
  kNotOwnerOfToken,     ///< The user part is not the owner of this API token.
  kNotOwnerOfPassword,  ///< The user part is not the owner of this app password.
};

/// A sentence for a client; no secret, no name. Empty for kNone.
[[nodiscard]] std::string_view MistakeText(Mistake mistake);

/// Made as it is here it refuses: where nobody decided, nothing passes.
struct Decision {
  bool allowed = false;
  /// Why not; means nothing where it is allowed.
  Cause cause = Cause::kStale;
  /// Set once the client has proved that it holds the secret: only then may it be told more than
  /// "no". Always set where it is allowed.
  std::optional<HolderView> proven = {};
  Mistake mistake = Mistake::kNone;
  /// For kRevoked.
  std::optional<Instant> revoked_at = {};
  /// For kThrottled: how long until the next attempt may succeed.
  std::chrono::seconds retry_after{0};
};

/// The names of the alternative of `requirement` that is nearest to what is held, for kMissingScope
/// and kWrongApp; else empty. Allocates: for denials.
[[nodiscard]] std::vector<std::string> RequiredNames(const Decision& decision,
                                                     const Requirement& requirement);

/// One plain sentence for the client, the same as Explain(Denial) gives. Allocates: for denials.
/// The guard under which it was decided must still live.
[[nodiscard]] std::string Explain(const Decision& decision, const Requirement& requirement);

}  // namespace latchkey
