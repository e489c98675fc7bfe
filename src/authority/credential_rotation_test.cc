#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "authority/credential_authority.h"
#include "testing/installation/memory_installation.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using namespace std::chrono_literals;
using enum Error::Code;

class CredentialRotationTest : public testing::Test {
 protected:
  Holder HolderOf(const std::string& secret) {
    return latchkey_.Ask("Bearer " + secret, latchkey_.Needs({}))->holder();
  }
  bool Works(const std::string& secret) {
    return latchkey_.Ask("Bearer " + secret, latchkey_.Needs({})).has_value();
  }
  Result<Issued> Rotate(const std::string& secret, std::string_view key) {
    const Holder holder = HolderOf(secret);
    return latchkey_.credentials->Rotate(key, CallerOf(holder));
  }
  std::string Renew(const std::string& secret, std::string_view key) {
    return TextOf(Must(Rotate(secret, key)));
  }
  Result<CredentialRecord> Retire(const std::string& replaced, const std::string& by) {
    const Holder holder = HolderOf(by);
    return latchkey_.credentials->Retire(MemoryInstallation::IdOf(replaced), CallerOf(holder));
  }
  static std::string TextOf(Issued issued) {
    return std::string{(*std::move(issued.credential)).Reveal().Expose()};
  }
  static Caller CallerOf(const Holder& holder) {
    return {.actor = "credential:" + holder.id.text(),
            .origin = "192.0.2.1",
            .request_id = "r1",
            .holder = &holder};
  }

  MemoryInstallation latchkey_;
  Account ana_ = latchkey_.AddAccount("ana");
  std::string first_ =
      latchkey_.IssueToken(ana_, {"read:repository:bitbucket", "rotate:self:latchkey"}, 30 * 24h);
};

TEST_F(CredentialRotationTest, TheSuccessorIsTheSameForAsLongAgain) {
  latchkey_.clock.Advance(25 * 24h);
  const Result<Issued> made = Rotate(first_, "k1");
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->record.grants,
            (std::vector<std::string>{"rotate:self:latchkey", "read:repository:bitbucket"}));
  EXPECT_EQ(made->record.name, "test");
  EXPECT_EQ(made->record.account, ana_.id);
  EXPECT_EQ(made->record.expires_at, latchkey_.clock.Now() + 30 * 24h) << "longer than its maker";
}

TEST_F(CredentialRotationTest, BothWorkUntilTheNewOneIsUsedAndAGraceHasPassed) {
  const std::string second = Renew(first_, "k1");
  EXPECT_TRUE(Works(first_) && Works(second));
  latchkey_.clock.Advance(48h);
  EXPECT_TRUE(Works(first_)) << "nobody said that the new one has arrived";
  ASSERT_THAT(Retire(first_, second), IsOk());
  latchkey_.clock.Advance(CredentialAuthority::kRotationGrace - 1ms);
  EXPECT_TRUE(Works(first_));
  latchkey_.clock.Advance(1ms);
  EXPECT_FALSE(Works(first_));
  EXPECT_TRUE(Works(second));
}

TEST_F(CredentialRotationTest, RetiringOnceMoreProlongsNothing) {
  const std::string second = Renew(first_, "k1");
  const Instant end = *Must(Retire(first_, second)).expires_at;
  latchkey_.clock.Advance(30min);
  EXPECT_EQ(Must(Retire(first_, second)).expires_at, end);
}

TEST_F(CredentialRotationTest, WhatEndsSoonerThanTheGraceIsNotProlonged) {
  const std::string short_lived =
      latchkey_.IssueToken(ana_, {"rotate:self:latchkey"}, std::chrono::days{1});
  latchkey_.clock.Advance(24h - 10min);
  const Instant end = *HolderOf(short_lived).expires_at;
  const std::string second = Renew(short_lived, "k1");
  EXPECT_EQ(Must(Retire(short_lived, second)).expires_at, end);
}

TEST_F(CredentialRotationTest, ALostAnswerIsAskedForAgainWithTheSameKey) {
  const std::string lost = Renew(first_, "k1");
  const std::string second = Renew(first_, "k1");
  EXPECT_FALSE(Works(lost)) << "nobody holds it";
  EXPECT_TRUE(Works(second) && Works(first_));
  ASSERT_THAT(Retire(first_, second), IsOk());
  EXPECT_THAT(Rotate(first_, "k1"), FailsWith(kAlreadyExists)) << "a late copy of the request";
  EXPECT_TRUE(Works(second));
}

TEST_F(CredentialRotationTest, AnotherKeyIsAnotherClientAndComesTooLate) {
  const std::string second = Renew(first_, "k1");
  EXPECT_THAT(Rotate(first_, "k2"), FailsWith(kAlreadyExists));
  EXPECT_TRUE(Works(second));
}

TEST_F(CredentialRotationTest, AllOfItIsStillTrueAfterARestart) {
  const std::string second = Renew(first_, "k1");
  ASSERT_THAT(latchkey_.Restart(), IsOk());
  EXPECT_THAT(Rotate(first_, "k2"), FailsWith(kAlreadyExists));
  ASSERT_THAT(Retire(first_, second), IsOk());
  ASSERT_THAT(latchkey_.Restart(), IsOk());
  latchkey_.clock.Advance(CredentialAuthority::kRotationGrace);
  EXPECT_FALSE(Works(first_));
  EXPECT_TRUE(latchkey_.alarms.raised.empty());
}

TEST_F(CredentialRotationTest, TheSuccessorHasASuccessorOfItsOwn) {
  const std::string second = Renew(first_, "k1");
  ASSERT_THAT(Retire(first_, second), IsOk());
  const std::string third = Renew(second, "k1");
  ASSERT_THAT(Retire(second, third), IsOk());
  EXPECT_TRUE(Works(third));
}

TEST_F(CredentialRotationTest, OnlyItsSuccessorRetiresAToken) {
  const std::string other = latchkey_.IssueToken(ana_, {"rotate:self:latchkey"});
  EXPECT_THAT(Retire(first_, other), FailsWith(kNotFound));
  const std::string second = Renew(first_, "k1");
  EXPECT_THAT(Retire(first_, other), FailsWith(kNotFound));
  EXPECT_THAT(Retire(first_, first_), FailsWith(kNotFound));
  EXPECT_THAT(Retire(second, second), FailsWith(kNotFound));
  const Account bob = latchkey_.AddAccount("bob");
  EXPECT_THAT(Retire(first_, latchkey_.IssueToken(bob, {"rotate:self:latchkey"})),
              FailsWith(kNotFound));
}

TEST_F(CredentialRotationTest, AKeyIsNeeded) {
  for (const std::string& key :
       {std::string{}, std::string{"a b"}, std::string(256, 'x'), std::string{"\x01"}}) {
    EXPECT_THAT(Rotate(first_, key), FailsWith(kInvalidArgument));
  }
}

TEST_F(CredentialRotationTest, WhatPolicyForbidsIsNotRenewed) {
  latchkey_.policy.token_lifetime_max = std::chrono::days{7};
  ASSERT_THAT(latchkey_.Restart(), IsOk());
  const Result<Issued> made = Rotate(first_, "k1");
  ASSERT_THAT(made, IsOk());
  EXPECT_EQ(made->record.expires_at, latchkey_.clock.Now() + 7 * 24h);
}

TEST_F(CredentialRotationTest, ARevokedTokenRenewsNothing) {
  const Holder holder = HolderOf(first_);
  ASSERT_THAT(latchkey_.credentials->Revoke(holder.id, "", MemoryInstallation::kCommandLine),
              IsOk());
  EXPECT_THAT(latchkey_.credentials->Rotate("k1", CallerOf(holder)), FailsWith(kPermissionDenied));
}

}  // namespace
}  // namespace latchkey
