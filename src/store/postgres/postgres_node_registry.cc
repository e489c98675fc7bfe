#include "store/postgres/postgres_node_registry.h"

#include <string>
#include <utility>

#include "store/postgres/write_statements.h"

namespace latchkey::postgres {
namespace {

constexpr std::string_view kRegister =
    "INSERT INTO node (id, name, n, position, started, release, url, updated) "
    "VALUES ($1, $2, 1, $3, $4, $5, $6, $7) ON CONFLICT (id) DO UPDATE SET name = excluded.name, "
    "n = node.n + 1, position = excluded.position, started = excluded.started, "
    "release = excluded.release, url = excluded.url, updated = excluded.updated RETURNING n";
constexpr std::string_view kHeartbeat =
    "UPDATE node SET n = n + 1, position = greatest(position, $3), updated = $4 "
    "WHERE id = $1 AND started = $2 RETURNING n";
constexpr std::string_view kSelectHead = "SELECT seq FROM feed_head WHERE one = 1";

std::uint64_t Count(const Row& row, int column) {
  return static_cast<std::uint64_t>(row.Number(column).value_or(0));
}

std::string TextAt(const Row& row, int column) {
  return std::string{row.Text(column).value_or("")};
}

Instant InstantAt(const Row& row, int column) {
  return Instant{std::chrono::milliseconds{row.Number(column).value_or(0)}};
}

/// Why there is no row of this process.
std::unexpected<Error> NotThere(Connection& connection, const NodeIdentity& node) {
  const Result<Answer> others =
      connection.Run(Statement{"SELECT 1 FROM node WHERE id = $1"}.Bind(node.id));
  if (!others) return std::unexpected(others.error());
  if (others->empty()) {
    return Fail(Error::Code::kNotFound, "the node " + node.name + " is not in the list of nodes");
  }
  return Fail(Error::Code::kInUse, "another process took the place of the node " + node.name,
              "Two processes have the same node id, perhaps by a copied data directory. Stop one, "
              "and give it a directory of its own.");
}

/// Counts, and looks at the head, in a transaction that waits for the standby. Nothing: `count`
/// found no row.
Result<std::optional<NodeProof>> Prove(Connection& connection, const Statement& count) {
  Transaction transaction{connection};
  const Result<std::vector<Answer>> answers = transaction.Begin(
      {count, Statement{kSelectHead}, Statement{kCommitPatiently, Statement::Kind::kOnce}});
  if (!answers) return std::unexpected(answers.error());
  const Answer& counted = (*answers)[0];
  const Answer& head = (*answers)[1];
  if (head.empty()) return Fail(Error::Code::kTampered, "there is no head of the changes");
  if (counted.empty()) return std::optional<NodeProof>{};
  const NodeProof proof{.n = Count(counted[0], 0), .head = Count(head[0], 0)};
  if (Result<void> committed = transaction.Commit(); !committed) {
    return std::unexpected(committed.error());
  }
  return std::optional{proof};
}

}  // namespace

Result<NodeProof> PostgresNodeRegistry::Register(const NodeIdentity& node, std::uint64_t position,
                                                 Instant now) {
  Result<NodeProof> outcome;
  const Result<void> used = proofs_.Use([&](Connection& connection) -> Result<void> {
    const Result<std::optional<NodeProof>> proof =
        Prove(connection, Statement{kRegister}
                              .Bind(node.id)
                              .Bind(node.name)
                              .Bind(static_cast<std::int64_t>(position))
                              .Bind(node.started_at)
                              .Bind(node.release)
                              .Bind(node.url)
                              .Bind(now));
    if (!proof) return std::unexpected(proof.error());
    if (*proof) outcome = **proof;
    return {};
  });
  if (!used) return std::unexpected(used.error());
  return outcome;
}

Result<NodeProof> PostgresNodeRegistry::Heartbeat(const NodeIdentity& node, std::uint64_t position,
                                                  Instant now) {
  Result<NodeProof> outcome;
  const Result<void> used = proofs_.Use([&](Connection& connection) -> Result<void> {
    const Result<std::optional<NodeProof>> proof =
        Prove(connection, Statement{kHeartbeat}
                              .Bind(node.id)
                              .Bind(node.started_at)
                              .Bind(static_cast<std::int64_t>(position))
                              .Bind(now));
    if (!proof) return std::unexpected(proof.error());
    if (!*proof) return NotThere(connection, node);
    outcome = **proof;
    return {};
  });
  if (!used) return std::unexpected(used.error());
  return outcome;
}

Result<void> PostgresNodeRegistry::Change(const Statement& statement, const NodeIdentity* node) {
  return pool_.Use([&](Connection& connection) -> Result<void> {
    Transaction transaction{connection};
    const Result<std::vector<Answer>> answers = transaction.Begin(
        {Statement{"SET LOCAL synchronous_commit = off", Statement::Kind::kOnce}, statement});
    if (!answers) return std::unexpected(answers.error());
    const bool none = answers->back().tag().ends_with(" 0");
    if (Result<void> committed = transaction.Commit(); !committed) return committed;
    if (none && node != nullptr) return NotThere(connection, *node);
    return {};
  });
}

Result<void> PostgresNodeRegistry::ReportPosition(const NodeIdentity& node,
                                                  std::uint64_t position) {
  return Change(Statement{"UPDATE node SET position = greatest(position, $3) "
                          "WHERE id = $1 AND started = $2"}
                    .Bind(node.id)
                    .Bind(node.started_at)
                    .Bind(static_cast<std::int64_t>(position)),
                &node);
}

Result<std::vector<NodeRow>> PostgresNodeRegistry::List() const {
  std::vector<NodeRow> rows;
  const Result<void> used = pool_.Use([&](Connection& connection) -> Result<void> {
    const Result<Answer> answer = connection.Run(
        Statement{"SELECT id, name, started, release, url, n, position, updated FROM node "
                  "ORDER BY id"});
    if (!answer) return std::unexpected(answer.error());
    rows.clear();
    for (std::size_t i = 0; i < answer->size(); ++i) {
      const Row row = (*answer)[i];
      rows.push_back({.who = {.id = TextAt(row, 0),
                              .name = TextAt(row, 1),
                              .started_at = InstantAt(row, 2),
                              .release = TextAt(row, 3),
                              .url = TextAt(row, 4)},
                      .n = Count(row, 5),
                      .position = Count(row, 6),
                      .updated_at = InstantAt(row, 7)});
    }
    return {};
  });
  if (!used) return std::unexpected(used.error());
  return rows;
}

Result<void> PostgresNodeRegistry::Leave(const NodeIdentity& node) {
  return Change(Statement{"DELETE FROM node WHERE id = $1 AND started = $2"}.Bind(node.id).Bind(
                    node.started_at),
                nullptr);
}

Result<void> PostgresNodeRegistry::Forget(std::string_view id, std::uint64_t n) {
  return Change(Statement{"DELETE FROM node WHERE id = $1 AND n = $2"}.Bind(id).Bind(
                    static_cast<std::int64_t>(n)),
                nullptr);
}

}  // namespace latchkey::postgres
