#include "authority/factor_authority.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "credential/scan.h"
#include "crypto/totp.h"
#include "signin/recovery_codes.h"

namespace latchkey {
namespace {

using enum Error::Code;
using Why = SignInRefusal::Cause;

/// How often a change is tried again when the record changed meanwhile.
constexpr int kAttemptsMax = 10;
constexpr std::size_t kPasskeysMax = 50;
constexpr std::size_t kNameSizeMax = 80;

std::unexpected<Error> NoSuchAccount() { return Fail(kNotFound, "no such account"); }

std::unexpected<SignInRefusal> Refused(Why cause, Error error) {
  constexpr std::chrono::seconds kBusyFor{2};
  return std::unexpected(
      SignInRefusal{.cause = cause,
                    .retry_after = cause == Why::kBusy ? kBusyFor : std::chrono::seconds{0},
                    .error = std::move(error)});
}

Result<void> CheckName(const std::string& name) {
  if (Result<void> valid = ValidateDisplayText("the name", name, kNameSizeMax); !valid) {
    return valid;
  }
  if (!FindCredential(name)) return {};
  return Fail(kInvalidArgument, "the name has a whole credential in it",
              "It would be shown in lists and logs. Choose another text.");
}

std::vector<Passkey>::iterator FindPasskey(SignIn& sign_in, std::string_view id) {
  return std::ranges::find(sign_in.passkeys, id, &Passkey::id);
}

std::unexpected<Error> NoSuchPasskey() {
  return Fail(kNotFound, "no such passkey", "It may have been removed meanwhile.");
}

/// What a change of a sign-in may answer: go on, leave it as it is, or an error.
using Edited = Result<bool>;

/// After something was taken away that its owner could keep.
Edited RequireEnoughLeft(const SignIn& sign_in) {
  if (sign_in.password_suffices()) return true;
  return Fail(kConflict, "the password is too short to be the only step",
              "Choose one of at least " + std::to_string(PasswordRules::kCharactersMin) +
                  " characters first.");
}

}  // namespace

std::shared_ptr<const SignIn> FactorAuthority::Find(const AccountId& account) const {
  return parts_.sign_ins.FindSignIn(account);
}

bool FactorAuthority::HasSecondStep(const AccountId& account) const {
  const std::shared_ptr<const SignIn> sign_in = Find(account);
  return sign_in && sign_in->has_second_step();
}

bool FactorAuthority::CanSignIn(const AccountId& id) const {
  const std::shared_ptr<const Account> account = parts_.directory.FindAccount(id);
  if (!account || account->kind != AccountKind::kPerson) return false;
  const std::shared_ptr<const SignIn> sign_in = Find(id);
  const bool has_password = !PasswordHashOf(*account, sign_in.get()).empty();
  if (has_password && (!sign_in || sign_in->password_suffices())) return true;
  return sign_in && (!sign_in->passkeys.empty() || !sign_in->identities.empty());
}

std::vector<std::string> FactorAuthority::SecondSteps(const AccountId& account) const {
  std::vector<std::string> steps;
  const std::shared_ptr<const SignIn> sign_in = Find(account);
  if (!sign_in || !sign_in->has_second_step()) return steps;
  if (sign_in->totp) steps.emplace_back("totp");
  if (!sign_in->passkeys.empty()) steps.emplace_back("passkey");
  if (sign_in->recovery_codes_left() != 0) steps.emplace_back("recovery-code");
  return steps;
}

Result<FactorAuthority::Opened> FactorAuthority::OpenOrBegin(const AccountId& account) const {
  Opened opened{.record = {.account = account, .version = 0, .seal = {}}, .sign_in = {}};
  opened.sign_in.account = account;
  Result<Record> found = parts_.store.Find(RecordType::kSignIn, account);
  if (!found && found.error().code == kNotFound) return opened;
  if (!found) return std::unexpected(found.error());
  opened.record = std::get<SignInRecord>(std::move(*found));
  Result<SignIn> sign_in = parts_.sealer.OpenSignIn(opened.record);
  if (!sign_in) return std::unexpected(sign_in.error());
  opened.sign_in = std::move(*sign_in);
  return opened;
}

Result<void> FactorAuthority::SubmitNext(Opened opened, const ChangeInfo& info) {
  const AccountId account = opened.record.account;
  const bool first = opened.record.version == 0;
  ++opened.record.version;
  Result<void> sealed = parts_.sealer.SealSignIn(opened.record, opened.sign_in);
  if (!sealed) return sealed;
  Result<void> submitted =
      parts_.ledger.Submit({.record = std::move(opened.record), .info = info, .claim = {}});
  if (submitted && !first && parts_.on_changed) parts_.on_changed(account, info);
  return submitted;
}

template <typename Edit>
Result<bool> FactorAuthority::Change(const AccountId& account, const ChangeInfo& info, Edit edit) {
  if (!parts_.directory.FindAccount(account)) return NoSuchAccount();
  for (int attempt = 1;; ++attempt) {
    Result<Opened> opened = OpenOrBegin(account);
    if (!opened) return std::unexpected(opened.error());
    const Edited edited = edit(opened->sign_in);
    if (!edited || !*edited) return edited;
    const Result<void> submitted = SubmitNext(std::move(*opened), info);
    if (submitted) return true;
    const bool raced =
        submitted.error().code == kConflict || submitted.error().code == kAlreadyExists;
    if (!raced || attempt == kAttemptsMax) return std::unexpected(submitted.error());
  }
}

SignInResult<void> FactorAuthority::CheckNewPassword(const Account& account,
                                                     const SecretString& password) const {
  const Result<void> checked =
      parts_.password_rules.Check(password, account, HasSecondStep(account.id));
  if (checked) return {};
  const bool weak = checked.error().code == kInvalidArgument;
  return Refused(weak ? Why::kWeakPassword : Why::kError, checked.error());
}

SignInResult<PreparedPassword> FactorAuthority::PreparePassword(const Account& account,
                                                                const SecretString& password) {
  if (SignInResult<void> usable = CheckNewPassword(account, password); !usable) {
    return std::unexpected(std::move(usable.error()));
  }
  Result<std::string> hash = parts_.passwords.Hash(password);
  if (hash) {
    return PreparedPassword{.hash = SecretString{std::move(*hash)},
                            .stands_alone = PasswordRules::StandsAlone(password)};
  }
  const bool busy = hash.error().code == kLimitExceeded;
  return Refused(busy ? Why::kBusy : Why::kError, hash.error());
}

Result<void> FactorAuthority::ApplyPassword(const AccountId& id, const PreparedPassword& password,
                                            std::string_view keep_session, const Caller& caller) {
  const Instant now = parts_.clock.Now();
  const Result<bool> changed =
      Change(id, caller.Info("sign-in.set-password"), [&](SignIn& sign_in) -> Edited {
        // A second step that went away meanwhile asks for a longer one.
        if (!password.stands_alone && !sign_in.has_second_step()) {
          return Fail(kConflict, "the second step was removed meanwhile", "Choose it again.");
        }
        sign_in.password_hash = password.hash.Expose();
        sign_in.password_stands_alone = password.stands_alone;
        sign_in.password_changed_at = now;
        return true;
      });
  if (!changed) return std::unexpected(changed.error());
  const Result<std::uint64_t> ended =
      parts_.sessions.EndAll(id, keep_session, "the password was changed", caller);
  if (!ended) return std::unexpected(ended.error());
  return {};
}

SignInResult<void> FactorAuthority::SetPassword(const AccountId& id, const SecretString& password,
                                                std::string_view keep_session,
                                                const Caller& caller) {
  const std::shared_ptr<const Account> account = parts_.directory.FindAccount(id);
  if (!account) return Refuse(NoSuchAccount().error());
  const SignInResult<PreparedPassword> prepared = PreparePassword(*account, password);
  if (!prepared) return std::unexpected(prepared.error());
  Result<void> applied = ApplyPassword(id, *prepared, keep_session, caller);
  if (!applied) return Refuse(applied.error());
  return {};
}

Result<TotpOffer> FactorAuthority::OfferTotp(const AccountId& id) {
  const std::shared_ptr<const Account> account = parts_.directory.FindAccount(id);
  if (!account) return NoSuchAccount();
  const std::shared_ptr<const SignIn> sign_in = Find(id);
  if (sign_in && sign_in->totp) {
    return Fail(kAlreadyExists, "an authenticator app is set up already", "Remove it first.");
  }
  Result<SecretString> key = DrawTotpKey(parts_.random);
  if (!key) return std::unexpected(key.error());
  TotpOffer offer{.uri = TotpUri(*key, parts_.issuer, account->email),
                  .key_text = TotpKeyText(*key)};
  pending_.Put(id, std::move(*key), parts_.clock.Now());
  return offer;
}

Result<RecoveryCodes> FactorAuthority::DrawCodes(bool wanted, SignIn& sign_in) const {
  RecoveryCodes drawn;
  if (!wanted) return drawn;
  Result<std::vector<SecretString>> codes = DrawRecoveryCodes(parts_.random);
  if (!codes) return std::unexpected(codes.error());
  sign_in.recovery_codes.clear();
  for (const SecretString& code : *codes) {
    sign_in.recovery_codes.push_back(
        {.digest = RecoveryCodeDigest(code.Expose()).value_or(Digest{}), .used_at = {}});
  }
  drawn.codes = std::move(*codes);
  return drawn;
}

SignInResult<RecoveryCodes> FactorAuthority::ConfirmTotp(const AccountId& account,
                                                         std::string_view code,
                                                         const Caller& caller) {
  const Instant now = parts_.clock.Now();
  const std::optional<SecretString> key = pending_.Find(account, now);
  if (!key) {
    return Refused(Why::kAttemptOver, {.code = kNotFound,
                                       .message = "no authenticator app is being set up",
                                       .hint = "Begin again; there are ten minutes for it."});
  }
  const std::optional<std::int64_t> step = FindTotpStep(*key, code, now);
  if (!step) {
    return Refused(Why::kSecondStepFailed,
                   {.code = kInvalidArgument,
                    .message = "the code is not the one of this key",
                    .hint = "Check the time of your device, and type the code it shows now."});
  }
  Result<RecoveryCodes> codes;
  const Result<bool> changed =
      Change(account, caller.Info("sign-in.add-totp"), [&](SignIn& sign_in) -> Edited {
        if (sign_in.totp) {
          return Fail(kAlreadyExists, "an authenticator app is set up already", "Remove it first.");
        }
        codes = DrawCodes(sign_in.recovery_codes_left() == 0, sign_in);
        if (!codes) return std::unexpected(codes.error());
        // The code that confirmed it must not sign anybody in.
        sign_in.totp =
            TotpEnrolment{.key = SecretString{key->Expose()}, .last_step = *step, .added_at = now};
        return true;
      });
  if (!changed) return Refuse(changed.error());
  pending_.Erase(account);
  return std::move(*codes);
}

Result<void> FactorAuthority::RemoveTotp(const AccountId& account, const Caller& caller) {
  const Result<bool> changed =
      Change(account, caller.Info("sign-in.remove-totp"), [](SignIn& sign_in) -> Edited {
        if (!sign_in.totp) return Fail(kNotFound, "no authenticator app is set up");
        sign_in.totp.reset();
        return RequireEnoughLeft(sign_in);
      });
  if (!changed) return std::unexpected(changed.error());
  return {};
}

Result<RecoveryCodes> FactorAuthority::ReplaceRecoveryCodes(const AccountId& account,
                                                            const Caller& caller) {
  Result<RecoveryCodes> codes;
  const Result<bool> changed = Change(account, caller.Info("sign-in.replace-recovery-codes"),
                                      [&](SignIn& sign_in) -> Edited {
                                        codes = DrawCodes(true, sign_in);
                                        if (!codes) return std::unexpected(codes.error());
                                        return true;
                                      });
  if (!changed) return std::unexpected(changed.error());
  return codes;
}

Result<RecoveryCodes> FactorAuthority::AddPasskey(const AccountId& account, Passkey passkey,
                                                  const Caller& caller) {
  if (Result<void> valid = CheckName(passkey.name); !valid) return std::unexpected(valid.error());
  if (parts_.sign_ins.FindByPasskey(passkey.id)) {
    return Fail(kAlreadyExists, "this passkey is registered already",
                "Use another, or remove that one first.");
  }
  passkey.added_at = parts_.clock.Now();
  passkey.last_used_at.reset();
  Result<RecoveryCodes> codes;
  const Result<bool> changed =
      Change(account, caller.Info("sign-in.add-passkey"), [&](SignIn& sign_in) -> Edited {
        if (FindPasskey(sign_in, passkey.id) != sign_in.passkeys.end()) {
          return Fail(kAlreadyExists, "this passkey is registered already");
        }
        if (sign_in.passkeys.size() >= kPasskeysMax) {
          return Fail(kLimitExceeded, "there are 50 passkeys already", "Remove one first.");
        }
        codes = DrawCodes(sign_in.recovery_codes_left() == 0, sign_in);
        if (!codes) return std::unexpected(codes.error());
        sign_in.passkeys.push_back(passkey);
        return true;
      });
  if (!changed) return std::unexpected(changed.error());
  return codes;
}

Result<void> FactorAuthority::RenamePasskey(const AccountId& account, std::string_view id,
                                            const std::string& name, const Caller& caller) {
  if (Result<void> valid = CheckName(name); !valid) return valid;
  const Result<bool> changed =
      Change(account, caller.Info("sign-in.rename-passkey"), [&](SignIn& sign_in) -> Edited {
        const auto found = FindPasskey(sign_in, id);
        if (found == sign_in.passkeys.end()) return NoSuchPasskey();
        found->name = name;
        return true;
      });
  if (!changed) return std::unexpected(changed.error());
  return {};
}

Result<void> FactorAuthority::RemovePasskey(const AccountId& account, std::string_view id,
                                            const Caller& caller) {
  const Result<bool> changed =
      Change(account, caller.Info("sign-in.remove-passkey"), [&](SignIn& sign_in) -> Edited {
        const auto found = FindPasskey(sign_in, id);
        if (found == sign_in.passkeys.end()) return NoSuchPasskey();
        sign_in.passkeys.erase(found);
        return RequireEnoughLeft(sign_in);
      });
  if (!changed) return std::unexpected(changed.error());
  return {};
}

Result<void> FactorAuthority::LinkIdentity(const AccountId& account, const std::string& issuer,
                                           const std::string& subject, const Caller& caller) {
  const std::shared_ptr<const SignIn> owner = parts_.sign_ins.FindByIdentity(issuer, subject);
  if (owner && owner->account != account) {
    return Fail(kAlreadyExists, "this identity is linked to another account",
                "Unlink it there first.");
  }
  const Instant now = parts_.clock.Now();
  const Result<bool> changed =
      Change(account, caller.Info("sign-in.link-identity", issuer), [&](SignIn& sign_in) -> Edited {
        for (const ExternalIdentity& identity : sign_in.identities) {
          if (identity.issuer == issuer && identity.subject == subject) return false;
        }
        sign_in.identities.push_back({.issuer = issuer, .subject = subject, .added_at = now});
        return true;
      });
  if (!changed) return std::unexpected(changed.error());
  return {};
}

Result<void> FactorAuthority::UnlinkIdentity(const AccountId& account, const std::string& issuer,
                                             const std::string& subject, const Caller& caller) {
  const Result<bool> changed = Change(
      account, caller.Info("sign-in.unlink-identity", issuer), [&](SignIn& sign_in) -> Edited {
        const auto gone = std::erase_if(sign_in.identities, [&](const ExternalIdentity& identity) {
          return identity.issuer == issuer && identity.subject == subject;
        });
        if (gone == 0) return Fail(kNotFound, "this identity is not linked");
        return true;
      });
  if (!changed) return std::unexpected(changed.error());
  return {};
}

Result<bool> FactorAuthority::ResetSecondStep(const AccountId& account, const Caller& caller) {
  const Result<bool> changed =
      Change(account, caller.Info("sign-in.reset-second-step"), [](SignIn& sign_in) -> Edited {
        if (!sign_in.has_second_step() && sign_in.recovery_codes.empty()) return false;
        sign_in.totp.reset();
        sign_in.passkeys.clear();
        sign_in.recovery_codes.clear();
        return true;
      });
  if (!changed) return changed;
  const Result<std::uint64_t> ended =
      parts_.sessions.EndAll(account, {}, "the second step was reset", caller);
  if (!ended) return std::unexpected(ended.error());
  return changed;
}

Result<bool> FactorAuthority::ProveTotp(const AccountId& account, std::string_view code,
                                        const Caller& caller) {
  const Instant now = parts_.clock.Now();
  return Change(account, caller.Info("sign-in.use-totp"), [&](SignIn& sign_in) -> Edited {
    if (!sign_in.totp) return false;
    const std::optional<std::int64_t> step = FindTotpStep(sign_in.totp->key, code, now);
    if (!step || *step <= sign_in.totp->last_step) return false;
    sign_in.totp->last_step = *step;
    return true;
  });
}

Result<bool> FactorAuthority::ProveRecoveryCode(const AccountId& account, std::string_view code,
                                                const Caller& caller) {
  const Instant now = parts_.clock.Now();
  return Change(account, caller.Info("sign-in.use-recovery-code"), [&](SignIn& sign_in) -> Edited {
    const std::optional<std::size_t> found = FindRecoveryCode(sign_in.recovery_codes, code);
    if (!found) return false;
    sign_in.recovery_codes[*found].used_at = now;
    return true;
  });
}

Result<bool> FactorAuthority::ProvePasskey(const AccountId& account, std::string_view id,
                                           std::uint32_t sign_count, const Caller& caller) {
  const Instant now = parts_.clock.Now();
  return Change(account, caller.Info("sign-in.use-passkey"), [&](SignIn& sign_in) -> Edited {
    const auto found = FindPasskey(sign_in, id);
    if (found == sign_in.passkeys.end()) return false;
    const bool counts = sign_count != 0 || found->sign_count != 0;
    if (counts && sign_count <= found->sign_count) return false;  // A copy of the authenticator.
    found->sign_count = sign_count;
    found->last_used_at = now;
    return true;
  });
}

}  // namespace latchkey
