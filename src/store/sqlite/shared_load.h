#pragma once

// Every record, read by several connections that see one and the same moment.
//
//     apps          the first connection, before all others
//     credentials ┐ cut by row number into shares, which the connections take
//     accounts    ┘ one after the other
//     the rest      a share for each table

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "authority/store.h"
#include "base/result.h"
#include "store/sqlite/connection.h"
#include "store/sqlite/reader_pool.h"

namespace latchkey::sqlite {

/// A reader within one transaction, until this object ends.
class Reading {
 public:
  explicit Reading(ReaderPool::Lease lease) : lease_(std::move(lease)), transaction_(*lease_) {}

  /// From then on it sees the database as it is at this moment.
  [[nodiscard]] Result<void> Begin();
  [[nodiscard]] Connection& connection() const { return *lease_; }

 private:
  ReaderPool::Lease lease_;
  Transaction transaction_;  // Ends before the connection goes back.
};

using Readings = std::vector<std::unique_ptr<Reading>>;

/// Begins up to `count` readings of the same moment. `writer` keeps others from committing
/// meanwhile; if it cannot, there is one reading. Errors: as Connection::Open and Query::Step.
[[nodiscard]] Result<Readings> BeginTogether(ReaderPool& readers, Connection& writer,
                                             std::size_t count);
[[nodiscard]] Result<Readings> BeginAlone(ReaderPool& readers);

/// As Store::LoadByThreads, by one thread for each of `readings`, of which there is at least one.
[[nodiscard]] Result<void> LoadAll(const Readings& readings, const Store::RecordVisitor& visit,
                                   const std::function<void(std::string_view key)>& unreadable);

}  // namespace latchkey::sqlite
