#include "authority/session_authority.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "testing/installation/memory_installation.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using enum Error::Code;

class SessionAuthorityTest : public testing::Test {
 protected:
  NewSession Begin(const Account& account, bool stay = false) {
    return Must(latchkey_.sessions->Begin(
        {.account = account.id, .methods = {"password"}, .stay = stay}, client_));
  }
  std::optional<LiveSession> Find(const SecretString& cookie) {
    return latchkey_.sessions->Find(cookie.Expose(), "192.0.2.1");
  }

  MemoryInstallation latchkey_;
  const SignInClient client_{
      .address = "192.0.2.1",
      .user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
      .request_id = "r1",
      .device = {}};
  const Account ana_ = latchkey_.AddAccount("ana");
  const Account bob_ = latchkey_.AddAccount("bob");
  const Caller caller_{.actor = "account:" + ana_.id, .origin = {}, .request_id = {}};
};

TEST_F(SessionAuthorityTest, IsFoundByItsWholeCookieAlone) {
  const NewSession begun = Begin(ana_);
  const std::string cookie{begun.cookie.Expose()};
  EXPECT_EQ(cookie.size(), 39U);
  const auto live = Find(begun.cookie);
  ASSERT_TRUE(live);
  EXPECT_EQ(live->account->username, "ana");
  EXPECT_EQ(live->session->name, "Firefox on Linux");
  EXPECT_EQ(live->session->methods, std::vector<std::string>{"password"});
  std::string wrong = cookie;
  wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
  for (const std::string& other :
       {std::string{}, cookie.substr(0, 38), cookie + "x", wrong, std::string(39, 'a')}) {
    EXPECT_FALSE(latchkey_.sessions->Find(other, "192.0.2.1")) << other;
  }
}

TEST_F(SessionAuthorityTest, EndsWhenItIsIdleAndLastsWhileItIsUsed) {
  const NewSession begun = Begin(ana_);
  for (int i = 0; i < 20; ++i) {
    latchkey_.clock.Advance(30min - 1ms);
    ASSERT_TRUE(Find(begun.cookie)) << i;
  }
  latchkey_.clock.Advance(30min);
  EXPECT_FALSE(Find(begun.cookie));
}

TEST_F(SessionAuthorityTest, EndsAfterItsLifetimeWhateverIsDone) {
  const NewSession begun = Begin(ana_);
  const NewSession stays = Begin(ana_, /*stay=*/true);
  for (auto passed = 0min; passed < 12h - 20min; passed += 20min) {
    latchkey_.clock.Advance(20min);
    ASSERT_TRUE(Find(begun.cookie));
    ASSERT_TRUE(Find(stays.cookie));
  }
  latchkey_.clock.Advance(20min);
  EXPECT_FALSE(Find(begun.cookie));
  EXPECT_TRUE(Find(stays.cookie));
}

TEST_F(SessionAuthorityTest, AskForAProofAgainAfterAQuarterOfAnHour) {
  const NewSession begun = Begin(ana_);
  EXPECT_EQ(Find(begun.cookie)->reauthenticate_after, latchkey_.clock.Now() + 15min);
}

TEST_F(SessionAuthorityTest, AProofRenewsTheSecretUnderTheSameId) {
  const NewSession begun = Begin(ana_);
  latchkey_.clock.Advance(20min);
  const auto live = Find(begun.cookie);
  const NewSession renewed = Must(latchkey_.sessions->Renew(*live, "totp", client_));
  EXPECT_FALSE(Find(begun.cookie)) << "who copied the old one gains nothing";
  const auto again = Find(renewed.cookie);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->session->id, begun.session.id);
  EXPECT_EQ(again->reauthenticate_after, latchkey_.clock.Now() + 15min);
  EXPECT_THAT(again->session->methods, ElementsAre("password", "totp"));
  EXPECT_EQ(again->session->expires_at, begun.session.expires_at);
}

TEST_F(SessionAuthorityTest, EndsForGoodAlsoOverARestart) {
  const NewSession begun = Begin(ana_);
  const NewSession other = Begin(ana_);
  Must(latchkey_.sessions->End(ana_.id, begun.session.id, "signed out", caller_));
  EXPECT_FALSE(Find(begun.cookie));
  EXPECT_THAT(latchkey_.sessions->End(ana_.id, begun.session.id, "signed out", caller_),
              FailsWith(kNotFound));
  Must(latchkey_.Restart());
  EXPECT_FALSE(Find(begun.cookie));
  EXPECT_TRUE(Find(other.cookie));
}

TEST_F(SessionAuthorityTest, EndsAllButOne) {
  const NewSession first = Begin(ana_);
  const NewSession second = Begin(ana_);
  const NewSession of_bob = Begin(bob_);
  EXPECT_THAT(latchkey_.sessions->EndAll(ana_.id, first.session.id, "asked", caller_), IsOkAnd(1U));
  EXPECT_TRUE(Find(first.cookie));
  EXPECT_FALSE(Find(second.cookie));
  EXPECT_TRUE(Find(of_bob.cookie));
}

TEST_F(SessionAuthorityTest, NobodyTouchesTheSessionsOfAnother) {
  const NewSession of_bob = Begin(bob_);
  EXPECT_THAT(latchkey_.sessions->End(ana_.id, of_bob.session.id, "x", caller_),
              FailsWith(kNotFound));
  EXPECT_THAT(latchkey_.sessions->Rename(ana_.id, of_bob.session.id, "x", caller_),
              FailsWith(kNotFound));
  EXPECT_TRUE(Find(of_bob.cookie));
}

TEST_F(SessionAuthorityTest, ListsThoseInForceWithWhenAndWhereTheyWereSeen) {
  const NewSession old = Begin(ana_);
  latchkey_.clock.Advance(20min);
  const NewSession young = Begin(ana_);
  latchkey_.clock.Advance(5min);
  static_cast<void>(latchkey_.sessions->Find(young.cookie.Expose(), "2001:db8::1"));
  const std::vector<ListedSession> both = latchkey_.sessions->List(ana_.id);
  ASSERT_THAT(both, SizeIs(2));
  EXPECT_EQ(both.front().session.id, young.session.id);
  EXPECT_EQ(both.front().last_seen_at, latchkey_.clock.Now());
  EXPECT_EQ(both.front().session.address, "2001:db8::1");
  latchkey_.clock.Advance(10min);
  EXPECT_THAT(latchkey_.sessions->List(ana_.id), SizeIs(1)) << "the other is idle";
  EXPECT_THAT(latchkey_.sessions->List(bob_.id), IsEmpty());
}

TEST_F(SessionAuthorityTest, IsRenamedWithAnyTextButASecret) {
  const NewSession begun = Begin(ana_);
  EXPECT_EQ(Must(latchkey_.sessions->Rename(ana_.id, begun.session.id, "At home", caller_)).name,
            "At home");
  EXPECT_EQ(Find(begun.cookie)->session->name, "At home");
  for (const char* name : {"", " ", "a\nb"}) {
    EXPECT_THAT(latchkey_.sessions->Rename(ana_.id, begun.session.id, name, caller_),
                FailsWith(kInvalidArgument));
  }
  const std::string secret = latchkey_.IssueToken(ana_, {"read:repository:bitbucket"});
  EXPECT_THAT(latchkey_.sessions->Rename(ana_.id, begun.session.id, secret, caller_),
              FailsWith(kInvalidArgument));
}

TEST_F(SessionAuthorityTest, ASuspendedAccountHasNone) {
  const NewSession begun = Begin(ana_);
  Must(latchkey_.accounts->SetState("ana", AccountState::kSuspended, caller_));
  EXPECT_FALSE(Find(begun.cookie));
  EXPECT_THAT(latchkey_.sessions->Begin({.account = ana_.id, .methods = {}}, client_),
              FailsWith(kPermissionDenied));
  Must(latchkey_.accounts->SetState("ana", AccountState::kActive, caller_));
  EXPECT_FALSE(Find(begun.cookie)) << "it ended for good";
}

TEST_F(SessionAuthorityTest, MakesNothingOnceItEnded) {
  const NewSession begun = Begin(ana_);
  Caller of_session = caller_;
  of_session.session = begun.session.id;
  const IssueRequest request{.kind = CredentialKind::kApiToken,
                             .account = ana_.id,
                             .name = "test",
                             .grants = {"read:repository:bitbucket"}};
  EXPECT_THAT(latchkey_.credentials->Issue(request, of_session), IsOk());
  Must(latchkey_.sessions->End(ana_.id, begun.session.id, "signed out", caller_));
  EXPECT_THAT(latchkey_.credentials->Issue(request, of_session), FailsWith(kPermissionDenied));
}

TEST_F(SessionAuthorityTest, OneTooManyEndsTheOldest) {
  latchkey_.session_limits.per_account_max = 3;
  Must(latchkey_.Restart());
  std::vector<NewSession> begun;
  for (int i = 0; i < 5; ++i) {
    latchkey_.clock.Advance(1s);
    begun.push_back(Begin(ana_));
  }
  const NewSession of_bob = Begin(bob_);
  EXPECT_FALSE(Find(begun[0].cookie));
  EXPECT_FALSE(Find(begun[1].cookie));
  for (std::size_t i = 2; i < begun.size(); ++i) EXPECT_TRUE(Find(begun[i].cookie)) << i;
  EXPECT_TRUE(Find(of_bob.cookie)) << "each account for itself";
  EXPECT_THAT(latchkey_.sessions->List(ana_.id), SizeIs(3));
}

TEST_F(SessionAuthorityTest, OneAtATimeIsTheNewest) {
  latchkey_.session_limits.per_account_max = 1;
  Must(latchkey_.Restart());
  const NewSession first = Begin(ana_);
  const NewSession second = Begin(ana_);
  EXPECT_FALSE(Find(first.cookie));
  EXPECT_TRUE(Find(second.cookie)) << "of the same moment";
}

TEST_F(SessionAuthorityTest, ADeviceKeepsItsCookie) {
  const NewSession first = Begin(ana_);
  SignInClient again = client_;
  again.device = first.device.Expose();
  const NewSession second =
      Must(latchkey_.sessions->Begin({.account = ana_.id, .methods = {"password"}}, again));
  EXPECT_EQ(second.device.Expose(), first.device.Expose());
  const NewSession of_bob =
      Must(latchkey_.sessions->Begin({.account = bob_.id, .methods = {"password"}}, again));
  EXPECT_NE(of_bob.device.Expose(), first.device.Expose());
}

}  // namespace
}  // namespace latchkey
