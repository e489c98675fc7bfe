#include "signin/sign_in_directory.h"

#include <algorithm>
#include <mutex>
#include <tuple>

namespace latchkey {
namespace {

template <typename Key, typename Map>
auto FindIn(const Map& map, const Key& key) -> typename Map::mapped_type {
  const auto found = map.find(key);
  return found == map.end() ? nullptr : found->second;
}

template <typename Map>
std::vector<std::string> KeysOf(const Map& map) {
  std::vector<std::string> keys;
  keys.reserve(map.size());
  for (const auto& [key, value] : map) keys.push_back(key);
  return keys;
}

}  // namespace

void SignInDirectory::Put(SignIn sign_in) {
  auto put = std::make_shared<const SignIn>(std::move(sign_in));
  const std::scoped_lock lock{mutex_};
  auto& held = sign_ins_[put->account];
  if (held) Unlink(*held);
  for (const ExternalIdentity& identity : put->identities) {
    by_identity_.insert_or_assign({identity.issuer, identity.subject}, put->account);
  }
  for (const Passkey& passkey : put->passkeys) {
    by_passkey_.insert_or_assign(passkey.id, put->account);
  }
  held = std::move(put);
}

void SignInDirectory::RemoveSignIn(const AccountId& account) {
  const std::scoped_lock lock{mutex_};
  const auto found = sign_ins_.find(account);
  if (found == sign_ins_.end()) return;
  Unlink(*found->second);
  sign_ins_.erase(found);
}

void SignInDirectory::Unlink(const SignIn& sign_in) {
  const auto erase = [&sign_in](auto& map, const auto& key) {
    const auto found = map.find(key);
    if (found != map.end() && found->second == sign_in.account) map.erase(found);
  };
  for (const ExternalIdentity& identity : sign_in.identities) {
    erase(by_identity_, Identity{identity.issuer, identity.subject});
  }
  for (const Passkey& passkey : sign_in.passkeys) erase(by_passkey_, passkey.id);
}

void SignInDirectory::Put(KnownSession session) {
  const std::scoped_lock lock{mutex_};
  EraseSession(session.session.id);
  if (session.session.ended_at) return;
  auto put = std::make_shared<const KnownSession>(std::move(session));
  sessions_by_account_[put->session.account].push_back(put->session.id);
  sessions_.insert_or_assign(put->session.id, std::move(put));
}

void SignInDirectory::RemoveSession(const std::string& id) {
  const std::scoped_lock lock{mutex_};
  EraseSession(id);
}

void SignInDirectory::EraseSession(std::string_view id) {
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  const auto account = sessions_by_account_.find(found->second->session.account);
  if (account != sessions_by_account_.end()) {
    std::erase(account->second, id);
    if (account->second.empty()) sessions_by_account_.erase(account);
  }
  sessions_.erase(found);
}

void SignInDirectory::Put(KnownLink link) {
  const std::scoped_lock lock{mutex_};
  if (link.link.used_at) {
    links_.erase(link.link.id);
    return;
  }
  auto put = std::make_shared<const KnownLink>(std::move(link));
  links_.insert_or_assign(put->link.id, std::move(put));
}

void SignInDirectory::RemoveLink(const std::string& id) {
  const std::scoped_lock lock{mutex_};
  links_.erase(id);
}

void SignInDirectory::Put(InstallationPolicy policy) {
  auto put = std::make_shared<const InstallationPolicy>(std::move(policy));
  const std::scoped_lock lock{mutex_};
  policy_ = std::move(put);
}

void SignInDirectory::ForgetExpired(Instant now) {
  const std::scoped_lock lock{mutex_};
  std::vector<std::string> expired;
  for (const auto& [id, known] : sessions_) {
    if (!known->session.IsLive(now)) expired.push_back(id);
  }
  for (const std::string& id : expired) EraseSession(id);
  std::erase_if(links_, [now](const auto& entry) { return !entry.second->link.IsLive(now); });
}

void SignInDirectory::Clear() {
  const std::scoped_lock lock{mutex_};
  sign_ins_.clear();
  by_identity_.clear();
  by_passkey_.clear();
  sessions_.clear();
  sessions_by_account_.clear();
  links_.clear();
  policy_ = std::make_shared<const InstallationPolicy>();
}

std::shared_ptr<const SignIn> SignInDirectory::FindSignIn(const AccountId& account) const {
  const std::shared_lock lock{mutex_};
  return FindIn(sign_ins_, account);
}

std::shared_ptr<const SignIn> SignInDirectory::FindByIdentity(const std::string& issuer,
                                                              const std::string& subject) const {
  const std::shared_lock lock{mutex_};
  const auto found = by_identity_.find({issuer, subject});
  return found == by_identity_.end() ? nullptr : FindIn(sign_ins_, found->second);
}

std::shared_ptr<const SignIn> SignInDirectory::FindByPasskey(const std::string& id) const {
  const std::shared_lock lock{mutex_};
  const auto found = by_passkey_.find(id);
  return found == by_passkey_.end() ? nullptr : FindIn(sign_ins_, found->second);
}

std::shared_ptr<const KnownSession> SignInDirectory::FindSession(std::string_view id) const {
  const std::shared_lock lock{mutex_};
  return FindIn(sessions_, id);
}

std::shared_ptr<const KnownLink> SignInDirectory::FindLink(std::string_view id) const {
  const std::shared_lock lock{mutex_};
  return FindIn(links_, id);
}

std::vector<std::shared_ptr<const KnownSession>> SignInDirectory::ListSessions(
    const AccountId& account) const {
  std::vector<std::shared_ptr<const KnownSession>> listed;
  {
    const std::shared_lock lock{mutex_};
    const auto found = sessions_by_account_.find(account);
    if (found == sessions_by_account_.end()) return listed;
    for (const std::string& id : found->second) listed.push_back(FindIn(sessions_, id));
  }
  std::ranges::sort(listed, [](const auto& left, const auto& right) {
    return std::tie(left->session.created_at, left->session.id) >
           std::tie(right->session.created_at, right->session.id);
  });
  return listed;
}

std::vector<std::shared_ptr<const KnownLink>> SignInDirectory::ListLinks(
    const AccountId& account) const {
  std::vector<std::shared_ptr<const KnownLink>> listed;
  {
    const std::shared_lock lock{mutex_};
    for (const auto& [id, known] : links_) {
      if (known->link.account == account) listed.push_back(known);
    }
  }
  std::ranges::sort(listed, [](const auto& left, const auto& right) {
    return std::tie(left->link.created_at, left->link.id) >
           std::tie(right->link.created_at, right->link.id);
  });
  return listed;
}

std::vector<AccountId> SignInDirectory::ListSignIns() const {
  const std::shared_lock lock{mutex_};
  return KeysOf(sign_ins_);
}

std::vector<std::string> SignInDirectory::ListSessionIds() const {
  const std::shared_lock lock{mutex_};
  return KeysOf(sessions_);
}

std::vector<std::string> SignInDirectory::ListLinkIds() const {
  const std::shared_lock lock{mutex_};
  return KeysOf(links_);
}

std::shared_ptr<const InstallationPolicy> SignInDirectory::policy() const {
  const std::shared_lock lock{mutex_};
  return policy_;
}

}  // namespace latchkey
