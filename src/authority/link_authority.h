#pragma once

// One-time links: what lets somebody sign in who cannot yet.
//
//     PUBLIC_URL/link#ID.SECRET      the part behind # is never sent by a browser by itself
//
// A set-up link makes the first administrator; an invitation or a reset sets a password. A link
// works once, however many follow it at the same time, and none is shown twice: only its digest is
// kept.
//
// Thread safety: any number of threads; every function may block for the time of a sync.

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "authority/account_authority.h"
#include "authority/factor_authority.h"
#include "authority/sign_in_authority.h"
#include "signin/link.h"
#include "signin/sign_in_throttle.h"

namespace latchkey {

struct NewLink {
  Link link;
  SecretString text;  ///< `id.secret`. Shown once.
};

/// What following a link answers: nothing of it is secret to who has the link.
struct LinkView {
  Link link;
  std::shared_ptr<const Account> account;  ///< Null: a set-up link.
};

struct LinkAnswer {
  SecretString password;
  std::string username;  ///< The next three for a set-up link alone.
  std::string email;
  std::string display_name;  ///< Empty: the username.
};

class LinkAuthority {
 public:
  struct Parts {
    Store& store;
    Ledger& ledger;
    const RecordSealer& sealer;
    const Directory& directory;
    const SignInDirectory& sign_ins;
    AccountAuthority& accounts;
    FactorAuthority& factors;
    SignInAuthority& sign_in;
    const Clock& clock;
    Random& random;
  };

  /// The references in `parts` outlive this object.
  explicit LinkAuthority(Parts parts) : parts_(parts) {}

  /// A new link of that kind for the account; those of the account that were not used end.
  /// Errors: kNotFound; kInvalidArgument (a service account, or suspended); as Ledger::Submit.
  [[nodiscard]] Result<NewLink> Make(LinkKind kind, const AccountId& id, const Caller& caller);
  /// An invitation if the account cannot sign in yet, else a reset. Errors: as Make.
  [[nodiscard]] Result<NewLink> MakeFor(const AccountId& account, const Caller& caller);

  /// Counts that somebody at `address` says to have forgotten a password: twenty in a row, then
  /// with pauses that grow to five minutes, whoever is named. Refusals: kThrottled.
  [[nodiscard]] SignInResult<void> AttendAsk(std::string_view address);
  /// What such an ask makes for whom `user` names: as MakeFor, or nothing for nobody, for whom may
  /// have no link, and while the newest link is younger than kAskPause, so that however many asks
  /// at once fill no mailbox and do not end the link that is on its way. Errors: as
  /// Ledger::Submit.
  [[nodiscard]] Result<std::optional<NewLink>> MakeByAsk(std::string_view user,
                                                         const Caller& caller);
  static constexpr std::chrono::minutes kAskPause{5};

  /// Whether somebody can sign in: otherwise a set-up link is due.
  [[nodiscard]] bool IsSetUp() const;
  /// A new set-up link; the one before ends. Errors: kConflict once somebody can sign in; as
  /// Ledger::Submit.
  [[nodiscard]] Result<NewLink> MakeSetUp(const Caller& caller);

  /// Refusals: kLinkOver.
  [[nodiscard]] SignInResult<LinkView> Inspect(std::string_view text) const;

  /// Uses the link. Refusals: kLinkOver, kWeakPassword, kBusy, kError (kInvalidArgument,
  /// kAlreadyExists: what a set-up link was given; the link stays good).
  [[nodiscard]] SignInResult<SignInOutcome> Accept(std::string_view text, LinkAnswer answer,
                                                   const SignInClient& client);

 private:
  [[nodiscard]] Result<NewLink> MakeNew(LinkKind kind, const std::optional<AccountId>& account,
                                        const Caller& caller);
  /// Ends those that were not used: of the account, or the set-up links.
  [[nodiscard]] Result<void> EndUnused(const std::optional<AccountId>& account,
                                       const Caller& caller);
  /// False if somebody was faster.
  [[nodiscard]] Result<bool> MarkUsed(const std::string& id, const ChangeInfo& info);
  [[nodiscard]] SignInResult<void> Use(const Link& link, const Caller& caller);
  [[nodiscard]] SignInResult<AccountId> AcceptSetUp(const Link& link, LinkAnswer answer,
                                                    const Caller& caller);
  [[nodiscard]] SignInResult<AccountId> AcceptPassword(const LinkView& view,
                                                       const SecretString& password,
                                                       const Caller& caller);

  Parts parts_;
  std::mutex asking_;  // From looking for the newest link until the next one is known.
  SignInThrottle asks_{{.forget_after = std::chrono::hours{1}}};
};

}  // namespace latchkey
