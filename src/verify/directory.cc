#include "verify/directory.h"

#include <mutex>

#include "base/text.h"

namespace latchkey {

void Directory::Put(const Account& account) {
  auto shared = std::make_shared<const Account>(account);
  const std::unique_lock lock{mutex_};
  std::shared_ptr<const Account>& slot = accounts_[account.id];
  if (slot != nullptr) {
    names_.erase(FoldAscii(slot->email));
    names_.erase(FoldAscii(slot->username));
  }
  names_.insert_or_assign(FoldAscii(account.email), account.id);
  names_.insert_or_assign(FoldAscii(account.username), account.id);
  slot = std::move(shared);
}

void Directory::Put(const Workspace& workspace) {
  const std::unique_lock lock{mutex_};
  workspaces_.insert_or_assign(workspace.slug, workspace);
}

void Directory::Put(const Membership& membership) {
  const std::unique_lock lock{mutex_};
  roles_.insert_or_assign({membership.workspace, membership.account}, membership.role);
}

void Directory::Put(const Repository& repository) {
  const std::unique_lock lock{mutex_};
  repositories_.insert_or_assign({repository.workspace, repository.slug}, repository);
}

void Directory::RemoveAccount(const AccountId& id) {
  const std::unique_lock lock{mutex_};
  const auto found = accounts_.find(id);
  if (found == accounts_.end()) return;
  names_.erase(FoldAscii(found->second->email));
  names_.erase(FoldAscii(found->second->username));
  accounts_.erase(found);
}

void Directory::RemoveMembership(std::string_view workspace, const AccountId& account) {
  const std::unique_lock lock{mutex_};
  roles_.erase({std::string{workspace}, account});
}

std::shared_ptr<const Account> Directory::FindAccount(const AccountId& id) const {
  const std::shared_lock lock{mutex_};
  const auto found = accounts_.find(id);
  return found == accounts_.end() ? nullptr : found->second;
}

std::shared_ptr<const Account> Directory::FindAccountByName(std::string_view name) const {
  const std::string folded = FoldAscii(name);
  const std::shared_lock lock{mutex_};
  const auto found = names_.find(folded);
  return found == names_.end() ? nullptr : accounts_.at(found->second);
}

bool Directory::HasWorkspace(std::string_view slug) const {
  const std::shared_lock lock{mutex_};
  return workspaces_.contains(slug);
}

bool Directory::HasRepository(std::string_view workspace, std::string_view slug) const {
  const std::shared_lock lock{mutex_};
  return repositories_.contains({std::string{workspace}, std::string{slug}});
}

std::optional<Role> Directory::FindRole(std::string_view workspace,
                                        const AccountId& account) const {
  const std::shared_lock lock{mutex_};
  const auto found = roles_.find({std::string{workspace}, account});
  if (found == roles_.end()) return std::nullopt;
  return found->second;
}

std::vector<std::shared_ptr<const Account>> Directory::ListAccounts() const {
  std::map<std::string, std::shared_ptr<const Account>> by_name;
  const std::shared_lock lock{mutex_};
  for (const auto& [id, account] : accounts_)
    by_name.emplace(FoldAscii(account->username), account);
  std::vector<std::shared_ptr<const Account>> accounts;
  for (auto& [name, account] : by_name) accounts.push_back(account);
  return accounts;
}

std::vector<Workspace> Directory::ListWorkspaces() const {
  const std::shared_lock lock{mutex_};
  std::vector<Workspace> workspaces;
  for (const auto& [slug, workspace] : workspaces_) workspaces.push_back(workspace);
  return workspaces;
}

std::vector<Membership> Directory::ListMemberships() const {
  const std::shared_lock lock{mutex_};
  std::vector<Membership> memberships;
  for (const auto& [key, role] : roles_) {
    memberships.push_back({.workspace = key.first, .account = key.second, .role = role});
  }
  return memberships;
}

std::vector<Membership> Directory::ListMemberships(std::string_view workspace) const {
  std::vector<Membership> memberships = ListMemberships();
  std::erase_if(memberships, [workspace](const Membership& membership) {
    return membership.workspace != workspace;
  });
  return memberships;
}

std::vector<Repository> Directory::ListRepositories() const {
  const std::shared_lock lock{mutex_};
  std::vector<Repository> repositories;
  for (const auto& [key, repository] : repositories_) repositories.push_back(repository);
  return repositories;
}

}  // namespace latchkey
