#pragma once

// The one decision function: REST, Git, proxies and introspection all ask it, with the requirement
// of the operation that will really run.
//
//     Attempt ─── what was presented, from where, when
//     Requirement ─ scopes or permissions of one app          ──> Verdict
//     Access ────── role in a workspace, if it touches one
//
// It answers from memory, without I/O. Order of the checks: form and checksum; id and secret (an
// unknown id costs as much time as a wrong secret); user part; revoked; expired; account suspended;
// app; scopes or permissions; membership. The first that fails is the cause.
//
// Thread safety: any number of threads.

#include <array>
#include <atomic>
#include <optional>
#include <string>
#include <string_view>

#include "credential/authorization.h"
#include "scope/requirement.h"
#include "verify/directory.h"
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

struct Access {
  std::string_view workspace;
  Role role;  ///< At least this.
};

class Verifier {
 public:
  /// `index` and `directory` outlive the verifier.
  Verifier(const Index& index, const Directory& directory, ThrottleSettings throttle)
      : index_(index), directory_(directory), throttle_(throttle) {}

  [[nodiscard]] Verdict Verify(const Attempt& attempt, const Requirement& requirement,
                               const std::optional<Access>& access = std::nullopt) const;

  /// Decisions so far: index 0 allowed, then one for each Cause in its order.
  [[nodiscard]] std::array<std::uint64_t, kCauseCount + 1> Counts() const;

 private:
  [[nodiscard]] Verdict Decide(const Attempt& attempt, const Requirement& requirement,
                               const std::optional<Access>& access) const;
  [[nodiscard]] std::expected<Holder, Denial> Identify(const Presented& presented,
                                                       Instant now) const;
  [[nodiscard]] Denial Throttled(Denial denial, const Attempt& attempt) const;

  const Index& index_;
  const Directory& directory_;
  mutable Throttle throttle_;
  mutable std::array<std::atomic<std::uint64_t>, kCauseCount + 1> counts_{};
};

}  // namespace latchkey
