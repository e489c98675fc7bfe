#pragma once

// The revocation barrier: when is a change in force on every node?
//
//     a node confirmed    it reports a position at or past the change
//     a node is fenced    it did not prove that it lives for longer than its lease: it answers
//                         nobody, and before it does again it takes in every change
//     otherwise           wait
//
// Thread safety: Barrier any number of threads; values.

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace latchkey {

/// What is known of a change. The names are the nodes'.
struct BarrierReport {
  std::vector<std::string> confirmed;  ///< There it is in force.
  std::vector<std::string> fenced;     ///< They answer nobody until it is in force there.
  std::vector<std::string> pending;    ///< Nobody knows yet.

  /// Whether no node answers as if the change had not been made.
  [[nodiscard]] bool complete() const { return pending.empty() && known; }

  /// Whether the list of nodes could be read at all.
  bool known = false;
};

class Barrier {
 public:
  virtual ~Barrier() = default;

  /// Blocks until the change `seq`, which is in force here, is so on every node, or `patience` is
  /// over. The report is complete() in the first case.
  [[nodiscard]] virtual BarrierReport Wait(std::uint64_t seq,
                                           std::chrono::milliseconds patience) = 0;

  /// How long after its commit a change is in force everywhere at the latest, whatever breaks.
  [[nodiscard]] virtual std::chrono::milliseconds bound() const = 0;
};

}  // namespace latchkey
