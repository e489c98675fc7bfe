#pragma once

// Read-only connections, opened when they are needed and kept for the next reader.
//
// Thread safety: any number of threads.

#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "store/sqlite/connection.h"

namespace latchkey::sqlite {

class ReaderPool {
 public:
  /// A connection of one thread's own, until this object ends.
  class Lease {
   public:
    Lease(ReaderPool& pool, std::unique_ptr<Connection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    Lease(Lease&& other) noexcept = default;
    Lease& operator=(Lease&& other) = delete;
    ~Lease();

    [[nodiscard]] Connection& operator*() const { return *connection_; }
    [[nodiscard]] Connection* operator->() const { return connection_.get(); }

   private:
    ReaderPool* pool_;
    std::unique_ptr<Connection> connection_;
  };

  explicit ReaderPool(std::string path) : path_(std::move(path)) {}

  /// Errors: as Connection::Open.
  [[nodiscard]] Result<Lease> Take();

 private:
  static constexpr std::size_t kIdleMax = 8;

  void GiveBack(std::unique_ptr<Connection> connection);

  std::string path_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;
};

}  // namespace latchkey::sqlite
