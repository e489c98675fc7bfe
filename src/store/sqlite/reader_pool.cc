#include "store/sqlite/reader_pool.h"

namespace latchkey::sqlite {

ReaderPool::Lease::~Lease() {
  if (connection_) pool_->GiveBack(std::move(connection_));
}

Result<ReaderPool::Lease> ReaderPool::Take() {
  {
    const std::scoped_lock lock{mutex_};
    if (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease{*this, std::move(connection)};
    }
  }
  Result<std::unique_ptr<Connection>> connection =
      Connection::Open(path_, Connection::Role::kReader);
  if (!connection) return std::unexpected(connection.error());
  return Lease{*this, *std::move(connection)};
}

void ReaderPool::GiveBack(std::unique_ptr<Connection> connection) {
  // One that is still in a transaction would show its old moment to the next reader.
  if (connection->in_transaction()) return;
  const std::scoped_lock lock{mutex_};
  if (idle_.size() < kIdleMax) idle_.push_back(std::move(connection));
}

}  // namespace latchkey::sqlite
