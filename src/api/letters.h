#pragma once

// Letters to the owner of an account about what somebody did to it.
//
// Nothing is sent where no mail is configured, to service accounts, and to addresses that no
// envelope can hold. No letter is waited for.
//
// Thread safety: any number of threads.

#include <mutex>
#include <optional>

#include "account/account.h"
#include "authority/caller.h"
#include "authority/change.h"
#include "authority/record.h"
#include "authority/sign_in_authority.h"
#include "base/clock.h"
#include "mail/message.h"
#include "mail/outbox.h"
#include "signin/expiring_map.h"
#include "verify/directory.h"

namespace latchkey::api {

/// Nothing for whom no letter is for.
[[nodiscard]] std::optional<mail::Recipient> RecipientOf(const Account& account);
[[nodiscard]] mail::CredentialFacts FactsOf(const CredentialRecord& record);

class Letters {
 public:
  /// Of revocations, to one account; what else was revoked its list of credentials shows.
  static constexpr int kRevocationsAnHour = 10;

  struct Parts {
    mail::Outbox* outbox = nullptr;  ///< Null: nothing is sent.
    const Directory& directory;
    const Clock& clock;
    mail::Site site;
    bool about_sign_ins = true;
  };

  /// The references in `parts` outlive this object.
  explicit Letters(Parts parts) : parts_(std::move(parts)) {}

  /// Of a credential that somebody else ended: an administrator, an operator, whoever found its
  /// secret. For CredentialAuthority::Parts::on_revoked.
  void TellOfRevocation(const CredentialRecord& record, const Caller& caller);

  /// Of what was changed in how an account signs in, whoever did it; not of proofs and names. For
  /// FactorAuthority::Parts::on_changed.
  void TellOfSignInChange(const AccountId& account, const ChangeInfo& info);

  /// Of a sign-in from a device that is new to the account. For SignInAuthority::Parts::on_event.
  void TellOfSignIn(const SignInEvent& event);

 private:
  [[nodiscard]] bool MayTellOfRevocation(const AccountId& account);
  /// `ana (administrator)`, as an owner would know who acted; empty for the owner.
  [[nodiscard]] std::string NameOf(std::string_view actor, std::string_view owner = {}) const;

  static constexpr std::size_t kAccountsMax = 10'000;

  Parts parts_;
  std::mutex mutex_;
  ExpiringMap<int> sent_{kAccountsMax};  ///< Letters of this hour, by account.
};

}  // namespace latchkey::api
