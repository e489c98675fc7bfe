// The promises of authority/sign_in_notes.h, asked of every implementation.

#include "authority/sign_in_notes.h"

#include <gmock/gmock.h>

#include <memory>

#include "store/contract_fixture.h"
#include "store/memory/memory_usage_store.h"
#include "store/postgres/postgres_usage_store.h"
#include "store/sqlite/sqlite_usage_store.h"
#include "testing/matchers.h"
#include "testing/postgres/test_server.h"

namespace latchkey {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

Instant At(int seconds) {
  return Instant{std::chrono::milliseconds{1'795'510'800'000}} + std::chrono::seconds{seconds};
}

/// What was opened, or a failure of the test.
template <typename T>
std::unique_ptr<SignInNotes> Take(Result<std::unique_ptr<T>> store) {
  if (store) return *std::move(store);
  ADD_FAILURE() << Describe(store.error());
  return nullptr;
}

std::unique_ptr<SignInNotes> OpenSqlite(const std::filesystem::path& directory) {
  return Take(sqlite::SqliteUsageStore::Open(directory / "usage.db"));
}

std::unique_ptr<SignInNotes> OpenPostgres(const std::filesystem::path& directory) {
  return Take(postgres::PostgresUsageStore::Open(postgres::DatabaseOf(directory)));
}

class SignInNotesContract : public testing::TestWithParam<Implementation<SignInNotes>> {
 protected:
  void SetUp() override { Reopen(); }

  void Reopen() {
    if (notes_ != nullptr && !GetParam().durable) return;
    notes_.reset();
    notes_ = GetParam().open(directory_.path());
    ASSERT_NE(notes_, nullptr);
  }
  void Save(const SignInNotes::Kept& changed, Instant forget_before = At(0)) {
    EXPECT_THAT(notes_->Save(changed, forget_before), IsOk());
    Reopen();
  }
  SignInNotes::Kept Load() {
    Result<SignInNotes::Kept> kept = notes_->Load();
    EXPECT_THAT(kept, IsOk());
    return std::move(kept).value_or(SignInNotes::Kept{});
  }

  ScratchDirectory directory_;
  std::unique_ptr<SignInNotes> notes_;
};

TEST_P(SignInNotesContract, KeepsTheLastOfEach) {
  Save({.sessions = {{"a", At(1), "192.0.2.1"}, {"b", At(1), ""}},
        .failures = {{"account:x", 3, At(1)}, {"address:it's", 1, At(2)}}});
  Save({.sessions = {{"a", At(5), "2001:db8::1"}}, .failures = {{"account:x", 4, At(9)}}});
  const SignInNotes::Kept kept = Load();
  EXPECT_THAT(kept.sessions, UnorderedElementsAre(SessionSeen{"a", At(5), "2001:db8::1"},
                                                  SessionSeen{"b", At(1), ""}));
  EXPECT_THAT(kept.failures, UnorderedElementsAre(FailureCount{"account:x", 4, At(9)},
                                                  FailureCount{"address:it's", 1, At(2)}));
}

TEST_P(SignInNotesContract, ForgetsWhatIsOver) {
  Save({.sessions = {{"a", At(1), ""}, {"b", At(3), ""}}, .failures = {{"account:x", 3, At(1)}}});
  Save({.sessions = {}, .failures = {{"account:x", 0, {}}, {"account:y", 0, {}}}}, At(3));
  const SignInNotes::Kept kept = Load();
  EXPECT_THAT(kept.sessions, ElementsAre(SessionSeen{"b", At(3), ""}));
  EXPECT_THAT(kept.failures, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(
    All, SignInNotesContract,
    testing::Values(
        Implementation<SignInNotes>{
            .name = "Memory",
            .durable = false,
            .open = [](const std::filesystem::path&) -> std::unique_ptr<SignInNotes> {
              return std::make_unique<MemoryUsageStore>();
            }},
        Implementation<SignInNotes>{.name = "Sqlite", .durable = true, .open = OpenSqlite},
        Implementation<SignInNotes>{.name = "Postgres", .durable = true, .open = OpenPostgres}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

}  // namespace
}  // namespace latchkey
