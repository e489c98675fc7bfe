#pragma once

// Accounts, workspaces, memberships and repositories in memory.
//
// Thread safety: any number of readers, and writers, at once.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "account/account.h"

namespace latchkey {

class Directory {
 public:
  /// Inserts, or replaces the account with that id, under its new names.
  void Put(const Account& account);
  void Put(const Workspace& workspace);
  void Put(const Membership& membership);
  void Put(const Repository& repository);
  /// Forgets an account: nothing of it passes any more.
  void RemoveAccount(const AccountId& id);
  void RemoveMembership(std::string_view workspace, const AccountId& account);

  [[nodiscard]] std::shared_ptr<const Account> FindAccount(const AccountId& id) const;
  /// By e-mail or username, without regard to ASCII letter case.
  [[nodiscard]] std::shared_ptr<const Account> FindAccountByName(std::string_view name) const;
  [[nodiscard]] bool HasWorkspace(std::string_view slug) const;
  [[nodiscard]] bool HasRepository(std::string_view workspace, std::string_view slug) const;
  [[nodiscard]] std::optional<Role> FindRole(std::string_view workspace,
                                             const AccountId& account) const;

  /// Ordered by name.
  [[nodiscard]] std::vector<std::shared_ptr<const Account>> ListAccounts() const;
  [[nodiscard]] std::vector<Workspace> ListWorkspaces() const;
  [[nodiscard]] std::vector<Membership> ListMemberships() const;
  [[nodiscard]] std::vector<Membership> ListMemberships(std::string_view workspace) const;
  [[nodiscard]] std::vector<Repository> ListRepositories() const;

 private:
  mutable std::shared_mutex mutex_;
  std::map<AccountId, std::shared_ptr<const Account>, std::less<>> accounts_;
  std::map<std::string, AccountId, std::less<>> names_;  // Folded e-mail and username.
  std::map<std::string, Workspace, std::less<>> workspaces_;
  std::map<std::pair<std::string, AccountId>, Role> roles_;
  std::map<std::pair<std::string, std::string>, Repository> repositories_;
};

}  // namespace latchkey
