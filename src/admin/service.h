#pragma once

// What an operator may do, as methods with JSON parameters: the one implementation behind the
// command line, whether a server runs (over the socket) or not (called in place).
//
//     account.create|list|show|suspend|resume|link|reset-second-step|end-sessions
//     workspace.create|grant|remove|list|show      repo.create|list
//     token.create|list|show|rename|revoke         app-password.create|list|show|rename|revoke
//     app.add|list|show|remove|explain
//     policy.show|set          catalogue.list|show      audit.verify      status
//
// Decides nothing itself: what is allowed, and what a name may look like, is the authorities'.
// Lists come in pages:
// {"values":[…],"next":KEY|null}, with "after" and "limit" among their parameters.
//
// Thread safety: any number of threads; a call may block for the time of a sync, a password hash or
// an audit.

#include <functional>
#include <map>
#include <string>
#include <string_view>

#include "admin/json.h"
#include "admin/params.h"
#include "admin/ports.h"
#include "authority/account_authority.h"
#include "authority/announcer.h"
#include "authority/app_authority.h"
#include "authority/caller.h"
#include "authority/cluster_member.h"
#include "authority/credential_authority.h"
#include "authority/factor_authority.h"
#include "authority/ledger.h"
#include "authority/link_authority.h"
#include "authority/policy_authority.h"
#include "authority/projection.h"
#include "authority/session_authority.h"
#include "authority/usage_store.h"
#include "base/clock.h"
#include "base/result.h"
#include "scope/catalogue.h"
#include "verify/directory.h"
#include "verify/index.h"

namespace latchkey::admin {

/// Rows of one page of a list, at most.
inline constexpr std::size_t kPageSizeMax = 500;

using Method = std::function<Result<Json>(Params& params, const Caller& caller)>;
using MethodTable = std::map<std::string, Method, std::less<>>;

class AdminService {
 public:
  struct Parts {
    CredentialAuthority& credentials;
    AccountAuthority& accounts;
    AppAuthority& apps;
    PolicyAuthority& policy;
    FactorAuthority& factors;
    SessionAuthority& sessions;
    LinkAuthority& links;
    const UsageStore& usage;
    const Catalogues& catalogues;
    const Directory& directory;
    const Clock& clock;
    const Ledger& ledger;
    const Index& index;
    const Projection& projection;
    RepositoryFiles& repositories;
    Auditor& auditor;
    Presentation presentation;
    /// Of a node of several; one alone waits for nobody.
    Announcer announcer = {};
    /// Likewise; null: it is alone.
    const ClusterMember* node = nullptr;
  };

  /// The references in `parts` outlive this object.
  explicit AdminService(Parts parts);
  AdminService(const AdminService&) = delete;
  AdminService& operator=(const AdminService&) = delete;

  /// On a node of several it returns when the others know of what was changed. The answer of a
  /// revoke method then also says where it is in force (`effective_at`, `confirmed`, `fenced`), or,
  /// where the parameter `wait` is false, `in_force_by`.
  /// The answer of a create method holds a secret: wipe it when it was shown.
  /// Errors: kInvalidArgument (also an unknown method), and those of the authorities and ports.
  [[nodiscard]] Result<Json> Call(std::string_view method, const Json& params,
                                  const Caller& caller);

 private:
  Parts parts_;
  MethodTable methods_;
};

}  // namespace latchkey::admin
