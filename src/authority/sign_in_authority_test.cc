#include "authority/sign_in_authority.h"

#include <gmock/gmock.h>

#include <atomic>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "testing/installation/sign_in_world.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using Why = SignInRefusal::Cause;
using Outcome = SignInEvent::Outcome;

class SignInAuthorityTest : public testing::Test, protected SignInWorld {};

TEST_F(SignInAuthorityTest, APasswordAloneBeginsASession) {
  for (const char* user : {"ana", "ANA", "ana@example.com"}) {
    const auto outcome = Password(user, kPassword);
    ASSERT_TRUE(outcome) << user;
    const auto* session = std::get_if<NewSession>(&*outcome);
    ASSERT_NE(session, nullptr);
    EXPECT_TRUE(latchkey.sessions->Find(session->cookie.Expose(), "192.0.2.1"));
    EXPECT_THAT(session->session.methods, ElementsAre("password"));
  }
}

TEST_F(SignInAuthorityTest, NothingTellsWhetherThereIsSuchAnAccount) {
  latchkey.AddAccount("nobody");  // Without a password.
  AddPerson("gone");
  Must(latchkey.accounts->SetState("gone", AccountState::kSuspended, kOperator));
  NewAccount service;
  service.email = "ci@example.com";
  service.username = "ci";
  service.kind = AccountKind::kService;
  service.password = SecretString{kPassword};
  Must(latchkey.accounts->CreateAccount(service, kOperator));
  std::optional<SignInRefusal> first;
  const std::uint64_t before = latchkey.passwords.computed();
  for (const char* user : {"unknown", "nobody", "gone", "ci", ""}) {
    auto refused = Password(user, kPassword);
    ASSERT_FALSE(refused) << user;
    if (!first) first = refused.error();
    EXPECT_EQ(refused.error().cause, Why::kSignInFailed) << user;
    EXPECT_EQ(Describe(refused.error().error), Describe(first->error)) << user;
  }
  const auto wrong = Password("ana", "incorrect horse battery");
  EXPECT_EQ(Describe(wrong.error().error), Describe(first->error));
  EXPECT_EQ(latchkey.passwords.computed(), before + 6) << "each costs one hash";
}

TEST_F(SignInAuthorityTest, IsThrottledAfterFiveFailuresWhateverIsTyped) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(CauseOf(Password("ana", "wrong")), Why::kSignInFailed);
  const auto throttled = Password("ana", kPassword);
  ASSERT_EQ(CauseOf(throttled), Why::kThrottled);
  EXPECT_EQ(throttled.error().retry_after, 1s);
  EXPECT_EQ(CauseOf(Password("ana@example.com", "wrong")), Why::kSignInFailed)
      << "a count shared with the e-mail address would tell whose it is";
  latchkey.clock.Advance(1s);
  EXPECT_TRUE(Password("ana", kPassword));
  for (int i = 0; i < 5; ++i) EXPECT_EQ(CauseOf(Password("ana", "wrong")), Why::kSignInFailed);
}

TEST_F(SignInAuthorityTest, AnUnknownNameIsThrottledLikeAKnownOne) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(CauseOf(Password("bob", "wrong")), Why::kSignInFailed);
  const auto throttled = Password("BOB", "wrong");
  ASSERT_EQ(CauseOf(throttled), Why::kThrottled);
  EXPECT_EQ(throttled.error().retry_after, 1s);
}

TEST_F(SignInAuthorityTest, ManyGuessesAtOnceAreFive) {
  const std::uint64_t before = latchkey.passwords.computed();
  {
    std::vector<std::jthread> threads;
    threads.reserve(8);
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([this] {
        for (int j = 0; j < 125; ++j) {
          EXPECT_FALSE(Password("ana", "wrong"));
        }
      });
    }
  }
  EXPECT_EQ(latchkey.passwords.computed(), before + 5);
}

TEST_F(SignInAuthorityTest, NobodyLocksAKnownDeviceOut) {
  SignInClient known = client;
  known.device = SignIn().device.Expose();
  while (CauseOf(Password("ana", "wrong")) != Why::kThrottled) {
  }
  EXPECT_EQ(CauseOf(Password("ana", kPassword)), Why::kThrottled);
  EXPECT_TRUE(latchkey.sign_in->BeginByPassword("ana", SecretString{kPassword}, false, known));
  while (CauseOf(latchkey.sign_in->BeginByPassword("ana", SecretString{"x"}, false, known)) !=
         Why::kThrottled) {
  }
}

TEST_F(SignInAuthorityTest, ASecondStepIsAskedForWhereThereIsOne) {
  AddTotp();
  const SecretString attempt = Attempt();
  EXPECT_EQ(latchkey.sign_in->FindAttempt(attempt.Expose()), ana.id);
  EXPECT_FALSE(latchkey.sessions->Find(attempt.Expose(), "192.0.2.1"));
  latchkey.clock.Advance(30s);
  const auto session = latchkey.sign_in->FinishByTotp(attempt.Expose(), Code(), client);
  ASSERT_TRUE(session);
  EXPECT_THAT(session->session.methods, ElementsAre("password", "totp"));
  EXPECT_EQ(CauseOf(latchkey.sign_in->FinishByTotp(attempt.Expose(), Code(), client)),
            Why::kAttemptOver);
}

TEST_F(SignInAuthorityTest, ACodeWorksOnceAlsoWithBlanksAndAlsoForTheConfirmingOne) {
  AddTotp();
  const std::string confirmed = Code();
  EXPECT_EQ(CauseOf(Finish(confirmed)), Why::kSecondStepFailed);
  latchkey.clock.Advance(30s);
  const std::string code = Code();
  EXPECT_TRUE(Finish(code));
  EXPECT_EQ(CauseOf(Finish(code)), Why::kSecondStepFailed);
  EXPECT_EQ(CauseOf(Finish(code.substr(0, 3) + " " + code.substr(3))), Why::kSecondStepFailed);
  latchkey.clock.Advance(30s);
  EXPECT_TRUE(Finish(Code()));
}

TEST_F(SignInAuthorityTest, OneCodeInManyRequestsAtOnceIsOneProof) {
  AddTotp();
  latchkey.clock.Advance(30s);
  const std::string code = Code();
  // The proof itself, so that nothing but the code can stop them.
  std::atomic<int> proven = 0;
  {
    std::vector<std::jthread> threads;
    threads.reserve(50);
    for (int i = 0; i < 50; ++i) {
      threads.emplace_back([&] {
        if (Must(latchkey.factors->ProveTotp(ana.id, code, kOperator))) ++proven;
      });
    }
  }
  EXPECT_EQ(proven, 1);
  EXPECT_EQ(CauseOf(Finish(code)), Why::kSecondStepFailed);
}

TEST_F(SignInAuthorityTest, AnAttemptHasFiveTriesAndFiveMinutes) {
  AddTotp();
  const SecretString slow = Attempt();
  latchkey.clock.Advance(5min);
  EXPECT_EQ(CauseOf(latchkey.sign_in->FinishByTotp(slow.Expose(), Code(), client)),
            Why::kAttemptOver);
  const SecretString attempt = Attempt();
  int wrong = 0;
  while (CauseOf(latchkey.sign_in->FinishByTotp(attempt.Expose(), "000000", client)) !=
         Why::kAttemptOver) {
    ++wrong;
    latchkey.clock.Advance(5s);
    ASSERT_LT(wrong, 10);
  }
  EXPECT_EQ(wrong, 5);
  latchkey.clock.Advance(5min);
  EXPECT_EQ(CauseOf(latchkey.sign_in->FinishByTotp(attempt.Expose(), Code(), client)),
            Why::kAttemptOver);
}

TEST_F(SignInAuthorityTest, WrongSecondStepsCountOnTheAccountAndARightPasswordDoesNotForgiveThem) {
  AddTotp();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(CauseOf(Finish("000000")), Why::kSecondStepFailed);
  EXPECT_EQ(CauseOf(Finish(Code())), Why::kThrottled) << "behind another right password";
}

TEST_F(SignInAuthorityTest, ARecoveryCodeWorksOnceAndForItsOwnerAlone) {
  const std::vector<std::string> codes = AddTotp();
  ASSERT_EQ(codes.size(), 10U);
  const Account bob = AddPerson("bob");
  EXPECT_THAT(latchkey.factors->ProveRecoveryCode(bob.id, codes.front(), kOperator),
              IsOkAnd(false));
  const auto session = FinishByRecoveryCode(codes.front());
  ASSERT_TRUE(session);
  EXPECT_THAT(session->session.methods, ElementsAre("password", "recovery-code"));
  EXPECT_EQ(CauseOf(FinishByRecoveryCode(codes.front())), Why::kSecondStepFailed);
  EXPECT_EQ(latchkey.factors->Find(ana.id)->recovery_codes_left(), 9U);
  Must(latchkey.Restart());
  EXPECT_EQ(CauseOf(FinishByRecoveryCode(codes.front())), Why::kSecondStepFailed);
  EXPECT_TRUE(FinishByRecoveryCode(codes.back()));
}

TEST_F(SignInAuthorityTest, APasskeyWithUserVerificationIsBothSteps) {
  AddPasskey("key-1");
  EXPECT_EQ(
      CauseOf(latchkey.sign_in->SignInByPasskey({.id = "key-1", .sign_count = 1}, false, client)),
      Why::kSignInFailed);
  const VerifiedPasskey verified{.id = "key-1", .sign_count = 2, .user_verified = true};
  const auto session = latchkey.sign_in->SignInByPasskey(verified, false, client);
  ASSERT_TRUE(session);
  EXPECT_THAT(session->session.methods, ElementsAre("passkey"));
  EXPECT_EQ(CauseOf(latchkey.sign_in->SignInByPasskey(verified, false, client)), Why::kSignInFailed)
      << "its counter stood still: a copy";
  EXPECT_EQ(CauseOf(latchkey.sign_in->SignInByPasskey(
                {.id = "key-2", .sign_count = 9, .user_verified = true}, false, client)),
            Why::kSignInFailed);
}

TEST_F(SignInAuthorityTest, APasskeyIsASecondStepOfItsOwnerAlone) {
  AddPasskey("key-1");
  const Account bob = AddPerson("bob");
  Must(latchkey.factors->AddPasskey(bob.id, MakePasskey("key-2"), kOperator));
  EXPECT_EQ(CauseOf(latchkey.sign_in->FinishByPasskey(Attempt().Expose(), {.id = "key-2"}, client)),
            Why::kSecondStepFailed);
  EXPECT_EQ(CauseOf(latchkey.sign_in->RefusePasskey(Attempt().Expose(), client)),
            Why::kSecondStepFailed);
  EXPECT_TRUE(latchkey.sign_in->FinishByPasskey(Attempt().Expose(), {.id = "key-1"}, client));
}

TEST_F(SignInAuthorityTest, AnIdentityIsLinkedByItsVerifiedAddressOnce) {
  const VerifiedIdentity identity{
      .issuer = "https://id.example", .subject = "1", .email = "ANA@example.com"};
  const auto outcome = latchkey.sign_in->SignInByIdentity(identity, false, client);
  ASSERT_TRUE(outcome);
  EXPECT_THAT(std::get<NewSession>(*outcome).session.methods, ElementsAre("oidc"));
  VerifiedIdentity without_address = identity;
  without_address.email.clear();
  EXPECT_TRUE(latchkey.sign_in->SignInByIdentity(without_address, false, client)) << "it is linked";
  VerifiedIdentity successor = identity;
  successor.subject = "2";
  EXPECT_EQ(CauseOf(latchkey.sign_in->SignInByIdentity(successor, false, client)),
            Why::kSignInFailed)
      << "the address went to somebody else at that provider";
}

TEST_F(SignInAuthorityTest, AnIdentityWithoutAnAccountSignsNobodyIn) {
  for (const char* email : {"", "bob@example.com", "ana", "an\xC4\xB1@example.com"}) {
    EXPECT_EQ(CauseOf(latchkey.sign_in->SignInByIdentity(
                  {.issuer = "https://id.example", .subject = "1", .email = email}, false, client)),
              Why::kSignInFailed)
        << email;
  }
}

TEST_F(SignInAuthorityTest, AnIdentityIsLinkedAfterTheSecondStepOnly) {
  AddTotp();
  latchkey.clock.Advance(30s);
  auto outcome = latchkey.sign_in->SignInByIdentity(
      {.issuer = "https://id.example", .subject = "1", .email = "ana@example.com"}, false, client);
  ASSERT_TRUE(outcome);
  const auto& pending = std::get<PendingAttempt>(*outcome);
  EXPECT_EQ(latchkey.sign_ins.FindByIdentity("https://id.example", "1"), nullptr);
  EXPECT_TRUE(latchkey.sign_in->FinishByTotp(pending.cookie.Expose(), Code(), client));
  EXPECT_NE(latchkey.sign_ins.FindByIdentity("https://id.example", "1"), nullptr);
}

TEST_F(SignInAuthorityTest, ReauthenticationRenewsTheSessionAndIsThrottledByItself) {
  const NewSession session = SignIn();
  const LiveSession live = Live(session);
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(CauseOf(latchkey.sign_in->ReauthenticateByPassword(live, SecretString{"x"}, client)),
              Why::kSignInFailed);
  }
  EXPECT_EQ(
      CauseOf(latchkey.sign_in->ReauthenticateByPassword(live, SecretString{kPassword}, client)),
      Why::kThrottled);
  EXPECT_TRUE(Password("ana", kPassword)) << "a count of its own";
  latchkey.clock.Advance(1s);
  const auto renewed =
      latchkey.sign_in->ReauthenticateByPassword(live, SecretString{kPassword}, client);
  ASSERT_TRUE(renewed);
  EXPECT_EQ(renewed->session.authenticated_at, latchkey.clock.Now());
}

TEST_F(SignInAuthorityTest, ReauthenticatesByEachOfTheOtherProofs) {
  AddTotp();
  AddPasskey("key-1");
  Must(latchkey.factors->LinkIdentity(ana.id, "https://id.example", "1", kOperator));
  latchkey.clock.Advance(30s);
  const LiveSession by_code = Live(FinishOrDie(Code()));
  EXPECT_EQ(CauseOf(latchkey.sign_in->ReauthenticateByTotp(by_code, Code(), client)),
            Why::kSecondStepFailed);
  latchkey.clock.Advance(30s);
  auto renewed = latchkey.sign_in->ReauthenticateByTotp(by_code, Code(), client);
  ASSERT_TRUE(renewed);
  renewed = latchkey.sign_in->ReauthenticateByPasskey(Live(*renewed), {.id = "key-1"}, client);
  ASSERT_TRUE(renewed);
  EXPECT_TRUE(latchkey.sign_in->ReauthenticateByIdentity(
      Live(*renewed), {.issuer = "https://id.example", .subject = "1", .email = {}}, client));
}

TEST_F(SignInAuthorityTest, APasswordChangesWithTheCurrentOneAndEndsOtherSessions) {
  const NewSession kept = SignIn();
  const NewSession other = SignIn();
  const LiveSession live = Live(kept);
  const SecretString next{"another good sentence"};
  EXPECT_EQ(CauseOf(latchkey.sign_in->ChangePassword(live, SecretString{"wrong"}, next, client)),
            Why::kSignInFailed);
  EXPECT_EQ(CauseOf(latchkey.sign_in->ChangePassword(live, SecretString{kPassword},
                                                     SecretString{"short"}, client)),
            Why::kWeakPassword);
  EXPECT_TRUE(latchkey.sign_in->ChangePassword(live, SecretString{kPassword}, next, client));
  EXPECT_TRUE(latchkey.sessions->Find(kept.cookie.Expose(), ""));
  EXPECT_FALSE(latchkey.sessions->Find(other.cookie.Expose(), ""));
  EXPECT_EQ(CauseOf(Password("ana", kPassword)), Why::kSignInFailed);
  EXPECT_TRUE(Password("ana", "another good sentence"));
}

TEST_F(SignInAuthorityTest, ChallengesAreForOneUse) {
  const SecretString owner = Must(latchkey.sign_in->DrawChallengeOwner());
  const std::string challenge = Must(latchkey.sign_in->MakeChallenge(owner.Expose()));
  EXPECT_EQ(latchkey.sign_in->TakeChallenge(owner.Expose()), challenge);
  EXPECT_FALSE(latchkey.sign_in->TakeChallenge(owner.Expose()));
}

TEST_F(SignInAuthorityTest, TellsWhatHappenedWithoutWhatWasTyped) {
  static_cast<void>(Password("hunter2", "wrong"));
  static_cast<void>(Password("ana", kPassword));
  ASSERT_EQ(latchkey.sign_in_events.size(), 2U);
  const SignInEvent& failed = latchkey.sign_in_events.front();
  EXPECT_EQ(failed.outcome, Outcome::kFailed);
  EXPECT_THAT(failed.account, IsEmpty());
  EXPECT_EQ(failed.address, client.address);
  EXPECT_EQ(latchkey.sign_in_events.back().outcome, Outcome::kSignedIn);
  EXPECT_EQ(latchkey.sign_in_events.back().account, ana.id);
}

TEST_F(SignInAuthorityTest, TellsOfADeviceThatIsNew) {
  const NewSession first = SignIn();
  EXPECT_EQ(latchkey.sign_in_events.back().new_device, "Firefox on Linux");
  client.device = first.device.Expose();
  static_cast<void>(SignIn());
  EXPECT_THAT(latchkey.sign_in_events.back().new_device, IsEmpty()) << "it signed her in before";
  AddPerson("bob");
  static_cast<void>(Must(Password("bob", kPassword)));
  EXPECT_EQ(latchkey.sign_in_events.back().new_device, "Firefox on Linux") << "and not him";
  client.device.clear();
  static_cast<void>(Must(latchkey.sign_in->BeginProven(ana.id, "link", false, client)));
  EXPECT_THAT(latchkey.sign_in_events.back().new_device, IsEmpty()) << "she was sent the link";
  static_cast<void>(Password("ana", "wrong"));
  EXPECT_THAT(latchkey.sign_in_events.back().new_device, IsEmpty());
}

TEST(OutcomeNameTest, NamesEach) {
  EXPECT_EQ(OutcomeName(Outcome::kSignedIn), "signed-in");
  EXPECT_EQ(OutcomeName(Outcome::kSecondStepAsked), "second-step-asked");
  EXPECT_EQ(OutcomeName(Outcome::kFailed), "failed");
  EXPECT_EQ(OutcomeName(Outcome::kSecondStepFailed), "second-step-failed");
  EXPECT_EQ(OutcomeName(Outcome::kThrottled), "throttled");
  EXPECT_EQ(OutcomeName(Outcome::kBusy), "busy");
}

}  // namespace
}  // namespace latchkey
