#pragma once

// Everything of /api/v1 that people use through the pages: signing in, their own ways in, and what
// administrators see and change. Built once, owned by the ApiHandler.

#include <functional>
#include <memory>
#include <vector>

#include "api/admin_accounts.h"
#include "api/admin_system.h"
#include "api/factor_resource.h"
#include "api/link_resource.h"
#include "api/oidc_resource.h"
#include "api/passkey_resource.h"
#include "api/route.h"
#include "api/services.h"
#include "api/session_guard.h"
#include "api/session_list_resource.h"
#include "api/sign_in_resource.h"

namespace latchkey::api {

/// What people's resources need beyond what credentials' do. The references outlive the API.
struct PeopleParts {
  SignInAuthority& sign_in;
  SessionAuthority& sessions;
  FactorAuthority& factors;
  LinkAuthority& links;
  AccountAuthority& accounts;
  PolicyAuthority& policy;
  const Directory& directory;
  const SignInDirectory& sign_ins;
  Random& random;
  const Store& store;
  const ChangeCodec& codec;
  const Apps& apps;
  const Projection& projection;
  std::function<Health()> health;
  const std::vector<OidcProvider>& oidc;
  http::BlockingPool& outside_pool;
  /// Null: no mail is sent.
  mail::Outbox* outbox = nullptr;
  /// Of a node of several; null on one alone.
  const Lease* lease = nullptr;
};

class PeopleApi {
 public:
  struct Shared {
    CredentialAuthority& credentials;
    const Clock& clock;
    http::BlockingPool& pool;
    const Settings& settings;
  };

  PeopleApi(const PeopleParts& parts, const Shared& shared);
  PeopleApi(const PeopleApi&) = delete;
  PeopleApi& operator=(const PeopleApi&) = delete;

  void AddTo(Routes& routes) const;

  /// For the resources that credentials use, too.
  [[nodiscard]] const Services& services() const { return services_; }

 private:
  SessionGuard guard_;
  Services services_;
  SignInResource sign_in_{services_};
  SessionListResource sessions_{services_};
  FactorResource factors_{services_};
  PasskeyResource passkeys_{services_};
  LinkResource links_{services_};
  OidcResource oidc_{services_};
  AdminAccounts admin_accounts_{services_};
  AdminSystem admin_system_;
};

}  // namespace latchkey::api
