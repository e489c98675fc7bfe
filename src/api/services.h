#pragma once

// What the resources for people stand on. Built once, above them all.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "api/call.h"
#include "api/session_guard.h"
#include "authority/account_authority.h"
#include "authority/credential_authority.h"
#include "authority/factor_authority.h"
#include "authority/link_authority.h"
#include "authority/policy_authority.h"
#include "authority/session_authority.h"
#include "authority/sign_in_authority.h"
#include "base/clock.h"
#include "base/random.h"
#include "http/blocking_pool.h"
#include "mail/outbox.h"
#include "oidc/provider.h"
#include "signin/sign_in_directory.h"
#include "verify/directory.h"
#include "webauthn/webauthn.h"

namespace latchkey::api {

/// An OpenID provider that people may sign in with.
struct OidcProvider {
  std::string name;   ///< In addresses: `google`.
  std::string title;  ///< On the button.
  std::unique_ptr<oidc::Provider> provider;
};

/// Of Services::outside_pool.
inline constexpr std::size_t kOutsideThreads = 4;

/// The references outlive whatever is built on them.
struct Services {
  SignInAuthority& sign_in;
  SessionAuthority& sessions;
  FactorAuthority& factors;
  LinkAuthority& links;
  AccountAuthority& accounts;
  CredentialAuthority& credentials;
  PolicyAuthority& policy;
  const SessionGuard& guard;
  const Directory& directory;
  const SignInDirectory& sign_ins;
  const Clock& clock;
  Random& random;
  http::BlockingPool& pool;
  /// For what waits for the servers of others, which may hang: few threads, whom nobody else needs.
  http::BlockingPool& outside_pool;
  const Settings& settings;
  /// Nothing where browsers offer no passkeys: an address that is none of a host by https.
  std::optional<webauthn::RelyingParty> party;
  const std::vector<OidcProvider>& oidc;
  /// Null: no mail is sent.
  mail::Outbox* outbox = nullptr;
};

}  // namespace latchkey::api
