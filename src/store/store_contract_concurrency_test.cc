// The promises of authority/store.h about readers beside a commit, asked of every implementation.

#include <gmock/gmock.h>

#include <algorithm>
#include <atomic>
#include <thread>

#include "authority/store.h"
#include "store/contract_fixture.h"
#include "store/memory/sample_records.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

class StoreContractConcurrency : public testing::TestWithParam<Implementation<Store>> {};

/// The versions of both workspaces as one Load saw them.
std::pair<std::uint64_t, std::uint64_t> LoadVersions(const Store& store) {
  std::uint64_t first = 0;
  std::uint64_t second = 0;
  EXPECT_THAT(store.Load(
                  [&](const Record& record) {
                    (KeyOf(record) == "team-1" ? first : second) = VersionOf(record);
                  },
                  [](std::string_view key) { ADD_FAILURE() << key; }),
              IsOk());
  return {first, second};
}

TEST_P(StoreContractConcurrency, ReadersSeeAllOfACommitOrNothing) {
  const ScratchDirectory directory;
  const std::unique_ptr<Store> store = GetParam().open(directory.path());
  ASSERT_NE(store, nullptr);
  std::atomic<bool> done{false};
  const auto read = [&] {
    std::uint64_t last = 0;
    while (!done) {
      const auto [first, second] = LoadVersions(*store);
      ASSERT_EQ(first, second);
      ASSERT_GE(first, last) << "what was seen does not disappear";
      last = first;
      const Result<std::optional<ChangeLine>> line = store->LastChange();
      ASSERT_THAT(line, IsOk());
      ASSERT_GE(*line ? (*line)->seq : 0, last * 2);
    }
  };
  std::vector<std::thread> readers;
  readers.reserve(3);
  for (int i = 0; i < 3; ++i) readers.emplace_back(read);

  LineScript script;
  WorkspaceRecord first = SampleWorkspace(1);
  WorkspaceRecord second = SampleWorkspace(2);
  for (int i = 0; i < 100; ++i) {
    const Result<std::vector<Result<void>>> committed =
        store->Commit(std::vector{WriteOf(first), WriteOf(second)}, script.maker());
    EXPECT_THAT(committed, IsOk());
    const auto found = store->Find(RecordType::kWorkspace, "team-2");
    EXPECT_TRUE(found && VersionOf(*found) == second.version) << "a commit is seen at once";
    ++first.version;
    ++second.version;
  }
  done = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(LoadVersions(*store), std::pair(std::uint64_t{100}, std::uint64_t{100}));
}

TEST_P(StoreContractConcurrency, ForeignWritesMayBeAskedBesideACommit) {
  const ScratchDirectory directory;
  const std::unique_ptr<Store> store = GetParam().open(directory.path());
  ASSERT_NE(store, nullptr);
  const Result<std::uint64_t> before = store->ForeignWrites();
  ASSERT_THAT(before, IsOk());
  std::atomic<bool> done{false};
  std::thread watcher{[&] {
    while (!done) EXPECT_THAT(store->ForeignWrites(), IsOkAnd(*before));
  }};
  LineScript script;
  for (std::uint64_t i = 0; i < 50; ++i) {
    EXPECT_THAT(store->Commit(std::vector{WriteOf(SampleWorkspace(i))}, script.maker()), IsOk());
  }
  done = true;
  watcher.join();
}

INSTANTIATE_TEST_SUITE_P(All, StoreContractConcurrency, testing::ValuesIn(AllStores()),
                         [](const auto& test_case) { return std::string{test_case.param.name}; });

}  // namespace
}  // namespace latchkey
