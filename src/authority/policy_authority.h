#pragma once

// The policy of the installation: what an administrator allows for new credentials and for signing
// in, within what the settings allow.
//
//     settings: token_lifetime_max = 366d      the outer bound
//     policy:   token_lifetime_max = 90d       what is in force
//
// It concerns what is made from then on: a credential that is there already stays as it is.
//
// Thread safety: any number of threads.

#include "authority/caller.h"
#include "authority/ledger.h"
#include "authority/policy.h"
#include "authority/record_sealer.h"
#include "authority/store.h"
#include "base/result.h"
#include "scope/catalogue.h"
#include "signin/policy_record.h"
#include "signin/sign_in_directory.h"

namespace latchkey {

class PolicyAuthority {
 public:
  struct Parts {
    const Store& store;
    Ledger& ledger;
    const RecordSealer& sealer;
    const Catalogues& catalogues;
    const SignInDirectory& sign_ins;
    Policy settings;
  };

  /// The references in `parts` outlive this object.
  explicit PolicyAuthority(Parts parts) : parts_(std::move(parts)) {}

  /// As an administrator set it; the default if nobody did; one that allows nothing if its record
  /// is refused.
  [[nodiscard]] InstallationPolicy Show() const { return *parts_.sign_ins.policy(); }
  /// What that makes of the settings.
  [[nodiscard]] Policy InForce() const { return Narrow(parts_.settings, Show()); }
  /// The outer bounds.
  [[nodiscard]] const Policy& settings() const { return parts_.settings; }

  /// Replaces the policy as a whole; also one whose record is refused. Errors: kInvalidArgument (a
  /// lifetime out of the settings' bounds or a default above the longest, an app that does not
  /// exist), kConflict (somebody else set it meanwhile), as Ledger::Submit.
  [[nodiscard]] Result<InstallationPolicy> Set(const InstallationPolicy& policy,
                                               const Caller& caller);

 private:
  [[nodiscard]] Result<void> Validate(const InstallationPolicy& policy) const;
  /// The version that the next record has.
  [[nodiscard]] Result<std::uint64_t> NextVersion() const;

  Parts parts_;
};

}  // namespace latchkey
