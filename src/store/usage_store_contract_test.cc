// The promises of authority/usage_store.h, asked of every implementation.

#include <gmock/gmock.h>

#include <fstream>

#include "authority/usage_store.h"
#include "store/contract_fixture.h"
#include "store/memory/memory_usage_store.h"
#include "store/postgres/postgres_usage_store.h"
#include "store/sqlite/sqlite_usage_store.h"
#include "testing/matchers.h"
#include "testing/postgres/test_server.h"

namespace latchkey {
namespace {

using testing::IsEmpty;
using testing::SizeIs;

constexpr CredentialId kOne{1};
constexpr CredentialId kHigh{UINT64_MAX};

Instant At(int seconds) {
  return Instant{std::chrono::milliseconds{1'795'510'800'000}} + std::chrono::seconds{seconds};
}

/// What was opened, or a failure of the test.
template <typename T>
std::unique_ptr<UsageStore> Take(Result<std::unique_ptr<T>> store) {
  if (store) return *std::move(store);
  ADD_FAILURE() << Describe(store.error());
  return nullptr;
}

std::unique_ptr<UsageStore> OpenSqlite(const std::filesystem::path& directory) {
  return Take(sqlite::SqliteUsageStore::Open(directory / "usage.db"));
}

std::unique_ptr<UsageStore> OpenPostgres(const std::filesystem::path& directory) {
  return Take(postgres::PostgresUsageStore::Open(postgres::DatabaseOf(directory)));
}

class UsageStoreContract : public testing::TestWithParam<Implementation<UsageStore>> {
 protected:
  void SetUp() override { Reopen(); }

  void Reopen() {
    if (store_ != nullptr && !GetParam().durable) return;
    store_.reset();
    store_ = GetParam().open(directory_.path());
    ASSERT_NE(store_, nullptr);
  }
  void Add(const std::vector<CredentialUse>& uses) { EXPECT_THAT(store_->Add(uses), IsOk()); }
  std::map<CredentialId, UsageSummary> Find(const std::vector<CredentialId>& ids) {
    Result<std::map<CredentialId, UsageSummary>> found = store_->Find(ids);
    EXPECT_THAT(found, IsOk());
    return std::move(found).value_or(std::map<CredentialId, UsageSummary>{});
  }

  ScratchDirectory directory_;
  std::unique_ptr<UsageStore> store_;
};

TEST_P(UsageStoreContract, KeepsTheLastUseAndCountsAll) {
  Add({{kOne, At(1), 2, "192.0.2.1", "git/2.39"}, {kHigh, At(2), 1, "2001:db8::1", ""}});
  Reopen();
  Add({{kOne, At(5), 3, "192.0.2.2", "it's \"curl\""}});
  Reopen();
  const auto found = Find({kOne, kHigh, CredentialId{7}});
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found.at(kOne), (UsageSummary{At(5), "192.0.2.2", "it's \"curl\"", 5}));
  EXPECT_EQ(found.at(kHigh), (UsageSummary{At(2), "2001:db8::1", "", 1}));
}

TEST_P(UsageStoreContract, AnOlderUseOnlyCounts) {
  Add({{kOne, At(5), 1, "192.0.2.2", "new"}});
  Add({{kOne, At(1), 4, "192.0.2.1", "old"}});
  EXPECT_EQ(Find({kOne}).at(kOne), (UsageSummary{At(5), "192.0.2.2", "new", 5}));
}

TEST_P(UsageStoreContract, OneIdMayStandTwiceInABatch) {
  Add({{kOne, At(1), 1, "a", "x"}, {kHigh, At(1), 1, "h", "h"}, {kOne, At(2), 1, "b", "y"}});
  EXPECT_EQ(Find({kOne}).at(kOne).count, 2U);
  EXPECT_EQ(Find({kOne}).at(kOne).last_used_at, At(2));
}

TEST_P(UsageStoreContract, TakesManyAndNone) {
  Add({});
  EXPECT_THAT(Find({}), IsEmpty());
  std::vector<CredentialUse> many;
  for (std::uint64_t i = 1; i <= 12'000; ++i) {
    many.push_back({CredentialId{i * 0x9E3779B97F4A7C15U}, At(1), i, "a", "b"});
  }
  Add(many);
  EXPECT_EQ(Find({many.front().id}).at(many.front().id).count, 1U);
  EXPECT_EQ(Find({many.back().id}).at(many.back().id).count, 12'000U);
}

INSTANTIATE_TEST_SUITE_P(
    All, UsageStoreContract,
    testing::Values(
        Implementation<UsageStore>{
            .name = "Memory",
            .durable = false,
            .open = [](const std::filesystem::path&) -> std::unique_ptr<UsageStore> {
              return std::make_unique<MemoryUsageStore>();
            }},
        Implementation<UsageStore>{.name = "Sqlite", .durable = true, .open = OpenSqlite},
        Implementation<UsageStore>{.name = "Postgres", .durable = true, .open = OpenPostgres}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(SqliteUsageStoreTest, AFileThatIsNoneIsPutAside) {
  const ScratchDirectory directory;
  std::ofstream{directory.path() / "usage.db"} << std::string(5000, 'x');
  const std::unique_ptr<UsageStore> store = OpenSqlite(directory.path());
  ASSERT_NE(store, nullptr);
  EXPECT_THAT(store->Add({}), IsOk());
  EXPECT_TRUE(std::filesystem::exists(directory.path() / "usage.db.broken"));
  const auto mode = std::filesystem::status(directory.path() / "usage.db").permissions();
  EXPECT_EQ(mode & std::filesystem::perms::others_all, std::filesystem::perms::none);
  EXPECT_EQ(mode & std::filesystem::perms::group_all, std::filesystem::perms::none);
}

}  // namespace
}  // namespace latchkey
