#include "authority/link_authority.h"

#include <gmock/gmock.h>

#include <atomic>
#include <string>
#include <thread>
#include <vector>

#include "testing/installation/sign_in_world.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using Why = SignInRefusal::Cause;
using enum Error::Code;

constexpr const char* kNext = "another good sentence";

class LinkAuthorityTest : public testing::Test, protected SignInWorld {
 protected:
  std::string Make(LinkKind kind, const Account& account) {
    return std::string{Must(latchkey.links->Make(kind, account.id, kOperator)).text.Expose()};
  }
  SignInResult<SignInOutcome> Accept(std::string_view text, std::string_view password = kNext) {
    LinkAnswer answer;
    answer.password = SecretString{password};
    return latchkey.links->Accept(text, std::move(answer), client);
  }
};

TEST_F(LinkAuthorityTest, AnInvitationSetsTheFirstPasswordAndSignsIn) {
  const Account bob = latchkey.AddAccount("bob");
  const std::string text = Make(LinkKind::kInvitation, bob);
  const auto view = latchkey.links->Inspect(text);
  ASSERT_TRUE(view);
  EXPECT_EQ(view->link.kind, LinkKind::kInvitation);
  EXPECT_EQ(view->account->username, "bob");
  EXPECT_EQ(view->link.expires_at, latchkey.clock.Now() + 7 * 24h);
  const auto outcome = Accept(text);
  ASSERT_TRUE(outcome);
  EXPECT_THAT(std::get<NewSession>(*outcome).session.methods, ElementsAre("link"));
  EXPECT_TRUE(Password("bob", kNext));
  EXPECT_EQ(CauseOf(Accept(text)), Why::kLinkOver);
}

TEST_F(LinkAuthorityTest, AResetEndsEverySession) {
  const NewSession session = SignIn();
  EXPECT_TRUE(Accept(Make(LinkKind::kPasswordReset, ana)));
  EXPECT_FALSE(latchkey.sessions->Find(session.cookie.Expose(), ""));
  EXPECT_EQ(CauseOf(Password("ana", kPassword)), Why::kSignInFailed);
  EXPECT_TRUE(Password("ana", kNext));
}

TEST_F(LinkAuthorityTest, AResetIsNoWayAroundTheSecondStep) {
  AddTotp();
  const auto outcome = Accept(Make(LinkKind::kPasswordReset, ana));
  ASSERT_TRUE(outcome);
  EXPECT_TRUE(std::holds_alternative<PendingAttempt>(*outcome));
}

TEST_F(LinkAuthorityTest, EndsByTimeByANewerOneAndOverARestartStaysUsed) {
  const std::string first = Make(LinkKind::kPasswordReset, ana);
  const std::string second = Make(LinkKind::kPasswordReset, ana);
  EXPECT_EQ(CauseOf(latchkey.links->Inspect(first)), Why::kLinkOver);
  Must(latchkey.Restart());
  EXPECT_EQ(CauseOf(latchkey.links->Inspect(first)), Why::kLinkOver);
  EXPECT_TRUE(latchkey.links->Inspect(second));
  latchkey.clock.Advance(1h - 1ms);
  EXPECT_TRUE(latchkey.links->Inspect(second));
  latchkey.clock.Advance(1ms);
  EXPECT_EQ(CauseOf(Accept(second)), Why::kLinkOver);
}

TEST_F(LinkAuthorityTest, AsksAtOnceMakeOneLinkAndItLivesOn) {
  std::atomic<int> made = 0;
  const auto ask = [&] {
    const auto link = latchkey.links->MakeByAsk("ana", kOperator);
    if (link && *link) ++made;
  };
  {
    std::vector<std::jthread> threads;
    threads.reserve(8);
    for (int i = 0; i < 8; ++i) threads.emplace_back(ask);
  }
  EXPECT_EQ(made, 1);
  latchkey.clock.Advance(LinkAuthority::kAskPause - 1ms);
  ask();
  EXPECT_EQ(made, 1);
  latchkey.clock.Advance(1ms);
  ask();
  EXPECT_EQ(made, 2);
  EXPECT_EQ(Must(latchkey.links->MakeByAsk("nobody", kOperator)).has_value(), false);
}

TEST_F(LinkAuthorityTest, AsksAreCountedByAddressWhoeverIsNamed) {
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(latchkey.links->AttendAsk("192.0.2.1")) << i;
  const auto refused = latchkey.links->AttendAsk("192.0.2.1");
  ASSERT_EQ(CauseOf(refused), Why::kThrottled);
  EXPECT_EQ(refused.error().retry_after, 1s);
  EXPECT_TRUE(latchkey.links->AttendAsk("192.0.2.2"));
  latchkey.clock.Advance(1h);
  EXPECT_TRUE(latchkey.links->AttendAsk("192.0.2.1"));
}

TEST_F(LinkAuthorityTest, AWeakPasswordLeavesTheLinkGood) {
  const std::string text = Make(LinkKind::kPasswordReset, ana);
  EXPECT_EQ(CauseOf(Accept(text, "short")), Why::kWeakPassword);
  EXPECT_TRUE(Accept(text));
}

TEST_F(LinkAuthorityTest, WorksOnceHoweverManyFollowIt) {
  const std::string text = Make(LinkKind::kPasswordReset, ana);
  std::atomic<int> good = 0;
  {
    std::vector<std::jthread> threads;
    threads.reserve(8);
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        if (Accept(text, "a good sentence, number " + std::to_string(i))) ++good;
      });
    }
  }
  EXPECT_EQ(good, 1);
}

TEST_F(LinkAuthorityTest, ATextThatIsNoneIsOver) {
  const std::string text = Make(LinkKind::kPasswordReset, ana);
  std::string wrong = text;
  wrong.back() = wrong.back() == 'A' ? 'B' : 'A';
  for (const std::string& other : {std::string{}, wrong, text + " ", std::string(39, 'a')}) {
    EXPECT_EQ(CauseOf(latchkey.links->Inspect(other)), Why::kLinkOver) << other;
  }
}

TEST_F(LinkAuthorityTest, NoneForServicesAndForWhomIsSuspended) {
  const Account ci = latchkey.AddAccount("ci", AccountKind::kService);
  EXPECT_THAT(latchkey.links->Make(LinkKind::kInvitation, ci.id, kOperator),
              FailsWith(kInvalidArgument));
  EXPECT_THAT(latchkey.links->Make(LinkKind::kSetUp, ana.id, kOperator),
              FailsWith(kInvalidArgument));
  const std::string text = Make(LinkKind::kPasswordReset, ana);
  Must(latchkey.accounts->SetState("ana", AccountState::kSuspended, kOperator));
  EXPECT_EQ(CauseOf(Accept(text)), Why::kLinkOver);
  EXPECT_THAT(latchkey.links->MakeFor(ana.id, kOperator), FailsWith(kInvalidArgument));
  EXPECT_THAT(latchkey.links->MakeFor("nobody", kOperator), FailsWith(kNotFound));
}

TEST_F(LinkAuthorityTest, ChoosesTheKindByWhetherTheAccountCanSignIn) {
  const Account bob = latchkey.AddAccount("bob");
  EXPECT_EQ(Must(latchkey.links->MakeFor(bob.id, kOperator)).link.kind, LinkKind::kInvitation);
  EXPECT_EQ(Must(latchkey.links->MakeFor(ana.id, kOperator)).link.kind, LinkKind::kPasswordReset);
}

TEST_F(LinkAuthorityTest, NoSetUpOnceSomebodyCanSignIn) {
  EXPECT_TRUE(latchkey.links->IsSetUp());
  EXPECT_THAT(latchkey.links->MakeSetUp(kOperator), FailsWith(kConflict));
}

TEST(SetUpTest, TheLinkMakesTheFirstAdministratorOnce) {
  MemoryInstallation latchkey;
  latchkey.AddAccount("ana");  // By the command line, without a way to sign in.
  const SignInClient client;
  const Caller caller{.actor = "cli:test", .origin = {}, .request_id = {}};
  EXPECT_FALSE(latchkey.links->IsSetUp());
  const std::string old{Must(latchkey.links->MakeSetUp(caller)).text.Expose()};
  const std::string text{Must(latchkey.links->MakeSetUp(caller)).text.Expose()};
  EXPECT_EQ(CauseOf(latchkey.links->Inspect(old)), Why::kLinkOver);
  const auto answer = [](const std::string& username, const std::string& password) {
    LinkAnswer filled;
    filled.password = SecretString{password};
    filled.username = username;
    filled.email = username + "@example.com";
    return filled;
  };
  EXPECT_EQ(CauseOf(latchkey.links->Accept(text, answer("ana", kNext), client)), Why::kError)
      << "the name is taken";
  EXPECT_EQ(CauseOf(latchkey.links->Accept(text, answer("", kNext), client)), Why::kError);
  EXPECT_EQ(CauseOf(latchkey.links->Accept(text, answer("root", "short"), client)),
            Why::kWeakPassword);
  EXPECT_TRUE(latchkey.links->Accept(text, answer("root", kNext), client));
  EXPECT_TRUE(latchkey.directory->FindAccountByName("root")->admin);
  EXPECT_TRUE(latchkey.links->IsSetUp());
  EXPECT_EQ(CauseOf(latchkey.links->Accept(text, answer("other", kNext), client)), Why::kLinkOver);
}

}  // namespace
}  // namespace latchkey
