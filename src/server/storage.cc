#include "server/storage.h"

#include <filesystem>
#include <utility>

#include "store/postgres/postgres_node_registry.h"
#include "store/postgres/postgres_store.h"
#include "store/postgres/postgres_usage_store.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/sqlite_usage_store.h"

namespace latchkey::server {

namespace {

Result<postgres::Settings> PostgresSettings(const Settings& settings) {
  Result<postgres::Address> address = postgres::Address::Parse(settings.store);
  if (!address) return std::unexpected(address.error());
  return postgres::Settings{.address = *std::move(address)};
}

Result<Storage> OpenShared(const Settings& settings) {
  const Result<postgres::Settings> where = PostgresSettings(settings);
  if (!where) return std::unexpected(where.error());
  Result<std::unique_ptr<postgres::PostgresStore>> store = postgres::PostgresStore::Open(*where);
  if (!store) return std::unexpected(store.error());
  return Storage{.store = *std::move(store),
                 .nodes = std::make_unique<postgres::PostgresNodeRegistry>(*where),
                 .existed = true};
}

}  // namespace

Result<Storage> OpenStorage(const Settings& settings, const DataDirectory& directory) {
  if (!settings.store.empty()) return OpenShared(settings);
  const bool existed = std::filesystem::exists(directory.database());
  Result<std::unique_ptr<sqlite::SqliteStore>> store =
      sqlite::SqliteStore::Open(directory.database());
  if (!store) return std::unexpected(store.error());
  return Storage{.store = *std::move(store), .nodes = nullptr, .existed = existed};
}

Result<SideStorage> OpenSideStorage(const Settings& settings, const DataDirectory& directory) {
  if (!settings.store.empty()) {
    const Result<postgres::Settings> where = PostgresSettings(settings);
    if (!where) return std::unexpected(where.error());
    Result<std::unique_ptr<postgres::PostgresUsageStore>> shared =
        postgres::PostgresUsageStore::Open(*where);
    if (!shared) return std::unexpected(shared.error());
    const std::shared_ptr<postgres::PostgresUsageStore> both = *std::move(shared);
    return SideStorage{.usage = both, .notes = both};
  }
  Result<std::unique_ptr<sqlite::SqliteUsageStore>> opened =
      sqlite::SqliteUsageStore::Open(directory.usage());
  if (!opened) return std::unexpected(opened.error());
  const std::shared_ptr<sqlite::SqliteUsageStore> both = *std::move(opened);
  return SideStorage{.usage = both, .notes = both};
}

}  // namespace latchkey::server
