#pragma once

// Lets a request of somebody who signed in through, or says why not: takes the session cookie,
// finds the session, and sees to what the request needs beyond it.
//
//     no session                     sign-in-required            401, without a challenge: a
//     browser
//                                                                would ask for a password itself
//     a change, from another site    cross-site                  403
//     no second step, policy says so second-step-required        403
//     the last proof is too old      reauthentication-required   403
//     not an administrator           permission-denied           403
//     the node cannot tell now       stale                       503
//
// Where there is an Authorization field, that decides and the cookie counts for nothing.
//
// Thread safety: any number of threads.

#include <optional>
#include <string_view>

#include "api/call.h"
#include "authority/caller.h"
#include "authority/factor_authority.h"
#include "authority/session_authority.h"
#include "base/clock.h"
#include "cluster/lease.h"
#include "http/exchange.h"
#include "problem/problem.h"
#include "signin/sign_in_directory.h"

namespace latchkey::api {

class SessionGuard {
 public:
  /// All outlive the guard.
  struct Parts {
    const SessionAuthority& sessions;
    const FactorAuthority& factors;
    const SignInDirectory& sign_ins;
    const Clock& clock;
    const Settings& settings;
    /// Of a node of several: once it has run out, nobody is let in. May be null.
    const Lease* lease = nullptr;
  };

  /// What a request needs beyond a session.
  struct Need {
    bool fresh_proof = false;  ///< A proof within the time of `reauthentication`.
    bool admin = false;
    /// Open to an account that must set up a second step first: what it does that with.
    bool before_second_step = false;
  };

  explicit SessionGuard(const Parts& parts) : parts_(parts) {}

  /// `action` is for the access log: "session.list".
  [[nodiscard]] OrProblem<LiveSession> Admit(http::Exchange& exchange, std::string_view action,
                                             Need need) const;
  [[nodiscard]] OrProblem<LiveSession> Admit(http::Exchange& exchange,
                                             std::string_view action) const {
    return Admit(exchange, action, Need{});
  }

  /// For what is open to whoever is not signed in too: the session that the request's cookie names,
  /// if it is in force; asks for nothing else. Problems: kStale, whether there is one or not.
  [[nodiscard]] OrProblem<std::optional<LiveSession>> Look(http::Exchange& exchange) const;
  /// The same where `stale` is no answer: a session that the node cannot vouch for is none.
  [[nodiscard]] std::optional<LiveSession> Find(const http::RequestHead& head) const;

  /// Whether policy keeps the account from everything but setting up a second step.
  [[nodiscard]] bool OwesSecondStep(const Account& account) const;

 private:
  /// Looked at after memory was: what was read before is not older than the lease.
  [[nodiscard]] bool IsStale() const { return parts_.lease != nullptr && !parts_.lease->IsLive(); }
  [[nodiscard]] std::optional<LiveSession> FindInMemory(const http::RequestHead& head) const;

  Parts parts_;
};

/// Whether a request to a resource that takes both is one of a person with a browser: there is no
/// Authorization field, and either a session cookie or a sign that a page's script asks.
[[nodiscard]] bool IsOfPerson(const http::RequestHead& head);

/// On behalf of the account whose session it is.
[[nodiscard]] Caller CallerFor(const http::RequestHead& head, const LiveSession& live);
/// On behalf of the installation: of an administrator, who may change what is not his own.
[[nodiscard]] Caller OperatorFor(const http::RequestHead& head, const LiveSession& live);

/// Who signs in, as the authorities want to know it.
[[nodiscard]] SignInClient ClientOf(const http::RequestHead& head);

}  // namespace latchkey::api
