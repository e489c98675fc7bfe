#include "store/contract_fixture.h"

#include <gtest/gtest.h>

#include "store/memory/memory_store.h"
#include "store/postgres/postgres_store.h"
#include "store/sqlite/sqlite_store.h"
#include "testing/postgres/test_server.h"

namespace latchkey {

std::vector<Implementation<Store>> AllStores() {
  return {
      {.name = "Memory",
       .durable = false,
       .open = [](const std::filesystem::path&) -> std::unique_ptr<Store> {
         return std::make_unique<MemoryStore>();
       }},
      {.name = "Sqlite",
       .durable = true,
       .open = [](const std::filesystem::path& directory) -> std::unique_ptr<Store> {
         Result<std::unique_ptr<sqlite::SqliteStore>> store =
             sqlite::SqliteStore::Open(directory / "latchkey.db");
         if (store) return *std::move(store);
         ADD_FAILURE() << Describe(store.error());
         return nullptr;
       }},
      {.name = "Postgres",
       .durable = true,
       .open = [](const std::filesystem::path& directory) -> std::unique_ptr<Store> {
         Result<std::unique_ptr<postgres::PostgresStore>> store =
             postgres::PostgresStore::Open(postgres::DatabaseOf(directory));
         if (store) return *std::move(store);
         ADD_FAILURE() << Describe(store.error());
         return nullptr;
       }},
  };
}

}  // namespace latchkey
