#pragma once

// The port to the list of nodes in the database: how they tell each other that they live, and how
// far they have come.
//
// Every implementation passes node_registry_contract_test.cc.
//
// Thread safety: any number of threads; Heartbeat() by one.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/result.h"

namespace latchkey {

struct NodeIdentity {
  std::string id;    ///< Of the data directory: the same after a restart, and no other node's.
  std::string name;  ///< For people.
  /// When this process started: two that were given one id, by a copied directory, differ in it.
  Instant started_at;
  std::string release = {};  ///< The program's version.
  std::string url = {};      ///< Where it is reached; may be empty.

  friend bool operator==(const NodeIdentity&, const NodeIdentity&) = default;
};

/// What the database says of a node.
struct NodeRow {
  NodeIdentity who;
  std::uint64_t n = 0;         ///< How often it proved that it lives. Never goes back.
  std::uint64_t position = 0;  ///< The newest change that is in force there, and all before it.
  Instant updated_at;          ///< By its own clock: for people.
};

/// What a heartbeat proved.
struct NodeProof {
  std::uint64_t n = 0;
  /// The newest change that was committed when it was made: who is fresh knows it.
  std::uint64_t head = 0;
};

class NodeRegistry {
 public:
  virtual ~NodeRegistry() = default;

  /// Enters the node, or takes the place of an earlier process of its id; position is then the
  /// given one. Its n is higher than it was. As durable as Heartbeat(). Errors: kUnavailable, kIo.
  [[nodiscard]] virtual Result<NodeProof> Register(const NodeIdentity& node, std::uint64_t position,
                                                   Instant now) = 0;

  /// Counts n up, and raises position to the given one if it is lower. It returns only once a
  /// synchronous standby has it, if the database has one: that it succeeds proves that this is the
  /// database which everybody writes to, and that its head was the true one. Errors: kNotFound: the
  /// node is not in the list (any more); kInUse: another process took its place; kUnavailable:
  /// nobody knows whether it was counted; kIo.
  [[nodiscard]] virtual Result<NodeProof> Heartbeat(const NodeIdentity& node,
                                                    std::uint64_t position, Instant now) = 0;

  /// Raises the position if it is lower. Proves nothing, so it need not be durable. Errors: as
  /// Heartbeat.
  [[nodiscard]] virtual Result<void> ReportPosition(const NodeIdentity& node,
                                                    std::uint64_t position) = 0;

  /// All of them, by id. Errors: kUnavailable, kIo.
  [[nodiscard]] virtual Result<std::vector<NodeRow>> List() const = 0;

  /// The node answers nobody any more. One whose place was taken leaves nothing. Errors:
  /// kUnavailable, kIo.
  [[nodiscard]] virtual Result<void> Leave(const NodeIdentity& node) = 0;

  /// Takes a node out that was not heard of for long, unless its n is another by now. Errors:
  /// kUnavailable, kIo.
  [[nodiscard]] virtual Result<void> Forget(std::string_view id, std::uint64_t n) = 0;
};

}  // namespace latchkey
