#pragma once

// The use cases of accounts, workspaces and repositories. Each change is durable and in force when
// its function returns.
//
// Thread safety: any number of threads; every function may block for the time of a sync,
// CreateAccount also for that of a password hash.

#include <optional>
#include <string>
#include <string_view>

#include "authority/caller.h"
#include "authority/factor_authority.h"
#include "authority/ledger.h"
#include "authority/record_sealer.h"
#include "authority/session_authority.h"
#include "authority/store.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/secret.h"
#include "verify/directory.h"

namespace latchkey {

struct NewAccount {
  std::string email;
  std::string username;
  std::string display_name;  ///< Empty: the username.
  AccountKind kind = AccountKind::kPerson;
  bool admin = false;
  SecretString password;  ///< Empty: none. Otherwise see signin/password_rules.h.
};

/// What is to be different; what is missing stays.
struct AccountEdit {
  std::optional<std::string> display_name = {};
  std::optional<bool> admin = {};
  std::optional<AccountState> state = {};
};

class AccountAuthority {
 public:
  struct Parts {
    Store& store;
    Ledger& ledger;
    const RecordSealer& sealer;
    const Directory& directory;
    FactorAuthority& factors;
    SessionAuthority& sessions;
    const Clock& clock;
    Random& random;
  };

  /// The references in `parts` outlive this object.
  explicit AccountAuthority(Parts parts) : parts_(parts) {}

  /// Errors: kInvalidArgument, kAlreadyExists (e-mail or username), kLimitExceeded (too many
  /// passwords at once), as Ledger::Submit.
  [[nodiscard]] Result<Account> CreateAccount(const NewAccount& request, const Caller& caller);
  /// What CreateAccount would refuse, but for the password. Errors: kInvalidArgument,
  /// kAlreadyExists.
  [[nodiscard]] Result<void> CheckNewAccount(const NewAccount& request) const;

  /// By username or e-mail. Errors: kNotFound, with the nearest names.
  [[nodiscard]] Result<Account> FindAccount(std::string_view name) const;

  /// Suspending takes all of an account's credentials out of force at once, and ends its sessions;
  /// resuming puts back those credentials that did not end meanwhile. Errors: kNotFound, as
  /// Ledger::Submit.
  [[nodiscard]] Result<Account> SetState(std::string_view name, AccountState state,
                                         const Caller& caller);

  /// One change of all that `edit` names, or none if it is so already. Errors: kInvalidArgument
  /// (the display name), kNotFound, kConflict (somebody else changed it meanwhile), as
  /// Ledger::Submit.
  [[nodiscard]] Result<Account> Edit(const AccountId& id, const AccountEdit& edit,
                                     const Caller& caller);

  /// Errors: kInvalidArgument, kAlreadyExists, as Ledger::Submit.
  [[nodiscard]] Result<Workspace> CreateWorkspace(std::string_view slug, const Caller& caller);

  /// Makes the account a member with that role, or changes its role.
  /// Errors: kNotFound (workspace or account), as Ledger::Submit.
  [[nodiscard]] Result<Membership> GrantRole(std::string_view workspace, std::string_view name,
                                             Role role, const Caller& caller);

  /// Errors: kNotFound (workspace, account or membership), as Ledger::Submit.
  [[nodiscard]] Result<void> RemoveMember(std::string_view workspace, std::string_view name,
                                          const Caller& caller);

  /// The record alone: the files are the caller's (git/repositories.h), made before, so that a
  /// record never stands without them. Errors: kInvalidArgument, kNotFound (workspace),
  /// kAlreadyExists, as Ledger::Submit.
  [[nodiscard]] Result<Repository> CreateRepository(std::string_view workspace,
                                                    std::string_view slug, const Caller& caller);
  /// What CreateRepository would refuse.
  [[nodiscard]] Result<void> CheckNewRepository(std::string_view workspace,
                                                std::string_view slug) const;

  [[nodiscard]] const Directory& directory() const { return parts_.directory; }

 private:
  template <typename T>
  [[nodiscard]] Result<void> Submit(Sealed<T> record, const ChangeInfo& info);
  [[nodiscard]] Result<std::optional<MembershipRecord>> FindMembership(
      std::string_view workspace, const AccountId& account) const;
  [[nodiscard]] Result<void> RequireWorkspace(std::string_view slug) const;

  Parts parts_;
};

}  // namespace latchkey
