#pragma once

// Every record, read by several connections that see one and the same moment.
//
//     apps          the first connection, before all others
//     credentials ┐ cut by the table's pages into shares, which the connections take
//     accounts    ┘ one after the other
//     the rest      a share for each table
//
// What is in memory is one batch of rows for each connection.

#include <cstddef>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "authority/store.h"
#include "base/result.h"
#include "store/postgres/connection_pool.h"

namespace latchkey::postgres {

/// As Store::LoadByThreads. Sharing a moment is PostgreSQL's own (pg_export_snapshot); on an engine
/// that cannot, one connection reads everything.
[[nodiscard]] Result<void> LoadSnapshot(
    ConnectionPool& pool, std::size_t threads, const Store::RecordVisitor& visit,
    const std::function<void(std::string_view key)>& unreadable);

}  // namespace latchkey::postgres
