#include "authority/reconcile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/memory/sample_records.h"
#include "testing/installation/memory_installation.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using enum Error::Code;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class ReconcileTest : public testing::Test {
 protected:
  ReconcileTest() {
    secret_ = latchkey_.IssueToken(ana_, {"read:repository:bitbucket"});
    id_ = MemoryInstallation::IdOf(secret_);
  }

  void Revoke() {
    Must(latchkey_.credentials->Revoke(id_, "leaked", MemoryInstallation::kCommandLine));
  }

  CredentialRecord Stored() {
    return std::get<CredentialRecord>(
        Must(latchkey_.store.Find(RecordType::kCredential, id_.text())));
  }

  std::string Decide() {
    const Verdict verdict =
        latchkey_.Ask("Bearer " + secret_, latchkey_.Needs({"read:repository:bitbucket"}));
    return verdict ? "allowed" : std::string{CauseName(verdict.error().cause)};
  }

  MemoryInstallation latchkey_;
  Account ana_ = latchkey_.AddAccount("ana");
  std::string secret_;
  CredentialId id_{0};
};

TEST_F(ReconcileTest, AgreesWithItself) {
  const Agreement agreement = Must(Reconcile(latchkey_.books()));
  EXPECT_EQ(agreement.position.seq, 2U);
  EXPECT_EQ(agreement.records, 2U);
  EXPECT_EQ(agreement.completed, 0U);
}

TEST_F(ReconcileTest, RefusesADatabaseThatLostAnAcknowledgedRevocation) {
  const CredentialRecord live = Stored();
  Revoke();
  latchkey_.store.Overwrite(live);
  latchkey_.store.DropLinesAfter(2);
  const Result<Agreement> agreement = Reconcile(latchkey_.books());
  ASSERT_THAT(agreement, FailsWith(kDisagreement, HasSubstr("credential.revoke")));
  EXPECT_THAT(agreement.error().hint, HasSubstr("latchkey audit repair"));
}

TEST_F(ReconcileTest, RepairKeepsTheRevocation) {
  const CredentialRecord live = Stored();
  Revoke();
  latchkey_.store.Overwrite(live);
  latchkey_.store.DropLinesAfter(2);
  const RepairReport report = Must(Repair(latchkey_.books()));
  EXPECT_EQ(report.restored, 1U);
  Must(latchkey_.Restart());
  EXPECT_EQ(Decide(), "revoked");
  EXPECT_THAT(Must(VerifyAudit(latchkey_.books(), *latchkey_.record_sealer)).findings, IsEmpty());
}

TEST_F(ReconcileTest, CompletesTheJournalAfterACrashBetweenTheTwoSyncs) {
  latchkey_.journal.FailAppends();
  EXPECT_THAT(latchkey_.credentials->Revoke(id_, "", MemoryInstallation::kCommandLine),
              FailsWith(kUnavailable));
  EXPECT_FALSE(latchkey_.ledger->healthy());
  const std::vector<ChangeLine> lines = latchkey_.journal.lines();
  MemoryJournal reopened;
  Must(reopened.Append(lines));
  const Books books{.store = latchkey_.store,
                    .journal = reopened,
                    .codec = latchkey_.codec,
                    .journal_key = latchkey_.sealer->keyring().journal_key()};
  const Agreement agreement = Must(Reconcile(books));
  EXPECT_EQ(agreement.completed, 1U);
  EXPECT_EQ(agreement.position.seq, 3U);
  EXPECT_EQ(reopened.lines().size(), 3U);
}

TEST_F(ReconcileTest, RefusesAMissingJournal) {
  MemoryJournal empty;
  const Books books{.store = latchkey_.store,
                    .journal = empty,
                    .codec = latchkey_.codec,
                    .journal_key = latchkey_.sealer->keyring().journal_key()};
  EXPECT_THAT(Reconcile(books), FailsWith(kDisagreement, HasSubstr("missing")));
  EXPECT_EQ(Must(Repair(books)).completed, 2U);
  EXPECT_THAT(Reconcile(books), IsOk());
}

TEST_F(ReconcileTest, RefusesAJournalWhoseLineWasChanged) {
  std::vector<ChangeLine> lines = latchkey_.journal.lines();
  lines.front().text.replace(lines.front().text.find("ana"), 3, "eve");
  MemoryJournal changed;
  Must(changed.Append(lines));
  const Books books{.store = latchkey_.store,
                    .journal = changed,
                    .codec = latchkey_.codec,
                    .journal_key = latchkey_.sealer->keyring().journal_key()};
  EXPECT_THAT(Reconcile(books), FailsWith(kTampered, HasSubstr("change 1")));
  EXPECT_THAT(Repair(books), FailsWith(kTampered));
}

TEST_F(ReconcileTest, RefusesADatabaseOfAnotherHistory) {
  MemoryInstallation other;
  other.AddAccount("eve");
  const Books books{.store = other.store,
                    .journal = latchkey_.journal,
                    .codec = latchkey_.codec,
                    .journal_key = latchkey_.sealer->keyring().journal_key()};
  EXPECT_THAT(Reconcile(books), FailsWith(kDisagreement, HasSubstr("different histories")));
  EXPECT_THAT(Repair(books), FailsWith(kDisagreement));
}

TEST_F(ReconcileTest, AnOldRowPutBackIsRefusedAndAlarmed) {
  const CredentialRecord live = Stored();
  Revoke();
  latchkey_.store.Overwrite(live);
  Must(latchkey_.Restart());
  EXPECT_EQ(Decide(), "unknown");
  EXPECT_EQ(latchkey_.alarms.raised.size(), 1U);
  EXPECT_EQ(latchkey_.projection->refused(), 1U);
  EXPECT_THAT(Must(VerifyAudit(latchkey_.books(), *latchkey_.record_sealer)).findings,
              Not(IsEmpty()));
}

TEST_F(ReconcileTest, AnOldRowPutBackIsNotRevivedByTheNextChange) {
  const CredentialRecord live = Stored();
  Revoke();
  latchkey_.store.Overwrite(live);
  EXPECT_THAT(latchkey_.credentials->Rename(id_, "revived", MemoryInstallation::kCommandLine),
              FailsWith(kConflict));
  EXPECT_EQ(Decide(), "revoked");
  Must(latchkey_.Restart());
  EXPECT_EQ(Decide(), "unknown");
}

TEST_F(ReconcileTest, ADeletedRowTakesItsCredentialOutOfForceWhileRunning) {
  const std::string untouched = latchkey_.IssueToken(ana_, {"read:user:bitbucket"});
  latchkey_.store.Erase(RecordType::kCredential, id_.text());
  Must(latchkey_.projection->Recheck(latchkey_.store));
  EXPECT_EQ(Decide(), "unknown");
  EXPECT_EQ(latchkey_.alarms.raised.size(), 1U);
  EXPECT_TRUE(latchkey_.Ask("Bearer " + untouched, latchkey_.Needs({"read:user:bitbucket"})));
}

TEST_F(ReconcileTest, ADeletedMembershipEndsWhileRunningAndIsNotMadeAnew) {
  const Caller& caller = MemoryInstallation::kCommandLine;
  Must(latchkey_.accounts->CreateWorkspace("team", caller));
  Must(latchkey_.accounts->GrantRole("team", "ana", Role::kRead, caller));
  Must(latchkey_.accounts->GrantRole("team", "ana", Role::kWrite, caller));
  latchkey_.store.Erase(RecordType::kMembership, "team/" + ana_.id);
  Must(latchkey_.projection->Recheck(latchkey_.store));
  EXPECT_FALSE(latchkey_.directory->FindRole("team", ana_.id));
  EXPECT_THAT(latchkey_.accounts->GrantRole("team", "ana", Role::kRead, caller),
              FailsWith(kConflict))
      << "a grant that will not hold must not be acknowledged";
}

TEST_F(ReconcileTest, ARevocationWhoseOutcomeIsUnknownIsInForceAndNotAcknowledged) {
  latchkey_.journal.FailAppends();
  const auto revoke = [&] {
    return latchkey_.credentials->Revoke(id_, "", MemoryInstallation::kCommandLine);
  };
  EXPECT_THAT(revoke(), FailsWith(kUnavailable));
  EXPECT_EQ(Decide(), "revoked");
  EXPECT_THAT(revoke(), FailsWith(kUnavailable)) << "the store says so already, the journal not";
}

struct EditCase {
  const char* name;
  void (*edit)(CredentialRecord& record);
};

class Edits : public ReconcileTest, public testing::WithParamInterface<EditCase> {};

TEST_P(Edits, MakeThatCredentialRefusedAndNoOther) {
  const std::string untouched = latchkey_.IssueToken(ana_, {"read:user:bitbucket"});
  if (std::string_view{GetParam().name} == "Revived") Revoke();
  CredentialRecord record = Stored();
  GetParam().edit(record);
  latchkey_.store.Overwrite(record);

  // A server that runs notices, and so does one that starts.
  Must(latchkey_.projection->Recheck(latchkey_.store));
  EXPECT_EQ(Decide(), "unknown");
  Must(latchkey_.Restart());
  EXPECT_EQ(Decide(), "unknown");
  EXPECT_FALSE(latchkey_.alarms.raised.empty());
  EXPECT_TRUE(latchkey_.Ask("Bearer " + untouched, latchkey_.Needs({"read:user:bitbucket"})));
}

INSTANTIATE_TEST_SUITE_P(
    All, Edits,
    testing::Values(
        EditCase{"Widened",
                 [](CredentialRecord& r) { r.grants.emplace_back("write:repository:bitbucket"); }},
        EditCase{"Prolonged", [](CredentialRecord& r) { *r.expires_at += std::chrono::days{365}; }},
        EditCase{"MadeEndless", [](CredentialRecord& r) { r.expires_at.reset(); }},
        EditCase{"Moved", [](CredentialRecord& r) { r.account = std::string(32, '0'); }},
        EditCase{"Revived", [](CredentialRecord& r) { r.revoked_at.reset(); }},
        EditCase{"AppChanged", [](CredentialRecord& r) { r.app = "latchkey"; }},
        EditCase{"KindChanged", [](CredentialRecord& r) { r.kind = CredentialKind::kAppPassword; }},
        EditCase{"Renamed", [](CredentialRecord& r) { r.name = "other"; }},
        EditCase{"VersionRaised", [](CredentialRecord& r) { ++r.version; }},
        EditCase{"SealChanged", [](CredentialRecord& r) { r.seal.back() ^= std::byte{1}; }},
        EditCase{"SealRemoved", [](CredentialRecord& r) { r.seal.clear(); }}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST_F(ReconcileTest, SwappedSealsOpenNeither) {
  const std::string second = latchkey_.IssueToken(ana_, {"read:repository:bitbucket"});
  CredentialRecord first = Stored();
  auto other = std::get<CredentialRecord>(
      Must(latchkey_.store.Find(RecordType::kCredential, MemoryInstallation::IdOf(second).text())));
  std::swap(first.seal, other.seal);
  latchkey_.store.Overwrite(first);
  latchkey_.store.Overwrite(other);
  Must(latchkey_.Restart());
  EXPECT_EQ(Decide(), "unknown");
  EXPECT_FALSE(latchkey_.Ask("Bearer " + second, latchkey_.Needs({"read:repository:bitbucket"})));
  EXPECT_EQ(latchkey_.projection->refused(), 2U);
}

TEST_F(ReconcileTest, AnEditedAccountTakesItsCredentialsOutOfForce) {
  auto account = std::get<AccountRecord>(Must(latchkey_.store.Find(RecordType::kAccount, ana_.id)));
  account.value.admin = true;
  latchkey_.store.Overwrite(account);
  Must(latchkey_.Restart());
  EXPECT_EQ(Decide(), "unknown");
}

TEST_F(ReconcileTest, AnotherKeyringOpensNothing) {
  latchkey_.sealer.emplace(Must(Keyring::Generate(latchkey_.random, latchkey_.clock.Now())));
  EXPECT_THAT(latchkey_.Restart(), FailsWith(kTampered));
}

TEST_F(ReconcileTest, ThreadsFindWhatOneFinds) {
  for (int i = 0; i < 20; ++i) latchkey_.IssueToken(ana_, {"read:repository:bitbucket"});
  Revoke();
  Books books = latchkey_.books();
  const Agreement one = Must(Reconcile(books));
  books.threads = 3;
  const Agreement three = Must(Reconcile(books));
  EXPECT_EQ(three.position.seq, one.position.seq);
  EXPECT_EQ(three.position.mac, one.position.mac);
  EXPECT_EQ(three.versions, one.versions);
  EXPECT_EQ(three.records, 22U);
  EXPECT_EQ(three.credentials, 21U);
}

/// Parts are of two lines each: every line is the first or the second of one.
TEST_F(ReconcileTest, ABrokenLinkIsFoundWhereverItIs) {
  for (int i = 0; i < 4; ++i) latchkey_.IssueToken(ana_, {"read:repository:bitbucket"});
  const std::vector<ChangeLine> whole = latchkey_.journal.lines();
  for (std::size_t i = 0; i < whole.size(); ++i) {
    std::vector<std::vector<ChangeLine>> broken(3, whole);
    broken[0][i].mac[31] ^= std::byte{1};
    broken[1].erase(broken[1].begin() + static_cast<std::ptrdiff_t>(i));
    broken[2][i].text.replace(broken[2][i].text.find("cli:test"), 8, "cli:root");
    for (std::size_t kind = 0; kind < broken.size(); ++kind) {
      // A journal without its last lines is no broken chain: it is behind.
      if (kind == 1 && i + 1 == whole.size()) continue;
      MemoryJournal journal;
      Must(journal.Append(broken[kind]));
      const Books books{.store = latchkey_.store,
                        .journal = journal,
                        .codec = latchkey_.codec,
                        .journal_key = latchkey_.sealer->keyring().journal_key(),
                        .threads = 2};
      EXPECT_THAT(Reconcile(books),
                  FailsWith(kTampered, HasSubstr("change " + std::to_string(i + 1))))
          << kind;
    }
  }
}

/// As a node of several sees them: with a journal of its own.
class SharedReconcileTest : public ReconcileTest {
 protected:
  Books BooksWith(MemoryJournal& journal) {
    return {.store = latchkey_.store,
            .journal = journal,
            .codec = latchkey_.codec,
            .journal_key = latchkey_.sealer->keyring().journal_key(),
            .threads = 2,
            .shared = true};
  }
};

TEST_F(SharedReconcileTest, WritesTheJournalOfANewNode) {
  Revoke();
  MemoryJournal journal;
  const Agreement agreement = Must(Reconcile(BooksWith(journal)));
  EXPECT_EQ(agreement.completed, 3U);
  EXPECT_EQ(agreement.position.seq, 3U);
  EXPECT_EQ(agreement.records, 2U);
  EXPECT_EQ(agreement.credentials, 1U);
  EXPECT_EQ(agreement.versions.at({RecordType::kCredential, id_.text()}), 2U);
  EXPECT_EQ(journal.lines().size(), 3U);
  EXPECT_THAT(Reconcile(BooksWith(journal)), IsOk()) << "the second start finds it complete";
}

TEST_F(SharedReconcileTest, CompletesMoreThanItHoldsAtOnce) {
  constexpr std::size_t kMany = 1500;
  std::vector<Write> writes;
  for (std::size_t i = 0; i < kMany; ++i) writes.push_back(WriteOf(SampleWorkspace(i)));
  for (const Result<void>& outcome : latchkey_.ledger->SubmitAll(std::move(writes))) Must(outcome);
  MemoryJournal journal;
  const std::vector<ChangeLine> lines = latchkey_.journal.lines();
  Must(journal.Append(std::span{lines}.first(1)));
  EXPECT_EQ(Must(Reconcile(BooksWith(journal))).completed, kMany + 1);
  EXPECT_EQ(journal.lines().size(), kMany + 2);
}

TEST_F(SharedReconcileTest, RefusesWhatDoesNotContinueTheJournal) {
  Revoke();
  std::vector<ChangeLine> lines = latchkey_.journal.lines();
  lines[2].text.back() = ' ';
  Must(latchkey_.store.Restore({}, std::span{lines}.subspan(2)));
  MemoryJournal journal;
  Must(journal.Append(std::span{lines}.first(1)));
  EXPECT_THAT(Reconcile(BooksWith(journal)), FailsWith(kTampered, HasSubstr("change 3")));
}

TEST_F(SharedReconcileTest, RefusesADatabaseThatWasPutBack) {
  Revoke();
  latchkey_.store.DropLinesAfter(2);
  const Result<Agreement> agreement = Reconcile(BooksWith(latchkey_.journal));
  ASSERT_THAT(agreement, FailsWith(kDisagreement, HasSubstr("credential.revoke")));
  EXPECT_THAT(agreement.error().hint, HasSubstr("Stop every node"));
}

TEST_F(SharedReconcileTest, RefusesAnotherHistoryAndSaysWhatToDo) {
  std::vector<ChangeLine> lines = latchkey_.journal.lines();
  Chain chain{latchkey_.sealer->keyring().journal_key(), lines[0].mac};
  lines[1].text = lines[0].text;
  lines[1].mac = chain.Extend(lines[1].text);
  MemoryJournal journal;
  Must(journal.Append(lines));
  const Result<Agreement> agreement = Reconcile(BooksWith(journal));
  ASSERT_THAT(agreement, FailsWith(kDisagreement, HasSubstr("different histories")));
  EXPECT_THAT(agreement.error().hint, HasSubstr("move this node's journal.log away"));
}

}  // namespace
}  // namespace latchkey
