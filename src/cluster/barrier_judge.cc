#include "cluster/barrier_judge.h"

#include <algorithm>
#include <utility>

namespace latchkey {

bool BarrierJudge::Observe(std::span<const NodeRow> rows, std::uint64_t proven, BootInstant asked,
                           BootInstant answered) {
  const bool is_newest = std::ranges::any_of(
      rows, [&](const NodeRow& row) { return row.who.id == own_id_ && row.n >= proven; });
  if (!is_newest) return false;
  std::map<std::string, NodeView, std::less<>> seen;
  for (const NodeRow& row : rows) {
    const auto known = nodes_.find(row.who.id);
    const bool moved = known == nodes_.end() || known->second.row.n != row.n;
    // Late where its lease is counted from, early where its silence ends.
    const BootInstant first = moved ? answered : known->second.first_seen;
    const BootInstant last = moved ? answered : std::max(known->second.last_seen, asked);
    seen.emplace(row.who.id, NodeView{.row = row, .first_seen = first, .last_seen = last});
  }
  nodes_ = std::move(seen);
  observed_ = true;
  return true;
}

NodeStanding BarrierJudge::StandingOf(const NodeView& node, std::uint64_t seq,
                                      std::uint64_t own_position) const {
  if (node.row.who.id == own_id_) return NodeStanding::kConfirmed;
  const std::uint64_t position = node.row.position;
  if (position >= seq && position <= own_position) return NodeStanding::kConfirmed;
  return node.silence() >= lease_ + kMargin ? NodeStanding::kFenced : NodeStanding::kPending;
}

BarrierReport BarrierJudge::Judge(std::uint64_t seq, std::uint64_t own_position) const {
  BarrierReport report;
  report.known = observed_;
  for (const auto& [id, node] : nodes_) {
    switch (StandingOf(node, seq, own_position)) {
      case NodeStanding::kConfirmed: report.confirmed.push_back(node.row.who.name); break;
      case NodeStanding::kFenced: report.fenced.push_back(node.row.who.name); break;
      case NodeStanding::kPending: report.pending.push_back(node.row.who.name); break;
    }
  }
  return report;
}

std::vector<NodeRow> BarrierJudge::SilentFor(std::chrono::milliseconds silence) const {
  std::vector<NodeRow> rows;
  for (const auto& [id, node] : nodes_) {
    if (id != own_id_ && node.silence() >= silence) rows.push_back(node.row);
  }
  return rows;
}

std::vector<NodeView> BarrierJudge::nodes() const {
  std::vector<NodeView> views;
  views.reserve(nodes_.size());
  for (const auto& [id, node] : nodes_) views.push_back(node);
  return views;
}

}  // namespace latchkey
