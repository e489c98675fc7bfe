#include "authority/factor_authority.h"

#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "testing/installation/sign_in_world.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using Why = SignInRefusal::Cause;
using enum Error::Code;

class FactorAuthorityTest : public testing::Test, protected SignInWorld {
 protected:
  FactorAuthority& factors_ = *latchkey.factors;
};

TEST_F(FactorAuthorityTest, APasswordSetEndsAllSessionsButOne) {
  const NewSession kept = SignIn();
  const NewSession other = SignIn();
  EXPECT_TRUE(factors_.SetPassword(ana.id, SecretString{"another good sentence"}, kept.session.id,
                                   kOperator));
  EXPECT_TRUE(latchkey.sessions->Find(kept.cookie.Expose(), ""));
  EXPECT_FALSE(latchkey.sessions->Find(other.cookie.Expose(), ""));
  EXPECT_EQ(factors_.Find(ana.id)->password_changed_at, latchkey.clock.Now());
}

TEST_F(FactorAuthorityTest, AWeakPasswordIsRefusedWithWhatWouldDo) {
  const auto refused = factors_.SetPassword(ana.id, SecretString{"eightcha"}, {}, kOperator);
  EXPECT_EQ(CauseOf(refused), Why::kWeakPassword);
  EXPECT_THAT(refused.error().error.hint, HasSubstr("15 characters"));
  AddTotp();
  EXPECT_TRUE(factors_.SetPassword(ana.id, SecretString{"eightcha"}, {}, kOperator))
      << "with a second step eight are enough";
}

TEST_F(FactorAuthorityTest, AnAuthenticatorAppIsInForceOnceItWasConfirmed) {
  EXPECT_EQ(CauseOf(factors_.ConfirmTotp(ana.id, "000000", kOperator)), Why::kAttemptOver);
  const TotpOffer offer = Must(factors_.OfferTotp(ana.id));
  EXPECT_THAT(std::string{offer.uri.Expose()},
              HasSubstr("otpauth://totp/Latchkey:ana%40example.com?secret=" +
                        std::string{offer.key_text.Expose()} + "&issuer=Latchkey"));
  EXPECT_EQ(CauseOf(factors_.ConfirmTotp(ana.id, "000000", kOperator)), Why::kSecondStepFailed);
  EXPECT_FALSE(factors_.HasSecondStep(ana.id));
  EXPECT_THAT(AddTotp(), SizeIs(10));
  EXPECT_TRUE(factors_.HasSecondStep(ana.id));
  EXPECT_THAT(factors_.SecondSteps(ana.id), ElementsAre("totp", "recovery-code"));
  EXPECT_THAT(factors_.OfferTotp(ana.id), FailsWith(kAlreadyExists));
  Must(factors_.RemoveTotp(ana.id, kOperator));
  EXPECT_THAT(factors_.RemoveTotp(ana.id, kOperator), FailsWith(kNotFound));
  EXPECT_THAT(factors_.SecondSteps(ana.id), IsEmpty());
  EXPECT_THAT(AddTotp(), IsEmpty()) << "there are recovery codes already";
}

TEST_F(FactorAuthorityTest, AnOfferEndsAfterTenMinutes) {
  static_cast<void>(Must(factors_.OfferTotp(ana.id)));
  latchkey.clock.Advance(10min);
  EXPECT_EQ(CauseOf(factors_.ConfirmTotp(ana.id, "000000", kOperator)), Why::kAttemptOver);
}

TEST_F(FactorAuthorityTest, NewRecoveryCodesReplaceTheOld) {
  const std::vector<std::string> old = AddTotp();
  const RecoveryCodes codes = Must(factors_.ReplaceRecoveryCodes(ana.id, kOperator));
  ASSERT_THAT(codes.codes, SizeIs(10));
  EXPECT_THAT(factors_.ProveRecoveryCode(ana.id, old.front(), kOperator), IsOkAnd(false));
  EXPECT_THAT(factors_.ProveRecoveryCode(ana.id, codes.codes.front().Expose(), kOperator),
              IsOkAnd(true));
}

TEST_F(FactorAuthorityTest, PasskeysAreAddedRenamedAndRemoved) {
  EXPECT_THAT(Must(factors_.AddPasskey(ana.id, MakePasskey("k1"), kOperator)).codes, SizeIs(10));
  EXPECT_THAT(Must(factors_.AddPasskey(ana.id, MakePasskey("k2"), kOperator)).codes, IsEmpty());
  EXPECT_THAT(factors_.AddPasskey(ana.id, MakePasskey("k1"), kOperator), FailsWith(kAlreadyExists));
  const Account bob = AddPerson("bob");
  EXPECT_THAT(factors_.AddPasskey(bob.id, MakePasskey("k1"), kOperator), FailsWith(kAlreadyExists));
  Must(factors_.RenamePasskey(ana.id, "k1", "On the key ring", kOperator));
  EXPECT_EQ(factors_.Find(ana.id)->passkeys.front().name, "On the key ring");
  EXPECT_EQ(factors_.Find(ana.id)->passkeys.front().added_at, latchkey.clock.Now());
  EXPECT_THAT(factors_.RenamePasskey(ana.id, "k1", "\n", kOperator), FailsWith(kInvalidArgument));
  EXPECT_THAT(factors_.RenamePasskey(bob.id, "k1", "x", kOperator), FailsWith(kNotFound));
  EXPECT_THAT(factors_.RemovePasskey(bob.id, "k1", kOperator), FailsWith(kNotFound));
  Must(factors_.RemovePasskey(ana.id, "k1", kOperator));
  EXPECT_EQ(latchkey.sign_ins.FindByPasskey("k1"), nullptr);
  EXPECT_NE(latchkey.sign_ins.FindByPasskey("k2"), nullptr);
}

TEST_F(FactorAuthorityTest, APasskeyWhoseCounterStoodStillProvesNothing) {
  AddPasskey("k1");
  for (const auto& [count, good] : std::vector<std::pair<std::uint32_t, bool>>{
           {0, true}, {0, true}, {5, true}, {5, false}, {4, false}, {0, false}, {6, true}}) {
    EXPECT_THAT(factors_.ProvePasskey(ana.id, "k1", count, kOperator), IsOkAnd(good)) << count;
  }
  EXPECT_EQ(factors_.Find(ana.id)->passkeys.front().last_used_at, latchkey.clock.Now());
}

TEST_F(FactorAuthorityTest, AnIdentityBelongsToOneAccount) {
  const Account bob = AddPerson("bob");
  Must(factors_.LinkIdentity(ana.id, "https://id.example", "1", kOperator));
  Must(factors_.LinkIdentity(ana.id, "https://id.example", "1", kOperator));
  EXPECT_THAT(factors_.Find(ana.id)->identities, SizeIs(1));
  EXPECT_THAT(factors_.LinkIdentity(bob.id, "https://id.example", "1", kOperator),
              FailsWith(kAlreadyExists));
  EXPECT_THAT(factors_.UnlinkIdentity(bob.id, "https://id.example", "1", kOperator),
              FailsWith(kNotFound));
  Must(factors_.UnlinkIdentity(ana.id, "https://id.example", "1", kOperator));
  Must(factors_.LinkIdentity(bob.id, "https://id.example", "1", kOperator));
}

TEST_F(FactorAuthorityTest, AnOperatorResetsTheSecondStepAndLeavesThePassword) {
  const std::vector<std::string> codes = AddTotp();
  AddPasskey("k1");
  latchkey.clock.Advance(30s);
  const NewSession session = FinishOrDie(Code());
  EXPECT_THAT(factors_.ResetSecondStep(ana.id, kOperator), IsOkAnd(true));
  EXPECT_THAT(factors_.ResetSecondStep(ana.id, kOperator), IsOkAnd(false));
  EXPECT_FALSE(latchkey.sessions->Find(session.cookie.Expose(), ""));
  EXPECT_THAT(factors_.ProveRecoveryCode(ana.id, codes.front(), kOperator), IsOkAnd(false));
  EXPECT_TRUE(std::holds_alternative<NewSession>(Must(Password("ana", kPassword))));
}

TEST_F(FactorAuthorityTest, AShortPasswordIsNotLeftAlone) {
  AddTotp();
  AddPasskey("k1");
  ASSERT_TRUE(factors_.SetPassword(ana.id, SecretString{"eightcha"}, {}, kOperator));
  Must(factors_.RemovePasskey(ana.id, "k1", kOperator));
  const Result<void> refused = factors_.RemoveTotp(ana.id, kOperator);
  EXPECT_THAT(refused, FailsWith(kConflict));
  EXPECT_THAT(refused.error().hint, HasSubstr("15 characters"));
  AddPasskey("k2");
  Must(factors_.RemoveTotp(ana.id, kOperator));
  EXPECT_THAT(factors_.RemovePasskey(ana.id, "k2", kOperator), FailsWith(kConflict));
  ASSERT_TRUE(factors_.SetPassword(ana.id, SecretString{kPassword}, {}, kOperator));
  Must(factors_.RemovePasskey(ana.id, "k2", kOperator));
  EXPECT_FALSE(factors_.HasSecondStep(ana.id));
}

TEST_F(FactorAuthorityTest, AShortPasswordSignsNobodyInAlone) {
  AddTotp();
  ASSERT_TRUE(factors_.SetPassword(ana.id, SecretString{"eightcha"}, {}, kOperator));
  EXPECT_TRUE(std::holds_alternative<PendingAttempt>(Must(Password("ana", "eightcha"))));
  EXPECT_THAT(factors_.ResetSecondStep(ana.id, kOperator), IsOkAnd(true));
  EXPECT_EQ(CauseOf(Password("ana", "eightcha")), Why::kSignInFailed);
  EXPECT_FALSE(factors_.CanSignIn(ana.id));
  Must(latchkey.Restart());
  EXPECT_EQ(CauseOf(Password("ana", "eightcha")), Why::kSignInFailed);
  ASSERT_TRUE(latchkey.factors->SetPassword(ana.id, SecretString{kPassword}, {}, kOperator));
  EXPECT_TRUE(std::holds_alternative<NewSession>(Must(Password("ana", kPassword))));
}

TEST_F(FactorAuthorityTest, SaysWhoCanSignIn) {
  const Account bob = latchkey.AddAccount("bob");
  const Account ci = latchkey.AddAccount("ci", AccountKind::kService);
  EXPECT_TRUE(factors_.CanSignIn(ana.id));
  EXPECT_FALSE(factors_.CanSignIn(bob.id));
  EXPECT_FALSE(factors_.CanSignIn("nobody"));
  Must(factors_.LinkIdentity(bob.id, "https://id.example", "1", kOperator));
  EXPECT_TRUE(factors_.CanSignIn(bob.id));
  EXPECT_FALSE(factors_.CanSignIn(ci.id));
}

TEST_F(FactorAuthorityTest, EverythingOutlivesARestart) {
  AddTotp();
  AddPasskey("k1");
  Must(latchkey.Restart());
  EXPECT_THAT(latchkey.factors->SecondSteps(ana.id),
              ElementsAre("totp", "passkey", "recovery-code"));
  latchkey.clock.Advance(30s);
  EXPECT_TRUE(Finish(Code()));
}

}  // namespace
}  // namespace latchkey
