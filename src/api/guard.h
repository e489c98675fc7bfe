#pragma once

// Lets a request in, or says why not: takes the Authorization field apart, asks the Verifier, and
// notes the outcome for the access log and the use of the credential. Decides nothing itself.
//
// Thread safety: any number of threads.

#include <string_view>

#include "authority/caller.h"
#include "base/clock.h"
#include "http/exchange.h"
#include "problem/problem.h"
#include "scope/requirement.h"
#include "verify/usage.h"
#include "verify/verifier.h"

namespace latchkey::api {

class Guard {
 public:
  /// All outlive the guard. `public_url` is where the pages are, without a slash at its end; empty:
  /// refusals have no link to them.
  Guard(const Verifier& verifier, UsageRecorder& usage, const Clock& clock,
        std::string_view public_url)
      : verifier_(verifier), usage_(usage), clock_(clock), public_url_(public_url) {}

  /// `action` is for the access log: "api-token.issue". Cookies and every other field are ignored.
  [[nodiscard]] OrProblem<Grant> Admit(http::Exchange& exchange, const Requirement& requirement,
                                       std::string_view action) const;

 private:
  const Verifier& verifier_;
  UsageRecorder& usage_;
  const Clock& clock_;
  std::string_view public_url_;
};

/// One Authorization field at most (RFC 6750 section 2). Problems: kTwoCredentials.
[[nodiscard]] OrProblem<void> RequireOneCredential(const http::RequestHead& head);

/// On whose behalf a change is made. `holder` outlives the result.
[[nodiscard]] Caller CallerFor(const http::RequestHead& head, const Holder& holder);

}  // namespace latchkey::api
