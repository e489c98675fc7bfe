#pragma once

// Connections for reading and for small changes, opened when they are needed and kept for the next
// user. Once one of them turns out to be lost, none that waited with it is used again: the database
// may have moved to another server.
//
// Thread safety: any number of threads.

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/postgres/connection.h"

namespace latchkey::postgres {

class ConnectionPool {
 public:
  struct GiveBack {
    ConnectionPool* pool;
    std::uint64_t generation;
    void operator()(Connection* connection) const;
  };
  /// A connection of one thread's own, until this object ends.
  using Lease = std::unique_ptr<Connection, GiveBack>;
  using Work = std::function<Result<void>(Connection&)>;

  explicit ConnectionPool(Settings settings) : settings_(std::move(settings)) {}

  /// Calls `work`, and calls it again on a new connection if one that had waited here turned out to
  /// be lost (not if it was the deadline that passed): so `work` changes nothing, or nothing that
  /// may not be done twice. Errors: as Connection::Open, and of `work`.
  [[nodiscard]] Result<void> Use(const Work& work);
  /// The same, for what goes on with the connection afterwards.
  [[nodiscard]] Result<Lease> Take(const Work& first);

  [[nodiscard]] const Settings& settings() const { return settings_; }

 private:
  static constexpr std::size_t kIdleMax = 8;

  /// Null if none waits.
  [[nodiscard]] Lease TakeIdle();
  [[nodiscard]] Lease Lend(std::unique_ptr<Connection> connection);
  void Keep(std::unique_ptr<Connection> connection, std::uint64_t generation);

  const Settings settings_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
  std::uint64_t generation_ = 0;  // Of the connections that may be kept.
};

}  // namespace latchkey::postgres
