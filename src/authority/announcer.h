#pragma once

// When a change may be said to be made: of several nodes, when none of them answers without it any
// more. The one place where the interfaces wait for the others.
//
//     const Announcer::Mark mark = announcer.Begin();
//     … the use case …
//     const Announcement said = announcer.Finish(mark, {.revocation = true});
//
// What takes something away is waited for as long as it can take; what only gives is waited for
// briefly, so that a new token works on every node at once where all is well.
//
// Thread safety: any number of threads.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "authority/ledger.h"
#include "base/clock.h"
#include "base/instant.h"
#include "cluster/barrier.h"

namespace latchkey {

/// What is said of a change beside its own answer; of a node alone nothing at all.
struct Announcement {
  /// From then on no node answers without it.
  std::optional<Instant> effective_at;
  /// It was not waited for: it is so by then, whatever breaks.
  std::optional<Instant> in_force_by;
  std::vector<std::string> confirmed = {};  ///< Nodes on which it is in force.
  std::vector<std::string> fenced = {};     ///< Nodes that answer nobody until it is.

  [[nodiscard]] bool empty() const { return !effective_at && !in_force_by; }
};

class Announcer {
 public:
  /// For what only gives.
  static constexpr std::chrono::milliseconds kBrief{2000};

  /// Which changes there were.
  struct Mark {
    std::uint64_t own = 0;
    std::uint64_t taking = 0;
  };
  struct Kind {
    /// Waited for, and told of, even if nothing was changed: it may have been so already, and not
    /// yet everywhere.
    bool revocation = false;
    /// Who asked does not want to wait.
    bool no_wait = false;
  };

  /// Of a node alone: nobody is waited for.
  Announcer() = default;
  /// All outlive the announcer.
  Announcer(Barrier& barrier, const Ledger& ledger, const Clock& clock)
      : barrier_(&barrier), ledger_(&ledger), clock_(&clock) {}

  [[nodiscard]] bool alone() const { return barrier_ == nullptr; }
  [[nodiscard]] Mark Begin() const;
  /// Whether Finish() would wait or say anything.
  [[nodiscard]] bool HasToFinish(const Mark& before, const Kind& kind) const;
  /// Blocks. What it returns is empty unless it is about a revocation.
  [[nodiscard]] Announcement Finish(const Mark& before, const Kind& kind) const;

 private:
  Barrier* barrier_ = nullptr;
  const Ledger* ledger_ = nullptr;
  const Clock* clock_ = nullptr;
};

}  // namespace latchkey
