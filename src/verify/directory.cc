#include "verify/directory.h"

#include <mutex>

#include "base/text.h"

namespace latchkey {

void Directory::Put(const Account& account) {
  auto node = std::make_shared<const Node>(account);
  const std::unique_lock lock{mutex_};
  Known& known = KnownOf(account.id);
  if (!known.forgotten) ForgetNames(*known.account);
  names_.insert_or_assign(FoldAscii(account.email), account.id);
  names_.insert_or_assign(FoldAscii(account.username), account.id);
  // The account first: who sees its standing finds it.
  by_number_.At(known.number).store(node.get(), std::memory_order_release);
  SetStanding(known.number, account.state == AccountState::kSuspended ? AccountStanding::kSuspended
                                                                      : AccountStanding::kActive);
  known.account.swap(node);
  known.forgotten = false;
  if (node != nullptr) epochs_.Retire([node] {});
}

Directory::Known& Directory::KnownOf(const AccountId& id) {
  const auto [entry, fresh] = accounts_.try_emplace(id);
  if (fresh) {
    entry->second.number = static_cast<std::uint32_t>(by_number_.Grow());
    if (entry->second.number % kStandings == 0) (void)standings_.Grow();
    ids_.push_back(&entry->first);
  }
  return entry->second;
}

void Directory::SetStanding(std::uint32_t number, AccountStanding standing) {
  std::atomic<std::uint64_t>& word = standings_.At(number / kStandings);
  const std::uint64_t others =
      word.load(std::memory_order_relaxed) & ~(kStandingMask << ShiftOf(number));
  word.store(others | std::uint64_t{static_cast<std::uint8_t>(standing)} << ShiftOf(number),
             std::memory_order_release);
}

void Directory::ForgetNames(const Account& account) {
  names_.erase(FoldAscii(account.email));
  names_.erase(FoldAscii(account.username));
}

std::uint32_t Directory::NumberOf(const AccountId& id) {
  {
    const std::shared_lock lock{mutex_};
    const auto found = accounts_.find(id);
    if (found != accounts_.end()) return found->second.number;
  }
  const std::unique_lock lock{mutex_};
  return KnownOf(id).number;
}

AccountId Directory::IdOf(std::uint32_t number) const {
  const std::shared_lock lock{mutex_};
  return *ids_[number];
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
  if (found == accounts_.end() || found->second.forgotten) return;
  ForgetNames(*found->second.account);
  found->second.forgotten = true;
  SetStanding(found->second.number, AccountStanding::kNone);
}

void Directory::RemoveMembership(std::string_view workspace, const AccountId& account) {
  const std::unique_lock lock{mutex_};
  roles_.erase({std::string{workspace}, account});
}

std::shared_ptr<const Account> Directory::FindAccount(const AccountId& id) const {
  const std::shared_lock lock{mutex_};
  const auto found = accounts_.find(id);
  if (found == accounts_.end() || found->second.forgotten) return nullptr;
  return found->second.account;
}

std::shared_ptr<const Account> Directory::FindAccountByName(std::string_view name) const {
  const std::string folded = FoldAscii(name);
  const std::shared_lock lock{mutex_};
  const auto found = names_.find(folded);
  return found == names_.end() ? nullptr : accounts_.at(found->second).account;
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
  for (const auto& [id, known] : accounts_) {
    if (known.forgotten) continue;
    by_name.emplace(FoldAscii(known.account->username), known.account);
  }
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
