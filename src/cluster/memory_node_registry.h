#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <utility>

#include "cluster/node_registry.h"

namespace latchkey {

/// The list of nodes for tests, which several nodes of one process share.
class MemoryNodeRegistry final : public NodeRegistry {
 public:
  /// `head` says what the newest change is.
  explicit MemoryNodeRegistry(std::function<std::uint64_t()> head = [] { return 0; })
      : head_(std::move(head)) {}

  [[nodiscard]] Result<NodeProof> Register(const NodeIdentity& node, std::uint64_t position,
                                           Instant now) override;
  [[nodiscard]] Result<NodeProof> Heartbeat(const NodeIdentity& node, std::uint64_t position,
                                            Instant now) override;
  [[nodiscard]] Result<void> ReportPosition(const NodeIdentity& node,
                                            std::uint64_t position) override;
  [[nodiscard]] Result<std::vector<NodeRow>> List() const override;
  [[nodiscard]] Result<void> Leave(const NodeIdentity& node) override;
  [[nodiscard]] Result<void> Forget(std::string_view id, std::uint64_t n) override;

 private:
  [[nodiscard]] Result<NodeRow*> FindRow(const NodeIdentity& node);

  const std::function<std::uint64_t()> head_;
  mutable std::mutex mutex_;
  std::map<std::string, NodeRow, std::less<>> rows_;
};

}  // namespace latchkey
