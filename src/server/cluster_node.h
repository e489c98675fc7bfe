#pragma once

// What makes this process one node of several that share a database: its lease, its place in the
// list of nodes, and the barrier at which changes wait for the others.

#include <memory>
#include <string>

#include "authority/alarms.h"
#include "authority/announcer.h"
#include "authority/cluster_member.h"
#include "authority/ledger.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "cluster/lease.h"
#include "cluster/node_registry.h"
#include "server/data_directory.h"
#include "server/settings.h"

namespace latchkey::server {

class ClusterNode {
 public:
  /// Before it joins, its lease is not live. Errors: kIo (the node's id cannot be kept), as Random.
  [[nodiscard]] static Result<std::unique_ptr<ClusterNode>> Create(
      const Settings& settings, const DataDirectory& directory,
      std::unique_ptr<NodeRegistry> registry, Random& random, const Clock& clock);
  ClusterNode(const ClusterNode&) = delete;
  ClusterNode& operator=(const ClusterNode&) = delete;
  /// Ends the lease and leaves the list. Before the ledger goes.
  ~ClusterNode() = default;

  /// Enters the list, and goes on by itself. All outlive the node. Errors: as ClusterMember::Join.
  [[nodiscard]] Result<void> Join(Ledger& ledger, Alarms& alarms);

  [[nodiscard]] const Lease& lease() const { return lease_; }
  /// After Join().
  [[nodiscard]] const ClusterMember& member() const { return *member_; }
  /// After Join().
  [[nodiscard]] Announcer announcer() const { return {*member_, *ledger_, clock_}; }

 private:
  ClusterNode(std::chrono::milliseconds lease, std::unique_ptr<NodeRegistry> registry,
              NodeIdentity self, const Clock& clock)
      : clock_(clock),
        lease_(boot_clock_, lease),
        registry_(std::move(registry)),
        self_(std::move(self)) {}

  const Clock& clock_;
  SystemBootClock boot_clock_;
  Lease lease_;
  std::unique_ptr<NodeRegistry> registry_;
  NodeIdentity self_;
  Ledger* ledger_ = nullptr;
  std::unique_ptr<ClusterMember> member_;
};

}  // namespace latchkey::server
