#include "authority/announcer.h"

#include <gmock/gmock.h>

#include "store/codec/json_change_codec.h"
#include "testing/installation/scripted_barrier.h"
#include "testing/installation/shared_node.h"
#include "testing/manual_clock.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

class AnnouncerTest : public testing::Test {
 protected:
  AnnouncerTest() {
    for (std::byte& byte : key_.ExposeForFilling()) byte = std::byte{7};
  }

  void Make(Record record) { ASSERT_THAT(node_.Submit(std::move(record)), IsOk()); }

  MemoryStore database_;
  JsonChangeCodec codec_;
  SecretKey key_;
  ManualClock clock_;
  SharedNode node_{database_.Share(), codec_, key_, clock_};
  ScriptedBarrier barrier_;
  Announcer announcer_{barrier_, *node_.ledger, clock_};
};

TEST_F(AnnouncerTest, ANodeAloneWaitsForNobody) {
  const Announcer alone;
  EXPECT_TRUE(alone.alone());
  EXPECT_FALSE(alone.HasToFinish(alone.Begin(), {.revocation = true}));
  EXPECT_TRUE(alone.Finish(alone.Begin(), {.revocation = true}).empty());
}

TEST_F(AnnouncerTest, WaitsBrieflyForWhatOnlyGives) {
  const Announcer::Mark mark = announcer_.Begin();
  Make(SampleCredential(1));
  EXPECT_TRUE(announcer_.Finish(mark, {}).empty());
  EXPECT_THAT(barrier_.TakeAsked(), ElementsAre(std::pair{std::uint64_t{1}, Announcer::kBrief}));
}

TEST_F(AnnouncerTest, WaitsAsLongAsItTakesForWhatTakesAway) {
  CredentialRecord revoked = SampleCredential(1);
  revoked.revoked_at.reset();
  MembershipRecord membership = SampleMembership(1);
  AccountRecord account = SampleAccount(1);
  Make(revoked);
  Make(membership);
  Make(account);
  revoked = Next(revoked);
  revoked.revoked_at = clock_.Now();
  const std::vector<Record> changes{revoked, Next(membership), Next(account), SampleApp(1),
                                    SamplePolicy(1)};
  for (const Record& change : changes) {
    static_cast<void>(barrier_.TakeAsked());
    const Announcer::Mark mark = announcer_.Begin();
    Make(change);
    EXPECT_TRUE(announcer_.Finish(mark, {}).empty());
    EXPECT_THAT(barrier_.TakeAsked(),
                ElementsAre(std::pair{node_.ledger->last_seq(), milliseconds{31'000}}))
        << TypeName(TypeOf(change));
  }
}

TEST_F(AnnouncerTest, WaitsForNothingWhereNothingWasChangedHere) {
  const Announcer::Mark mark = announcer_.Begin();
  const SharedNode other{database_.Share(), codec_, key_, clock_};
  ASSERT_THAT(other.Submit(SampleApp(1)), IsOk());
  ASSERT_THAT(node_.ledger->Follow(), IsOk());
  EXPECT_FALSE(announcer_.HasToFinish(mark, {}));
  EXPECT_TRUE(announcer_.Finish(mark, {}).empty());
  EXPECT_THAT(barrier_.TakeAsked(), IsEmpty());
}

TEST_F(AnnouncerTest, SaysWhereARevocationIsInForce) {
  const Announcement said = announcer_.Finish(announcer_.Begin(), {.revocation = true});
  EXPECT_EQ(said.effective_at, clock_.Now());
  EXPECT_FALSE(said.in_force_by);
  EXPECT_THAT(said.confirmed, ElementsAre("a"));
  EXPECT_THAT(said.fenced, ElementsAre("b"));
}

TEST_F(AnnouncerTest, CountsAsFencedWhomNobodySawForTheWholeTime) {
  barrier_.report = {.confirmed = {"a"}, .fenced = {}, .pending = {"b"}, .known = true};
  EXPECT_THAT(announcer_.Finish(announcer_.Begin(), {.revocation = true}).fenced, ElementsAre("b"));
}

TEST_F(AnnouncerTest, SaysByWhenToWhoDoesNotWait) {
  const Announcement said =
      announcer_.Finish(announcer_.Begin(), {.revocation = true, .no_wait = true});
  EXPECT_FALSE(said.effective_at);
  EXPECT_EQ(said.in_force_by, clock_.Now() + seconds{31});
  EXPECT_THAT(barrier_.TakeAsked(), IsEmpty());
}

}  // namespace
}  // namespace latchkey
