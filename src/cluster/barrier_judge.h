#pragma once

// What one node makes of the list of nodes, as it read it time and again. Pure: no I/O, no clock.
//
// Thread safety: one thread.

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "cluster/barrier.h"
#include "cluster/node_registry.h"

namespace latchkey {

/// How a node stands to a change.
enum class NodeStanding : std::uint8_t { kConfirmed, kFenced, kPending };

/// A node as another one saw it.
struct NodeView {
  NodeRow row;
  /// When its n was first seen to be what it is: its lease is from before that.
  BootInstant first_seen;
  /// When it was last seen to be that still.
  BootInstant last_seen;

  /// For how long it has been seen not to prove anything.
  [[nodiscard]] std::chrono::milliseconds silence() const { return last_seen - first_seen; }
};

class BarrierJudge {
 public:
  /// What clocks that go at different rates may differ by in the time of a lease.
  static constexpr std::chrono::milliseconds kMargin{1000};

  /// `lease` is the nodes' limit: the longest among them, if they differ.
  BarrierJudge(std::string own_id, std::chrono::milliseconds lease)
      : own_id_(std::move(own_id)), lease_(lease) {}

  /// Takes note of a list that was asked for at `asked` and was there at `answered`. `proven` is
  /// the n of our own last successful heartbeat: a list that does not show it comes from a server
  /// that was replaced, and counts for nothing. False then.
  bool Observe(std::span<const NodeRow> rows, std::uint64_t proven, BootInstant asked,
               BootInstant answered);

  /// How the others stand to change `seq`. `own_position` is ours, after the list was read: a node
  /// that claims to be further than that has another history, and confirms nothing.
  [[nodiscard]] NodeStanding StandingOf(const NodeView& node, std::uint64_t seq,
                                        std::uint64_t own_position) const;
  [[nodiscard]] BarrierReport Judge(std::uint64_t seq, std::uint64_t own_position) const;

  /// Nodes that were silent for at least that long: they are gone for good.
  [[nodiscard]] std::vector<NodeRow> SilentFor(std::chrono::milliseconds silence) const;
  [[nodiscard]] std::vector<NodeView> nodes() const;

 private:
  const std::string own_id_;
  const std::chrono::milliseconds lease_;
  std::map<std::string, NodeView, std::less<>> nodes_;
  bool observed_ = false;
};

}  // namespace latchkey
