#pragma once

// How an account signs in: its password, TOTP, recovery codes, passkeys, identities elsewhere.
//
// Whoever calls has seen to it that the account proved itself a moment ago (LiveSession); what an
// operator or a link may do stands below by itself. Each change is durable and in force when its
// function returns, and made once however many ask at the same time: a change is one more version
// of one record, and of two with the same number one is refused and looks again.
//
// Thread safety: any number of threads; every function may block for the time of a sync, those with
// a password also for that of a hash.

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "authority/caller.h"
#include "authority/ledger.h"
#include "authority/password_checker.h"
#include "authority/record_sealer.h"
#include "authority/session_authority.h"
#include "authority/sign_in_result.h"
#include "authority/store.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/secret.h"
#include "signin/password_rules.h"
#include "signin/pending_totp.h"
#include "signin/sign_in.h"
#include "signin/sign_in_directory.h"
#include "verify/directory.h"

namespace latchkey {

struct TotpOffer {
  SecretString uri;       ///< `otpauth://totp/…`: for a QR code.
  SecretString key_text;  ///< The key in Base32, for typing.
};

struct RecoveryCodes {
  std::vector<SecretString> codes;  ///< `xxxx-xxxx-xxxx-xxxx`, shown once. May be empty.
};

/// A password that would do, as it is stored.
struct PreparedPassword {
  SecretString hash;
  bool stands_alone = true;  ///< See SignIn::password_stands_alone.
};

class FactorAuthority {
 public:
  struct Parts {
    Store& store;
    Ledger& ledger;
    const RecordSealer& sealer;
    const Directory& directory;
    const SignInDirectory& sign_ins;
    PasswordChecker& passwords;
    PasswordRules password_rules;
    SessionAuthority& sessions;
    const Clock& clock;
    Random& random;
    std::string issuer = "Latchkey";  ///< In authenticator apps: the installation's name.
    /// After each change of how an account signs in, by any thread; not after its first one, which
    /// is an invitation that was taken up.
    std::function<void(const AccountId&, const ChangeInfo&)> on_changed = {};
  };

  /// The references in `parts` outlive this object.
  explicit FactorAuthority(Parts parts) : parts_(std::move(parts)) {}

  /// How the account signs in; null: it has no way yet. From memory.
  [[nodiscard]] std::shared_ptr<const SignIn> Find(const AccountId& account) const;
  /// Whether it asks for a second step: it has TOTP or a passkey.
  [[nodiscard]] bool HasSecondStep(const AccountId& account) const;
  [[nodiscard]] bool CanSignIn(const AccountId& id) const;
  /// The second steps it can do now: `totp`, `passkey`, `recovery-code`.
  [[nodiscard]] std::vector<std::string> SecondSteps(const AccountId& account) const;

  /// Sets or replaces the password; all sessions but `keep_session` end.
  /// Refusals: kWeakPassword, kBusy, kError.
  [[nodiscard]] SignInResult<void> SetPassword(const AccountId& id, const SecretString& password,
                                               std::string_view keep_session, const Caller& caller);
  /// Both halves of it, for who has something to do in between: the hash of a password that would
  /// do (`account` need not exist yet), and putting it in force.
  /// Refusals: kWeakPassword, kBusy, kError.
  [[nodiscard]] SignInResult<PreparedPassword> PreparePassword(const Account& account,
                                                               const SecretString& password);
  /// Errors: kNotFound, as Ledger::Submit.
  [[nodiscard]] Result<void> ApplyPassword(const AccountId& id, const PreparedPassword& password,
                                           std::string_view keep_session, const Caller& caller);
  /// What SetPassword would refuse. Refusals: kWeakPassword, kError.
  [[nodiscard]] SignInResult<void> CheckNewPassword(const Account& account,
                                                    const SecretString& password) const;

  /// A key that is in force once a code of it was confirmed, within 10 minutes. Another call
  /// replaces it. Errors: kAlreadyExists if the account has TOTP; as Random::Fill.
  [[nodiscard]] Result<TotpOffer> OfferTotp(const AccountId& id);
  /// Returns recovery codes if the account had none. Refusals: kSecondStepFailed (a wrong code),
  /// kAttemptOver (no offer), kError.
  [[nodiscard]] SignInResult<RecoveryCodes> ConfirmTotp(const AccountId& account,
                                                        std::string_view code,
                                                        const Caller& caller);
  /// Errors: kNotFound; kConflict if nothing but a short password would be left, see
  /// SignIn::password_suffices; as Ledger::Submit.
  [[nodiscard]] Result<void> RemoveTotp(const AccountId& account, const Caller& caller);

  /// Ten new ones; the old ones end. Errors: as Random::Fill, Ledger::Submit.
  [[nodiscard]] Result<RecoveryCodes> ReplaceRecoveryCodes(const AccountId& account,
                                                           const Caller& caller);

  /// `added_at` and `last_used_at` are set here. Returns recovery codes if the account had none.
  /// Errors: kInvalidArgument (the name), kAlreadyExists (the id), kLimitExceeded (50), as
  /// Ledger::Submit.
  [[nodiscard]] Result<RecoveryCodes> AddPasskey(const AccountId& account, Passkey passkey,
                                                 const Caller& caller);
  /// `id` is the raw credential id. Errors: kInvalidArgument, kNotFound, as Ledger::Submit.
  [[nodiscard]] Result<void> RenamePasskey(const AccountId& account, std::string_view id,
                                           const std::string& name, const Caller& caller);
  /// Errors: kNotFound, as RemoveTotp.
  [[nodiscard]] Result<void> RemovePasskey(const AccountId& account, std::string_view id,
                                           const Caller& caller);

  /// By e-mail the caller verified, or by the account itself. Errors: kAlreadyExists (it is another
  /// account's), as Ledger::Submit.
  [[nodiscard]] Result<void> LinkIdentity(const AccountId& account, const std::string& issuer,
                                          const std::string& subject, const Caller& caller);
  [[nodiscard]] Result<void> UnlinkIdentity(const AccountId& account, const std::string& issuer,
                                            const std::string& subject, const Caller& caller);

  /// For an operator: takes TOTP, passkeys and recovery codes away, and ends all sessions. A
  /// password that is too short to be the only step signs in no more: a link lets its owner choose
  /// another. Returns whether there were any. Errors: as Ledger::Submit.
  [[nodiscard]] Result<bool> ResetSecondStep(const AccountId& account, const Caller& caller);

  /// Proofs. False: it does not prove anything, for whatever reason.
  /// Errors: as Store::Find, Ledger::Submit.
  [[nodiscard]] Result<bool> ProveTotp(const AccountId& account, std::string_view code,
                                       const Caller& caller);
  [[nodiscard]] Result<bool> ProveRecoveryCode(const AccountId& account, std::string_view code,
                                               const Caller& caller);
  /// The passkey is the account's, and its counter went on (WebAuthn level 3 section 6.1.1).
  [[nodiscard]] Result<bool> ProvePasskey(const AccountId& account, std::string_view id,
                                          std::uint32_t sign_count, const Caller& caller);

 private:
  /// A record and what its seal holds; version 0 where there is none yet.
  struct Opened {
    SignInRecord record;
    SignIn sign_in;
  };
  [[nodiscard]] Result<Opened> OpenOrBegin(const AccountId& account) const;
  /// Seals it as the next version. Errors: as Ledger::Submit.
  [[nodiscard]] Result<void> SubmitNext(Opened opened, const ChangeInfo& info);
  /// `edit(sign_in)` makes the next version, or says with `false` that nothing is to change. Tries
  /// again where somebody was faster.
  template <typename Edit>
  [[nodiscard]] Result<bool> Change(const AccountId& account, const ChangeInfo& info, Edit edit);
  /// Ten new codes, if they are wanted.
  [[nodiscard]] Result<RecoveryCodes> DrawCodes(bool wanted, SignIn& sign_in) const;

  Parts parts_;
  PendingTotp pending_;
};

}  // namespace latchkey
