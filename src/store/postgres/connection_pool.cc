#include "store/postgres/connection_pool.h"

namespace latchkey::postgres {

void ConnectionPool::GiveBack::operator()(Connection* connection) const {
  pool->Keep(std::unique_ptr<Connection>{connection}, generation);
}

Result<void> ConnectionPool::Use(const Work& work) {
  const Result<Lease> lease = Take(work);
  if (!lease) return std::unexpected(lease.error());
  return {};
}

Result<ConnectionPool::Lease> ConnectionPool::Take(const Work& first) {
  if (Lease lease = TakeIdle()) {
    Result<void> done = first(*lease);
    if (done) return lease;
    if (!lease->lost() || lease->overdue()) return std::unexpected(done.error());
  }
  Result<std::unique_ptr<Connection>> opened = Connection::Open(settings_);
  if (!opened) return std::unexpected(opened.error());
  Lease lease = Lend(*std::move(opened));
  if (Result<void> done = first(*lease); !done) return std::unexpected(done.error());
  return lease;
}

ConnectionPool::Lease ConnectionPool::TakeIdle() {
  const std::scoped_lock lock{mutex_};
  Lease lease{nullptr, GiveBack{.pool = this, .generation = generation_}};
  if (!idle_.empty()) {
    lease.reset(idle_.back().release());
    idle_.pop_back();
  }
  return lease;
}

ConnectionPool::Lease ConnectionPool::Lend(std::unique_ptr<Connection> connection) {
  const std::scoped_lock lock{mutex_};
  return {connection.release(), GiveBack{.pool = this, .generation = generation_}};
}

void ConnectionPool::Keep(std::unique_ptr<Connection> connection, std::uint64_t generation) {
  std::vector<std::unique_ptr<Connection>> dropped;  // Closed without the mutex.
  const std::scoped_lock lock{mutex_};
  if (connection->lost()) {
    ++generation_;
    dropped.swap(idle_);
  } else if (generation == generation_ && idle_.size() < kIdleMax &&
             !connection->in_transaction()) {
    // One that is still in a transaction would show its old moment to the next user.
    idle_.push_back(std::move(connection));
  }
}

}  // namespace latchkey::postgres
