#include "cluster/memory_node_registry.h"

#include <algorithm>

namespace latchkey {

Result<NodeProof> MemoryNodeRegistry::Register(const NodeIdentity& node, std::uint64_t position,
                                               Instant now) {
  const std::scoped_lock lock{mutex_};
  NodeRow& row = rows_[node.id];
  row = {.who = node, .n = row.n + 1, .position = position, .updated_at = now};
  return NodeProof{.n = row.n, .head = head_()};
}

Result<NodeRow*> MemoryNodeRegistry::FindRow(const NodeIdentity& node) {
  const auto found = rows_.find(node.id);
  if (found == rows_.end()) {
    return Fail(Error::Code::kNotFound, "the node " + node.name + " is not in the list of nodes");
  }
  if (found->second.who.started_at == node.started_at) return &found->second;
  return Fail(Error::Code::kInUse, "another process took the place of the node " + node.name);
}

Result<NodeProof> MemoryNodeRegistry::Heartbeat(const NodeIdentity& node, std::uint64_t position,
                                                Instant now) {
  const std::scoped_lock lock{mutex_};
  const Result<NodeRow*> row = FindRow(node);
  if (!row) return std::unexpected(row.error());
  (*row)->position = std::max((*row)->position, position);
  (*row)->updated_at = now;
  return NodeProof{.n = ++(*row)->n, .head = head_()};
}

Result<void> MemoryNodeRegistry::ReportPosition(const NodeIdentity& node, std::uint64_t position) {
  const std::scoped_lock lock{mutex_};
  const Result<NodeRow*> row = FindRow(node);
  if (!row) return std::unexpected(row.error());
  (*row)->position = std::max((*row)->position, position);
  return {};
}

Result<std::vector<NodeRow>> MemoryNodeRegistry::List() const {
  const std::scoped_lock lock{mutex_};
  std::vector<NodeRow> rows;
  rows.reserve(rows_.size());
  for (const auto& [id, row] : rows_) rows.push_back(row);
  return rows;
}

Result<void> MemoryNodeRegistry::Leave(const NodeIdentity& node) {
  const std::scoped_lock lock{mutex_};
  if (FindRow(node)) rows_.erase(node.id);
  return {};
}

Result<void> MemoryNodeRegistry::Forget(std::string_view id, std::uint64_t n) {
  const std::scoped_lock lock{mutex_};
  const auto found = rows_.find(id);
  if (found != rows_.end() && found->second.n == n) rows_.erase(found);
  return {};
}

}  // namespace latchkey
