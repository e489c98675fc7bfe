#include "server/storage.h"

#include <filesystem>
#include <utility>

#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/sqlite_usage_store.h"

namespace latchkey::server {

Result<Storage> OpenStorage(const DataDirectory& directory) {
  const bool existed = std::filesystem::exists(directory.database());
  Result<std::unique_ptr<sqlite::SqliteStore>> store =
      sqlite::SqliteStore::Open(directory.database());
  if (!store) return std::unexpected(store.error());
  return Storage{.store = *std::move(store), .existed = existed};
}

Result<SideStorage> OpenSideStorage(const DataDirectory& directory) {
  Result<std::unique_ptr<sqlite::SqliteUsageStore>> opened =
      sqlite::SqliteUsageStore::Open(directory.usage());
  if (!opened) return std::unexpected(opened.error());
  const std::shared_ptr<sqlite::SqliteUsageStore> both = *std::move(opened);
  return SideStorage{.usage = both, .notes = both};
}

}  // namespace latchkey::server
