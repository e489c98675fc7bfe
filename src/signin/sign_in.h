#pragma once

// How one account signs in: its password, its second steps, its passkeys, the identities that
// others vouch for.
//
// Kept apart from Account, because all of it is secret: it stands inside the seal of its record, as
// the text that FormatSignIn() writes (sign_in_text.h), and nowhere else.
//
// Thread safety: values.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "account/account.h"
#include "base/instant.h"
#include "base/secret.h"
#include "crypto/digest.h"

namespace latchkey {

/// Time-based one-time passwords (RFC 6238).
struct TotpEnrolment {
  SecretString key;             ///< 20 bytes.
  std::int64_t last_step = -1;  ///< Newest step accepted: that one and older ones are refused.
  Instant added_at;
};

/// One of those that stand in when the second step is lost; each works once.
struct RecoveryCode {
  Digest digest;  ///< SHA-256 of the code as it is compared: 16 characters, no dashes.
  std::optional<Instant> used_at;
};

/// A WebAuthn credential (W3C Web Authentication, level 2).
struct Passkey {
  std::string id;          ///< Raw credential id; unique in the installation.
  std::string public_key;  ///< COSE_Key (RFC 9052 section 7).
  std::uint32_t sign_count = 0;
  std::string name;  ///< What its owner calls it.
  Instant added_at;
  std::optional<Instant> last_used_at;
  bool user_verified = false;  ///< Whether the authenticator verified its user when it was added.
  /// Whether its maker may copy it to other devices (WebAuthn level 3 section 6.1.3); nothing: it
  /// was added before that was noted.
  std::optional<bool> backup_eligible = {};
  std::vector<std::string> transports;
};

/// Somebody at an OpenID provider; `issuer` and `subject` together are unique in the installation.
struct ExternalIdentity {
  std::string issuer;
  std::string subject;
  Instant added_at;
};

/// Move-only, since it holds the key of TOTP: Clone() makes the copies that a change needs.
struct SignIn {
  AccountId account;
  std::string password_hash;  ///< Argon2id; empty: cannot sign in by password.
  std::optional<TotpEnrolment> totp;
  std::vector<RecoveryCode> recovery_codes;
  std::vector<Passkey> passkeys;
  std::vector<ExternalIdentity> identities;
  Instant password_changed_at;
  /// Whether the password is long enough where it is the only step (NIST SP 800-63B-4 section
  /// 3.1.1.2); nobody can tell from its hash.
  bool password_stands_alone = true;

  [[nodiscard]] SignIn Clone() const;

  /// Whether the password, with the second step if there is one, is enough of a proof.
  [[nodiscard]] bool password_suffices() const {
    return password_stands_alone || password_hash.empty() || has_second_step();
  }

  /// Whether signing in by password asks for something more: TOTP, or a passkey.
  [[nodiscard]] bool has_second_step() const { return totp.has_value() || !passkeys.empty(); }
  [[nodiscard]] std::size_t recovery_codes_left() const;
};

/// The hash to compare a password of `account` with; empty: none. Accounts that were made before
/// there were sign-in records keep theirs in the account, until a sign-in record is made that has
/// one. `sign_in` may be null.
[[nodiscard]] std::string_view PasswordHashOf(const Account& account, const SignIn* sign_in);

}  // namespace latchkey
