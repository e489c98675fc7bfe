#pragma once

// The two endpoints of OAuth 2.0 that take a credential's text and ask about it.
//
//     POST /api/v1/introspect   is it in force, whose is it, what may it do?   RFC 7662
//     POST /api/v1/revoke       it is not to be used any more                  RFC 7009
//
// Whoever asks about another's credential must hold `introspect:credential:latchkey`, and learns
// nothing of one that is not in force, for whatever reason, but that. Whoever holds a credential's
// secret may end it: there is nothing to prove beyond the secret itself.
//
// Thread safety: any number of threads.

#include <optional>

#include "api/call.h"
#include "api/guard.h"
#include "authority/credential_authority.h"
#include "base/clock.h"
#include "http/blocking_pool.h"
#include "scope/requirement.h"
#include "verify/verifier.h"

namespace latchkey::api {

class TokenEndpoints {
 public:
  /// All references outlive the endpoints.
  struct Parts {
    const Guard& guard;
    /// For credentials that their own holder presents: throttles.
    const Verifier& verifier;
    /// For those that somebody else asks about: does not, so that a service that is sent wrong ones
    /// can go on asking.
    const Verifier& introspector;
    CredentialAuthority& authority;
    const Clock& clock;
    http::BlockingPool& pool;
    const Settings& settings;
    const Requirement& any;         ///< Any live credential.
    const Requirement& introspect;  ///< Of who asks.
  };

  explicit TokenEndpoints(const Parts& parts) : parts_(parts) {}

  /// 200 with {"active":false} and nothing else, or with what is known. Problems: as Guard::Admit
  /// and ReadFormBody.
  [[nodiscard]] http::Awaitable<Outcome> Introspect(const Call& call) const;

  /// 200 without body, also for what is no credential of ours, or is one no longer. Problems: as
  /// Guard::Admit if there is an Authorization field, ReadFormBody; kThrottled; what stopped the
  /// change.
  [[nodiscard]] http::Awaitable<Outcome> Revoke(const Call& call) const;

 private:
  [[nodiscard]] Outcome Describe(const Holder& holder) const;
  /// Whose it is. Whoever holds a secret must be able to end it, however many others were ended or
  /// mistaken before: the throttle is asked about those alone that prove nothing.
  [[nodiscard]] Verdict Recognise(const SecretString& token, std::string_view address) const;

  Parts parts_;
};

}  // namespace latchkey::api
