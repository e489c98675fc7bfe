#pragma once

// The list of nodes, in the table `node` beside the changes. A heartbeat is a commit that waits for
// the synchronous standby; a position is one that waits for nobody.

#include <memory>
#include <vector>

#include "cluster/node_registry.h"
#include "store/postgres/connection_pool.h"

namespace latchkey::postgres {

class PostgresNodeRegistry final : public NodeRegistry {
 public:
  /// Of a database that PostgresStore::Open has made ready. Connects when it is first asked.
  explicit PostgresNodeRegistry(const Settings& settings) : proofs_(settings), pool_(settings) {}

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
  /// One statement in a transaction that waits for nobody. Errors: kNotFound and kInUse as
  /// Heartbeat, if it is to change the row of `node` and there is none.
  [[nodiscard]] Result<void> Change(const Statement& statement, const NodeIdentity* node);

  ConnectionPool proofs_;  // So that a heartbeat waits for nobody else's work.
  mutable ConnectionPool pool_;
};

}  // namespace latchkey::postgres
