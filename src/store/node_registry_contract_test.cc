// The promises of cluster/node_registry.h, asked of every implementation.

#include <gmock/gmock.h>

#include "cluster/memory_node_registry.h"
#include "store/contract_fixture.h"
#include "store/memory/sample_records.h"
#include "store/postgres/postgres_node_registry.h"
#include "store/postgres/postgres_store.h"
#include "testing/matchers.h"
#include "testing/postgres/test_server.h"

namespace latchkey {
namespace {

using enum Error::Code;
using testing::IsEmpty;
using testing::SizeIs;

Instant At(int seconds) {
  return Instant{std::chrono::milliseconds{1'795'510'800'000}} + std::chrono::seconds{seconds};
}

NodeIdentity Identity(const std::string& id, int started = 0) {
  return {.id = id,
          .name = "Łódź 'one'",
          .started_at = At(started),
          .release = "1.2.3",
          .url = "https://one.example"};
}

class NodeRegistryContract : public testing::TestWithParam<Implementation<NodeRegistry>> {
 protected:
  void SetUp() override {
    registry_ = GetParam().open(directory_.path());
    ASSERT_NE(registry_, nullptr);
  }

  std::vector<NodeRow> List() {
    Result<std::vector<NodeRow>> rows = registry_->List();
    EXPECT_THAT(rows, IsOk());
    return std::move(rows).value_or(std::vector<NodeRow>{});
  }
  std::uint64_t Enter(const NodeIdentity& node, std::uint64_t position = 0) {
    const Result<NodeProof> proof = registry_->Register(node, position, At(0));
    EXPECT_THAT(proof, IsOk());
    return proof.value_or(NodeProof{}).n;
  }

  ScratchDirectory directory_;
  std::unique_ptr<NodeRegistry> registry_;
};

TEST_P(NodeRegistryContract, KeepsEverythingThatIsSaidOfANode) {
  EXPECT_THAT(List(), IsEmpty());
  const std::uint64_t n = Enter(Identity("b"), 7);
  Enter(Identity("a"));
  const std::vector<NodeRow> rows = List();
  ASSERT_THAT(rows, SizeIs(2));
  EXPECT_EQ(rows[0].who, Identity("a"));
  EXPECT_EQ(rows[1].who, Identity("b"));
  EXPECT_EQ(rows[1].n, n);
  EXPECT_EQ(rows[1].position, 7U);
  EXPECT_EQ(rows[1].updated_at, At(0));
}

TEST_P(NodeRegistryContract, CountsEachHeartbeat) {
  const std::uint64_t n = Enter(Identity("a"));
  for (std::uint64_t beat = 1; beat <= 3; ++beat) {
    const Result<NodeProof> counted = registry_->Heartbeat(Identity("a"), 4, At(5));
    ASSERT_THAT(counted, IsOk());
    EXPECT_EQ(counted->n, n + beat);
    EXPECT_EQ(counted->head, 0U) << "nothing was changed yet";
  }
  const std::vector<NodeRow> rows = List();
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].n, n + 3);
  EXPECT_EQ(rows[0].position, 4U);
  EXPECT_EQ(rows[0].updated_at, At(5));
}

TEST_P(NodeRegistryContract, NeverLowersAPosition) {
  Enter(Identity("a"), 5);
  EXPECT_THAT(registry_->ReportPosition(Identity("a"), 9), IsOk());
  EXPECT_THAT(registry_->ReportPosition(Identity("a"), 8), IsOk());
  EXPECT_THAT(registry_->Heartbeat(Identity("a"), 7, At(1)), IsOk());
  EXPECT_EQ(List().at(0).position, 9U);
}

TEST_P(NodeRegistryContract, TakesTheWordOfANewProcess) {
  const std::uint64_t n = Enter(Identity("a"), 9);
  EXPECT_GT(Enter(Identity("a", 60), 2), n) << "n never goes back";
  const std::vector<NodeRow> rows = List();
  ASSERT_THAT(rows, SizeIs(1));
  EXPECT_EQ(rows[0].position, 2U);
  EXPECT_EQ(rows[0].who, Identity("a", 60));
}

TEST_P(NodeRegistryContract, RefusesAProcessWhosePlaceWasTaken) {
  Enter(Identity("a"));
  const std::uint64_t n = Enter(Identity("a", 60));
  EXPECT_THAT(registry_->Heartbeat(Identity("a"), 9, At(1)), FailsWith(kInUse));
  EXPECT_THAT(registry_->ReportPosition(Identity("a"), 9), FailsWith(kInUse));
  EXPECT_THAT(registry_->Leave(Identity("a")), IsOk());
  const std::vector<NodeRow> rows = List();
  ASSERT_THAT(rows, SizeIs(1)) << "who was replaced leaves nothing";
  EXPECT_EQ(rows[0].n, n);
  EXPECT_EQ(rows[0].position, 0U);
}

TEST_P(NodeRegistryContract, RefusesANodeThatIsNotThere) {
  EXPECT_THAT(registry_->Heartbeat(Identity("a"), 0, At(1)), FailsWith(kNotFound));
  EXPECT_THAT(registry_->ReportPosition(Identity("a"), 0), FailsWith(kNotFound));
  Enter(Identity("a"));
  EXPECT_THAT(registry_->Leave(Identity("a")), IsOk());
  EXPECT_THAT(List(), IsEmpty());
  EXPECT_THAT(registry_->Leave(Identity("a")), IsOk());
  EXPECT_THAT(registry_->Heartbeat(Identity("a"), 0, At(1)), FailsWith(kNotFound));
}

TEST_P(NodeRegistryContract, ForgetsANodeOnlyIfItWasSilent) {
  const std::uint64_t n = Enter(Identity("a"));
  ASSERT_THAT(registry_->Heartbeat(Identity("a"), 0, At(1)), IsOk());
  EXPECT_THAT(registry_->Forget("a", n), IsOk());
  EXPECT_THAT(List(), SizeIs(1));
  EXPECT_THAT(registry_->Forget("a", n + 1), IsOk());
  EXPECT_THAT(List(), IsEmpty());
  EXPECT_THAT(registry_->Forget("nobody", 1), IsOk());
}

std::unique_ptr<NodeRegistry> OpenPostgres(const std::filesystem::path& directory) {
  return std::make_unique<postgres::PostgresNodeRegistry>(postgres::DatabaseOf(directory));
}

INSTANTIATE_TEST_SUITE_P(
    All, NodeRegistryContract,
    testing::Values(
        Implementation<NodeRegistry>{
            .name = "Memory",
            .durable = false,
            .open = [](const std::filesystem::path&) -> std::unique_ptr<NodeRegistry> {
              return std::make_unique<MemoryNodeRegistry>();
            }},
        Implementation<NodeRegistry>{.name = "Postgres", .durable = true, .open = OpenPostgres}),
    [](const auto& test) { return std::string{test.param.name}; });

TEST(PostgresNodeRegistry, ProvesWithTheHeadOfTheChanges) {
  const ScratchDirectory directory;
  const postgres::Settings settings = postgres::DatabaseOf(directory.path());
  const auto store = postgres::PostgresStore::Open(settings);
  ASSERT_THAT(store, IsOk());
  LineScript lines;
  ASSERT_THAT((*store)->Commit(std::vector{WriteOf(SampleWorkspace(1))}, lines.maker()), IsOk());
  postgres::PostgresNodeRegistry registry{settings};
  const Result<NodeProof> entered = registry.Register(Identity("a"), 0, At(0));
  ASSERT_THAT(entered, IsOk());
  EXPECT_EQ(entered->head, 1U);
  ASSERT_THAT((*store)->Commit(std::vector{WriteOf(SampleWorkspace(2))}, lines.maker()), IsOk());
  const Result<NodeProof> proof = registry.Heartbeat(Identity("a"), 1, At(1));
  ASSERT_THAT(proof, IsOk());
  EXPECT_EQ(proof->head, 2U);
}

}  // namespace
}  // namespace latchkey
