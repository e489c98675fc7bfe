#pragma once

// What is needed to sign people in, in memory: sign-ins, sessions, links and the policy in force.
// The projection fills it (authority/projection.h); whatever is refused there is not here.
//
// It decides nothing: who asks compares digests and looks at times. Of sessions and links it holds
// those that have not ended or been used; an expired one stays until ForgetExpired().
//
// Thread safety: any number of threads. What it hands out stays as it was when it was asked for.

#include <cstddef>
#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "account/account.h"
#include "base/instant.h"
#include "crypto/digest.h"
#include "signin/link.h"
#include "signin/policy_record.h"
#include "signin/session.h"
#include "signin/sign_in.h"

namespace latchkey {

struct KnownSession {
  Session session;
  Digest digest;  ///< Of the cookie's value.
};

struct KnownLink {
  Link link;
  Digest digest;  ///< Of the link's text.
};

class SignInDirectory {
 public:
  void Put(SignIn sign_in);
  void RemoveSignIn(const AccountId& account);
  /// An ended session is taken out.
  void Put(KnownSession session);
  void RemoveSession(const std::string& id);
  /// A used link is taken out.
  void Put(KnownLink link);
  void RemoveLink(const std::string& id);
  void Put(InstallationPolicy policy);
  /// Takes sessions and links out that have expired at `now`.
  void ForgetExpired(Instant now);
  /// Empties it: the policy is the default again.
  void Clear();

  // Null if there is none.
  [[nodiscard]] std::shared_ptr<const SignIn> FindSignIn(const AccountId& account) const;
  [[nodiscard]] std::shared_ptr<const SignIn> FindByIdentity(const std::string& issuer,
                                                             const std::string& subject) const;
  [[nodiscard]] std::shared_ptr<const SignIn> FindByPasskey(const std::string& id) const;
  [[nodiscard]] std::shared_ptr<const KnownSession> FindSession(std::string_view id) const;
  [[nodiscard]] std::shared_ptr<const KnownLink> FindLink(std::string_view id) const;

  /// Of one account, newest first.
  [[nodiscard]] std::vector<std::shared_ptr<const KnownSession>> ListSessions(
      const AccountId& account) const;
  /// Links of one account, newest first.
  [[nodiscard]] std::vector<std::shared_ptr<const KnownLink>> ListLinks(
      const AccountId& account) const;

  // Everything, in any order: for the projection.
  [[nodiscard]] std::vector<AccountId> ListSignIns() const;
  [[nodiscard]] std::vector<std::string> ListSessionIds() const;
  [[nodiscard]] std::vector<std::string> ListLinkIds() const;

  /// The default if nobody set one.
  [[nodiscard]] std::shared_ptr<const InstallationPolicy> policy() const;

 private:
  using Identity = std::pair<std::string, std::string>;
  template <typename Value>
  using Map = std::map<std::string, std::shared_ptr<const Value>, std::less<>>;

  void Unlink(const SignIn& sign_in);
  void EraseSession(std::string_view id);

  mutable std::shared_mutex mutex_;
  Map<SignIn> sign_ins_;
  std::map<Identity, AccountId> by_identity_;
  std::map<std::string, AccountId, std::less<>> by_passkey_;
  Map<KnownSession> sessions_;
  std::map<AccountId, std::vector<std::string>, std::less<>> sessions_by_account_;
  Map<KnownLink> links_;
  std::shared_ptr<const InstallationPolicy> policy_ = std::make_shared<InstallationPolicy>();
};

}  // namespace latchkey
