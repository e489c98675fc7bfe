#pragma once

// The one decision function: REST, Git, proxies and introspection all ask it, with the requirement
// of the operation that will really run.
//
//     AttemptView ─ what was presented, from where, when
//     Requirement ─ scopes or permissions of one app          ──> Decision
//     Access ────── role in a workspace, if it touches one
//
// It answers from memory, without I/O. Decide() answers in views: it takes no lock (unless it is
// asked about a role, or has to count a failure), allocates nothing and writes to no memory that
// another thread writes to. Verify() is the same decision with everything owned, for those who keep
// it over a wait. Order of the checks: form and checksum; id and secret (an
// unknown id costs as much time as a wrong secret); user part; revoked; expired; account suspended;
// app; scopes or permissions; membership. The first that fails is the cause. Last, whether what is
// in memory was fresh: after the decision, so that a process which was frozen over it says nothing.
//
// Thread safety: any number of threads.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cluster/lease.h"
#include "credential/authorization.h"
#include "scope/requirement.h"
#include "verify/decision.h"
#include "verify/decision_counters.h"
#include "verify/directory.h"
#include "verify/epoch.h"
#include "verify/index.h"
#include "verify/throttle.h"
#include "verify/verdict.h"

namespace latchkey {

struct Attempt {
  /// Nothing: the client sent no credential.
  const std::optional<Presented>& presented;
  /// For the throttle.
  std::string_view client_address;
  Instant now;
};

/// An attempt as a proxy hands it on: nothing is owned.
struct AttemptView {
  /// The value of the one Authorization field, without the white space around it. Empty: the client
  /// sent no credential.
  std::string_view authorization;
  /// For the throttle.
  std::string_view client_address;
  Instant now;
};

struct Access {
  std::string_view workspace;
  Role role;  ///< At least this.
};

/// A denial of Decide()'s with everything owned; its guard must still live. Allocates.
[[nodiscard]] Denial ToDenial(const Decision& decision, const Requirement& requirement);

class Verifier {
 public:
  /// `index` and `directory` outlive the verifier, and so does `lease`: of a node of several. Once
  /// it has run out, every decision is kStale. Null: what is in memory is always all there is.
  Verifier(const Index& index, const Directory& directory, ThrottleSettings throttle,
           const Lease* lease = nullptr)
      : index_(index), directory_(directory), throttle_(throttle), lease_(lease) {}

  /// What every Decide() needs. Cheap, and cheaper still once for several decisions; see
  /// verify/epoch.h for how long it may live.
  [[nodiscard]] EpochDomain::Guard Enter() const { return directory_.epochs().Enter(); }

  /// Decides. What the answer points to stays while `guard`, which is this verifier's, lives; what
  /// it says of the attempt points to nothing. Allocates only where the client sent more than a
  /// kilobyte of credential, or failed.
  [[nodiscard]] Decision Decide(const EpochDomain::Guard& guard, const AttemptView& attempt,
                                const Requirement& requirement,
                                const std::optional<Access>& access = std::nullopt) const noexcept;

  /// The same decision, owned.
  [[nodiscard]] Verdict Verify(const Attempt& attempt, const Requirement& requirement,
                               const std::optional<Access>& access = std::nullopt) const;

  /// Whether nothing may be said of what is in memory, because the lease has run out.
  [[nodiscard]] bool IsStale() const { return lease_ != nullptr && !lease_->IsLive(); }
  /// How old what is in memory may be, of a node of several.
  [[nodiscard]] std::optional<std::chrono::milliseconds> Age() const {
    return lease_ == nullptr ? std::nullopt : lease_->Age();
  }

  /// Decisions so far: index 0 allowed, then one for each Cause in its order.
  [[nodiscard]] CauseCounts Counts() const { return counters_.Total(); }
  /// The same for each app that was asked about.
  [[nodiscard]] std::vector<AppCounts> CountsByApp() const { return counters_.ByApp(); }

 private:
  /// A credential whose secret was presented rightly.
  struct Proven {
    HolderView holder;
    std::optional<Instant> revoked_at;
    bool suspended;
  };

  /// Judges, throttles and counts; of `attempt` it reads address and time alone.
  [[nodiscard]] Decision DecideOn(const EpochDomain::Guard& guard,
                                  const std::optional<PresentedView>& presented,
                                  const AttemptView& attempt, const Requirement& requirement,
                                  const std::optional<Access>& access) const;
  [[nodiscard]] Decision Judge(const EpochDomain::Guard& guard, const PresentedView& presented,
                               Instant now, const Requirement& requirement,
                               const std::optional<Access>& access) const;
  [[nodiscard]] std::optional<Proven> Identify(const EpochDomain::Guard& guard,
                                               const CredentialClaim& claim) const;
  void CountFailure(const AttemptView& attempt, Decision& decision) const;

  const Index& index_;
  const Directory& directory_;
  mutable Throttle throttle_;
  const Lease* lease_;
  DecisionCounters counters_;
};

}  // namespace latchkey
