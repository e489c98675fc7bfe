#include "authority/cluster_member.h"

#include <gmock/gmock.h>

#include <atomic>

#include "cluster/memory_node_registry.h"
#include "store/codec/json_change_codec.h"
#include "testing/installation/shared_node.h"
#include "testing/manual_clock.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using enum Error::Code;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

/// The way of one node to the list that all share; it can be cut.
class CuttableRegistry final : public NodeRegistry {
 public:
  explicit CuttableRegistry(NodeRegistry& registry) : registry_(registry) {}

  [[nodiscard]] Result<NodeProof> Register(const NodeIdentity& node, std::uint64_t position,
                                           Instant now) override {
    if (cut) return Lost();
    return registry_.Register(node, position, now);
  }
  [[nodiscard]] Result<NodeProof> Heartbeat(const NodeIdentity& node, std::uint64_t position,
                                            Instant now) override {
    if (cut) return Lost();
    return registry_.Heartbeat(node, position, now);
  }
  [[nodiscard]] Result<void> ReportPosition(const NodeIdentity& node,
                                            std::uint64_t position) override {
    if (cut) return Lost();
    return registry_.ReportPosition(node, position);
  }
  [[nodiscard]] Result<std::vector<NodeRow>> List() const override {
    if (cut) return Lost();
    return registry_.List();
  }
  [[nodiscard]] Result<void> Leave(const NodeIdentity& node) override {
    if (cut) return Lost();
    return registry_.Leave(node);
  }
  [[nodiscard]] Result<void> Forget(std::string_view id, std::uint64_t n) override {
    if (cut) return Lost();
    return registry_.Forget(id, n);
  }

  std::atomic<bool> cut{false};

 private:
  static std::unexpected<Error> Lost() { return Fail(kUnavailable, "the way is cut"); }

  NodeRegistry& registry_;
};

class ClusterMemberTest : public testing::Test {
 protected:
  /// A node with everything of its own but the database.
  struct Member {
    Member(ClusterMemberTest& test, const std::string& id, const ClusterPace& pace = {})
        : node(test.database_.Share(), test.codec_, test.key_, test.clock_),
          registry(test.registry_),
          lease(test.boot_clock_, seconds{30}),
          member({.ledger = *node.ledger,
                  .registry = registry,
                  .lease = lease,
                  .boot_clock = test.boot_clock_,
                  .clock = test.clock_,
                  .alarms = node.alarms},
                 {.id = id, .name = "node-" + id, .started_at = test.clock_.Now()}, pace) {}

    void SetReachable(bool reachable) {
      registry.cut = !reachable;
      node.store->SetReachable(reachable);
    }

    SharedNode node;
    CuttableRegistry registry;
    Lease lease;
    ClusterMember member;
  };

  ClusterMemberTest() {
    for (std::byte& byte : key_.ExposeForFilling()) byte = std::byte{7};
  }

  std::uint64_t CountOf(const std::string& id) {
    for (const NodeRow& row : registry_.List().value()) {
      if (row.who.id == id) return row.n;
    }
    return 0;
  }

  MemoryStore database_;
  MemoryNodeRegistry registry_{[this] { return database_.Head().value_or(ChangeHead{}).seq; }};
  JsonChangeCodec codec_;
  SecretKey key_;
  ManualClock clock_;
  ManualBootClock boot_clock_;
};

TEST_F(ClusterMemberTest, IsFreshOnceItProvedThatItLives) {
  Member a{*this, "a"};
  EXPECT_FALSE(a.lease.IsLive());
  ASSERT_THAT(a.member.Join(), IsOk());
  EXPECT_TRUE(a.lease.IsLive());
  boot_clock_.Advance(seconds{31});
  EXPECT_FALSE(a.lease.IsLive());
  ASSERT_THAT(a.member.Beat(), IsOk());
  EXPECT_EQ(a.lease.Age(), milliseconds{0});
}

TEST_F(ClusterMemberTest, TakesInEverythingBeforeItIsFresh) {
  Member a{*this, "a"};
  Member b{*this, "b"};
  ASSERT_THAT(a.node.Submit(SampleWorkspace(1)), IsOk());
  ASSERT_THAT(b.member.Join(), IsOk());
  EXPECT_EQ(b.node.sink.VersionIn(SampleWorkspace(1)), 1U);
}

TEST_F(ClusterMemberTest, IsNotFreshWhereItCannotFollow) {
  Member a{*this, "a"};
  ASSERT_THAT(a.member.Join(), IsOk());
  a.node.store->SetReachable(false);
  boot_clock_.Advance(seconds{20});
  EXPECT_THAT(a.member.Beat(), FailsWith(kUnavailable));
  EXPECT_EQ(a.lease.Age(), seconds{20}) << "that it counted up is not enough";
}

TEST_F(ClusterMemberTest, IsNotFreshByAServerThatIsBehindTheOneThatTookTheProof) {
  std::uint64_t head = 0;
  MemoryNodeRegistry registry{[&head] { return head; }};
  Member a{*this, "a"};
  ClusterMember member{{.ledger = *a.node.ledger,
                        .registry = registry,
                        .lease = a.lease,
                        .boot_clock = boot_clock_,
                        .clock = clock_,
                        .alarms = a.node.alarms},
                       {.id = "a", .name = "node-a", .started_at = clock_.Now()}};
  ASSERT_THAT(member.Join(), IsOk());
  boot_clock_.Advance(seconds{5});
  head = 1;
  EXPECT_THAT(member.Beat(), FailsWith(kUnavailable));
  EXPECT_EQ(a.lease.Age(), seconds{5});
}

TEST_F(ClusterMemberTest, ConfirmsAChangeOnceEverybodyFollowed) {
  Member a{*this, "a"};
  Member b{*this, "b"};
  ASSERT_THAT(a.member.Join(), IsOk());
  ASSERT_THAT(b.member.Join(), IsOk());
  ASSERT_THAT(a.node.Submit(SampleWorkspace(1)), IsOk());
  BarrierReport report = a.member.Wait(1, milliseconds{0});
  EXPECT_FALSE(report.complete());
  EXPECT_THAT(report.confirmed, ElementsAre("node-a"));
  EXPECT_THAT(report.pending, ElementsAre("node-b"));
  ASSERT_THAT(b.member.FollowOnce(), IsOk());
  report = a.member.Wait(1, milliseconds{0});
  EXPECT_TRUE(report.complete());
  EXPECT_THAT(report.confirmed, ElementsAre("node-a", "node-b"));
}

TEST_F(ClusterMemberTest, FencesANodeThatIsCutOffWhenItsLeaseIsOver) {
  Member a{*this, "a"};
  Member b{*this, "b"};
  ASSERT_THAT(a.member.Join(), IsOk());
  ASSERT_THAT(b.member.Join(), IsOk());
  ASSERT_THAT(a.member.Beat(), IsOk());
  b.SetReachable(false);
  ASSERT_THAT(a.node.Submit(SampleWorkspace(1)), IsOk());
  for (int second = 1; second <= 40; ++second) {
    boot_clock_.Advance(seconds{1});
    ASSERT_THAT(a.member.Beat(), IsOk());
    EXPECT_THAT(b.member.Beat(), FailsWith(kUnavailable));
    const BarrierReport report = a.member.Wait(1, milliseconds{0});
    // What must never be: an answer that the change is in force, while somebody still answers
    // without it.
    ASSERT_FALSE(report.complete() && b.lease.IsLive()) << second;
    EXPECT_EQ(report.complete(), second >= 31) << second;
    EXPECT_EQ(report.fenced.empty(), second < 31) << second;
  }
  b.SetReachable(true);
  ASSERT_THAT(b.member.Beat(), IsOk());
  EXPECT_TRUE(b.lease.IsLive());
  EXPECT_EQ(b.node.sink.VersionIn(SampleWorkspace(1)), 1U);
  const BarrierReport report = a.member.Wait(1, milliseconds{0});
  EXPECT_THAT(report.confirmed, ElementsAre("node-a", "node-b"));
}

TEST_F(ClusterMemberTest, IsNotCompleteWhileItIsCutOffItself) {
  Member a{*this, "a"};
  Member b{*this, "b"};
  ASSERT_THAT(a.member.Join(), IsOk());
  ASSERT_THAT(b.member.Join(), IsOk());
  ASSERT_THAT(a.member.Beat(), IsOk());
  ASSERT_THAT(a.node.Submit(SampleWorkspace(1)), IsOk());
  a.SetReachable(false);
  boot_clock_.Advance(seconds{60});
  EXPECT_FALSE(a.member.Wait(1, milliseconds{0}).complete()) << "it has not seen anybody silent";
}

TEST_F(ClusterMemberTest, WaitsForNobodyWhoLeft) {
  Member a{*this, "a"};
  ASSERT_THAT(a.member.Join(), IsOk());
  {
    Member b{*this, "b"};
    ASSERT_THAT(b.member.Join(), IsOk());
    b.member.Stop();
    EXPECT_FALSE(b.lease.IsLive());
  }
  ASSERT_THAT(a.node.Submit(SampleWorkspace(1)), IsOk());
  EXPECT_TRUE(a.member.Wait(1, milliseconds{0}).complete());
}

TEST_F(ClusterMemberTest, GivesWayToAnotherProcessOfItsId) {
  Member a{*this, "a"};
  ASSERT_THAT(a.member.Join(), IsOk());
  clock_.Advance(seconds{1});
  Member copy{*this, "a"};
  ASSERT_THAT(copy.member.Join(), IsOk());
  EXPECT_THAT(a.member.Beat(), FailsWith(kInUse));
  EXPECT_THAT(a.member.Beat(), FailsWith(kInUse));
  EXPECT_FALSE(a.lease.IsLive());
  EXPECT_EQ(a.node.alarms.raised().size(), 1U);
  a.member.Stop();
  EXPECT_THAT(copy.member.Beat(), IsOk()) << "who was replaced takes nobody out of the list";
}

TEST_F(ClusterMemberTest, EntersTheListAgainAfterItWasTakenOut) {
  Member a{*this, "a"};
  Member b{*this, "b"};
  ASSERT_THAT(a.member.Join(), IsOk());
  ASSERT_THAT(b.member.Join(), IsOk());
  ASSERT_THAT(a.member.Beat(), IsOk());
  boot_clock_.Advance(std::chrono::hours{25});
  ASSERT_THAT(a.member.Beat(), IsOk());
  EXPECT_EQ(CountOf("b"), 0U) << "silent for more than a day";
  ASSERT_THAT(b.member.Beat(), IsOk());
  EXPECT_GT(CountOf("b"), 0U);
  EXPECT_TRUE(b.lease.IsLive());
}

TEST_F(ClusterMemberTest, AnswersNothingAndLooksDeadWithAnotherHistory) {
  Member a{*this, "a"};
  ASSERT_THAT(a.member.Join(), IsOk());
  ASSERT_THAT(a.node.Submit(SampleWorkspace(1)), IsOk());
  database_.DropLinesAfter(0);
  Member b{*this, "b"};
  ASSERT_THAT(b.member.Join(), IsOk());
  ASSERT_THAT(b.node.Submit(SampleWorkspace(2)), IsOk());
  EXPECT_THAT(a.member.FollowOnce(), FailsWith(kDisagreement));
  EXPECT_FALSE(a.lease.IsLive());
  const std::uint64_t n = CountOf("a");
  EXPECT_THAT(a.member.Beat(), FailsWith(kDisagreement));
  EXPECT_EQ(CountOf("a"), n);
  EXPECT_EQ(a.node.alarms.raised().size(), 1U);
}

TEST_F(ClusterMemberTest, IsNotRenewedByADatabaseThatIsBehind) {
  Member a{*this, "a"};
  ASSERT_THAT(a.member.Join(), IsOk());
  ASSERT_THAT(a.node.Submit(SampleWorkspace(1)), IsOk());
  ASSERT_THAT(a.member.FollowOnce(), IsOk());
  const std::vector<ChangeLine> lines = a.node.journal.lines();
  database_.DropLinesAfter(0);
  boot_clock_.Advance(seconds{10});
  EXPECT_THAT(a.member.Beat(), FailsWith(kDisagreement));
  EXPECT_THAT(a.member.Beat(), FailsWith(kDisagreement));
  EXPECT_EQ(a.lease.Age(), seconds{10}) << "what it holds is newer than what the database says";
  ASSERT_THAT(database_.Restore({}, lines), IsOk());
  ASSERT_THAT(a.member.Beat(), IsOk());
  EXPECT_EQ(a.lease.Age(), seconds{0});
}

TEST_F(ClusterMemberTest, DoesAllOfItByItself) {
  const ClusterPace quick{.follow = milliseconds{1}, .beat = milliseconds{2}};
  Member a{*this, "a", quick};
  Member b{*this, "b", quick};
  for (Member* one : {&a, &b}) {
    ASSERT_THAT(one->member.Join(), IsOk());
    one->member.Start();
  }
  for (std::uint64_t i = 1; i <= 20; ++i) {
    const Member& maker = i % 2 == 0 ? a : b;
    ASSERT_THAT(maker.node.Submit(SampleWorkspace(i)), IsOk());
    // The clock stands still, so that only the others' confirmation ends the wait.
    const BarrierReport report =
        (i % 2 == 0 ? a : b).member.Wait(maker.node.ledger->last_seq(), seconds{1});
    EXPECT_THAT(report.confirmed, ElementsAre("node-a", "node-b"));
    EXPECT_THAT(report.fenced, IsEmpty());
    EXPECT_EQ(a.node.sink.VersionIn(SampleWorkspace(i)), 1U);
    EXPECT_EQ(b.node.sink.VersionIn(SampleWorkspace(i)), 1U);
  }
}

}  // namespace
}  // namespace latchkey
