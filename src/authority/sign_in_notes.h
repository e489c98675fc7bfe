#pragma once

// The port to what is kept of sessions and failed sign-ins beside the changes: when a session was
// last seen, and how often signing in failed in a row.
//
// It grants nothing, so it is neither sealed nor journaled; losing it ends idle sessions a little
// early, and forgives failures. It is written every few seconds.
//
// Every implementation passes sign_in_notes_contract_test.cc.
//
// Thread safety: any number of threads.

#include <span>
#include <vector>

#include "base/instant.h"
#include "base/result.h"
#include "signin/session_activity.h"
#include "signin/sign_in_throttle.h"

namespace latchkey {

class SignInNotes {
 public:
  struct Kept {
    std::vector<SessionSeen> sessions;
    std::vector<FailureCount> failures;
  };

  virtual ~SignInNotes() = default;

  /// Replaces what is kept of each of these; a count of no failures, and a session last seen before
  /// `forget_before`, goes. Errors: kNoSpace, kIo.
  [[nodiscard]] virtual Result<void> Save(const Kept& changed, Instant forget_before) = 0;

  /// Everything, in any order. Errors: kIo, kTampered.
  [[nodiscard]] virtual Result<Kept> Load() const = 0;
};

}  // namespace latchkey
