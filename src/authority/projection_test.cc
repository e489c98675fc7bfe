// Records of signing in on their way into memory; reconcile_test.cc has the others.

#include "authority/projection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

#include "authority/reseal.h"
#include "testing/installation/memory_installation.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr std::string_view kSessionId = "0000000000000001";
constexpr std::string_view kLinkId = "0000000000000002";

class SignInRecords : public testing::Test {
 protected:
  SignInRecords() {
    SignIn sign_in{.account = ana_.id,
                   .password_hash = "$argon2id$secret",
                   .totp = TotpEnrolment{.key = SecretString{"totp key"}, .added_at = {}},
                   .recovery_codes = {},
                   .passkeys = {},
                   .identities = {},
                   .password_changed_at = now_};
    Must(latchkey_.record_sealer->SealSignIn(sign_in_, sign_in));
    session_.value = {.id = std::string{kSessionId},
                      .account = ana_.id,
                      .name = "Firefox on Linux",
                      .address = "192.0.2.1",
                      .user_agent = "Mozilla/5.0",
                      .created_at = now_,
                      .authenticated_at = now_,
                      .methods = {"password"},
                      .expires_at = now_ + std::chrono::hours{1},
                      .ended_at = {},
                      .end_reason = {}};
    Must(latchkey_.record_sealer->SealTicket(session_, Sha256("session")));
    link_.value = {.id = std::string{kLinkId},
                   .kind = LinkKind::kInvitation,
                   .account = ana_.id,
                   .created_at = now_,
                   .expires_at = now_ + std::chrono::days{7},
                   .used_at = {},
                   .made_by = "cli:root"};
    Must(latchkey_.record_sealer->SealTicket(link_, Sha256("link")));
    for (const Record& record : {Record{sign_in_}, Record{session_}, Record{link_}}) Submit(record);
  }

  void Submit(Record record) {
    Must(latchkey_.ledger->Submit({.record = std::move(record),
                                   .info = MemoryInstallation::kCommandLine.Info("test.change"),
                                   .claim = {}}));
  }

  [[nodiscard]] bool HasSignIn() const { return latchkey_.sign_ins.FindSignIn(ana_.id) != nullptr; }
  [[nodiscard]] bool HasSession() const {
    return latchkey_.sign_ins.FindSession(kSessionId) != nullptr;
  }
  [[nodiscard]] bool HasLink() const { return latchkey_.sign_ins.FindLink(kLinkId) != nullptr; }

  MemoryInstallation latchkey_;
  Instant now_ = latchkey_.clock.Now();
  Account ana_ = latchkey_.AddAccount("ana");
  SignInRecord sign_in_;
  SessionRecord session_;
  LinkRecord link_;
};

TEST_F(SignInRecords, AreInMemoryWithWhatTheirSealsHold) {
  for (int round = 0; round < 2; ++round) {
    ASSERT_TRUE(HasSignIn() && HasSession() && HasLink());
    EXPECT_EQ(latchkey_.sign_ins.FindSignIn(ana_.id)->totp->key.Expose(), "totp key");
    EXPECT_EQ(latchkey_.sign_ins.FindSession(kSessionId)->digest, Sha256("session"));
    EXPECT_EQ(latchkey_.sign_ins.FindLink(kLinkId)->digest, Sha256("link"));
    Must(latchkey_.Restart());
  }
  EXPECT_THAT(Must(VerifyAudit(latchkey_.books(), *latchkey_.record_sealer)).findings, IsEmpty());
}

TEST_F(SignInRecords, TellTheJournalNoSecret) {
  for (const ChangeLine& line : latchkey_.journal.lines()) {
    EXPECT_THAT(line.text, Not(HasSubstr("argon2id")));
    EXPECT_THAT(line.text, Not(HasSubstr("totp")));
  }
}

TEST_F(SignInRecords, LeaveMemoryWhenTheyEnd) {
  ++session_.version;
  session_.value.ended_at = now_;
  Must(latchkey_.record_sealer->SealTicket(session_, Sha256("session")));
  Submit(session_);
  ++link_.version;
  link_.value.used_at = now_;
  Must(latchkey_.record_sealer->SealTicket(link_, Sha256("link")));
  Submit(link_);
  for (int round = 0; round < 2; ++round) {
    EXPECT_FALSE(HasSession());
    EXPECT_FALSE(HasLink());
    EXPECT_TRUE(HasSignIn());
    Must(latchkey_.Restart());
  }
  EXPECT_EQ(latchkey_.projection->refused(), 0U);
}

TEST_F(SignInRecords, OfAnEarlierVersionAreNotRevived) {
  const SessionRecord live = session_;
  ++session_.version;
  session_.value.ended_at = now_;
  Must(latchkey_.record_sealer->SealTicket(session_, Sha256("session")));
  Submit(session_);
  latchkey_.store.Overwrite(live);
  Must(latchkey_.Restart());
  EXPECT_FALSE(HasSession());
  EXPECT_EQ(latchkey_.projection->refused(), 1U);
}

TEST_F(SignInRecords, ThatAreDeletedLeaveMemoryWhileRunning) {
  latchkey_.store.Erase(RecordType::kSignIn, ana_.id);
  latchkey_.store.Erase(RecordType::kSession, kSessionId);
  latchkey_.store.Erase(RecordType::kLink, kLinkId);
  Must(latchkey_.projection->Recheck(latchkey_.store));
  EXPECT_FALSE(HasSignIn() || HasSession() || HasLink());
  EXPECT_EQ(latchkey_.alarms.raised.size(), 3U);
}

TEST_F(SignInRecords, AreSealedAnewWithTheSameSecrets) {
  Keyring keyring = Must(Keyring::Parse(latchkey_.sealer->keyring().Format().Expose()));
  Must(keyring.Rotate(latchkey_.random, now_));
  latchkey_.sealer.emplace(std::move(keyring));
  Must(latchkey_.Restart());
  EXPECT_EQ(Must(ResealAll(latchkey_.store, *latchkey_.ledger, *latchkey_.record_sealer,
                           MemoryInstallation::kCommandLine)),
            4U);
  Must(latchkey_.Restart());
  ASSERT_TRUE(HasSignIn() && HasSession() && HasLink());
  EXPECT_EQ(latchkey_.sign_ins.FindSignIn(ana_.id)->totp->key.Expose(), "totp key");
  EXPECT_EQ(latchkey_.sign_ins.FindSession(kSessionId)->digest, Sha256("session"));
}

TEST_F(SignInRecords, HaveNoPasskeyOrIdentityOfAnotherAccount) {
  const Account bob = latchkey_.AddAccount("bob");
  SignIn of_ana = latchkey_.sign_ins.FindSignIn(ana_.id)->Clone();
  of_ana.identities.push_back({.issuer = "i", .subject = "s", .added_at = now_});
  of_ana.passkeys.push_back({.id = "key",
                             .public_key = {},
                             .name = {},
                             .added_at = now_,
                             .last_used_at = {},
                             .transports = {}});
  ++sign_in_.version;
  Must(latchkey_.record_sealer->SealSignIn(sign_in_, of_ana));
  Submit(sign_in_);
  const auto submit_for_bob = [&](bool passkey, bool identity) {
    SignIn of_bob = of_ana.Clone();
    of_bob.account = bob.id;
    if (!passkey) of_bob.passkeys.clear();
    if (!identity) of_bob.identities.clear();
    SignInRecord record;
    Must(latchkey_.record_sealer->SealSignIn(record, of_bob));
    return latchkey_.ledger->Submit({.record = record,
                                     .info = MemoryInstallation::kCommandLine.Info("test.change"),
                                     .claim = {}});
  };
  EXPECT_THAT(submit_for_bob(true, false),
              FailsWith(Error::Code::kAlreadyExists, HasSubstr("passkey")));
  EXPECT_THAT(submit_for_bob(false, true),
              FailsWith(Error::Code::kAlreadyExists, HasSubstr("identity")));
  EXPECT_THAT(submit_for_bob(false, false), IsOk());
}

struct SessionEdit {
  const char* name;
  void (*edit)(SessionRecord& record);
};

class SessionEdits : public SignInRecords, public testing::WithParamInterface<SessionEdit> {};

TEST_P(SessionEdits, MakeThatSessionRefused) {
  GetParam().edit(session_);
  latchkey_.store.Overwrite(session_);
  Must(latchkey_.projection->Recheck(latchkey_.store));
  EXPECT_FALSE(HasSession());
  Must(latchkey_.Restart());
  EXPECT_FALSE(HasSession());
  EXPECT_FALSE(latchkey_.alarms.raised.empty());
  EXPECT_TRUE(HasSignIn() && HasLink());
}

INSTANTIATE_TEST_SUITE_P(
    All, SessionEdits,
    testing::Values(
        SessionEdit{"Moved", [](SessionRecord& r) { r.value.account = std::string(32, '0'); }},
        SessionEdit{"Renamed", [](SessionRecord& r) { r.value.name = "x"; }},
        SessionEdit{"Address", [](SessionRecord& r) { r.value.address = "x"; }},
        SessionEdit{"UserAgent", [](SessionRecord& r) { r.value.user_agent = "x"; }},
        SessionEdit{"Created",
                    [](SessionRecord& r) { r.value.created_at += std::chrono::days{1}; }},
        SessionEdit{"Proved",
                    [](SessionRecord& r) { r.value.authenticated_at += std::chrono::days{1}; }},
        SessionEdit{"Methods", [](SessionRecord& r) { r.value.methods.emplace_back("totp"); }},
        SessionEdit{"Prolonged",
                    [](SessionRecord& r) { r.value.expires_at += std::chrono::days{1}; }},
        SessionEdit{"EndReason", [](SessionRecord& r) { r.value.end_reason = "x"; }},
        SessionEdit{"Version", [](SessionRecord& r) { ++r.version; }},
        SessionEdit{"Seal", [](SessionRecord& r) { r.seal.back() ^= std::byte{1}; }}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

struct LinkEdit {
  const char* name;
  void (*edit)(LinkRecord& record);
};

class LinkEdits : public SignInRecords, public testing::WithParamInterface<LinkEdit> {};

TEST_P(LinkEdits, MakeThatLinkRefused) {
  GetParam().edit(link_);
  latchkey_.store.Overwrite(link_);
  Must(latchkey_.Restart());
  EXPECT_FALSE(HasLink());
  EXPECT_TRUE(HasSignIn() && HasSession());
}

INSTANTIATE_TEST_SUITE_P(
    All, LinkEdits,
    testing::Values(
        LinkEdit{"Kind", [](LinkRecord& r) { r.value.kind = LinkKind::kPasswordReset; }},
        LinkEdit{"Moved", [](LinkRecord& r) { r.value.account = std::string(32, '0'); }},
        LinkEdit{"OfNobody", [](LinkRecord& r) { r.value.account.reset(); }},
        LinkEdit{"Created", [](LinkRecord& r) { r.value.created_at += std::chrono::days{1}; }},
        LinkEdit{"Prolonged", [](LinkRecord& r) { r.value.expires_at += std::chrono::days{1}; }},
        LinkEdit{"MadeBy", [](LinkRecord& r) { r.value.made_by = "x"; }},
        LinkEdit{"Version", [](LinkRecord& r) { ++r.version; }},
        LinkEdit{"SealRemoved", [](LinkRecord& r) { r.seal.clear(); }}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST_F(SignInRecords, MovedToAnotherAccountAreRefused) {
  const Account bob = latchkey_.AddAccount("bob");
  sign_in_.account = bob.id;
  latchkey_.store.Overwrite(sign_in_);
  Must(latchkey_.projection->Recheck(latchkey_.store));
  EXPECT_EQ(latchkey_.sign_ins.FindSignIn(bob.id), nullptr);
  Must(latchkey_.Restart());
  EXPECT_EQ(latchkey_.sign_ins.FindSignIn(bob.id), nullptr);
  EXPECT_TRUE(HasSignIn()) << "the one it was copied from is there still";
}

TEST_F(SignInRecords, WithTheSealOfAnotherTypeAreRefused) {
  session_.seal = link_.seal;
  sign_in_.seal = link_.seal;
  latchkey_.store.Overwrite(session_);
  latchkey_.store.Overwrite(sign_in_);
  Must(latchkey_.Restart());
  EXPECT_FALSE(HasSession() || HasSignIn());
  EXPECT_TRUE(HasLink());
}

}  // namespace
}  // namespace latchkey
