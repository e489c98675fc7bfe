// The promises of authority/store.h, asked of every implementation. What concerns several threads
// is in store_contract_concurrency_test.cc.

#include "authority/store.h"

#include <gmock/gmock.h>

#include <chrono>
#include <mutex>
#include <set>

#include "store/contract_fixture.h"
#include "store/memory/sample_records.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;
using enum Error::Code;

class StoreContract : public testing::TestWithParam<Implementation<Store>> {
 protected:
  void SetUp() override {
    store_ = GetParam().open(directory_.path());
    ASSERT_NE(store_, nullptr);
  }

  /// Opens it again, where it is one that outlives that.
  void Reopen() {
    if (!GetParam().durable) return;
    store_.reset();
    store_ = GetParam().open(directory_.path());
    ASSERT_NE(store_, nullptr);
  }

  /// The outcome of each write: nothing for an accepted one.
  std::vector<std::optional<Error>> Commit(const std::vector<Write>& writes) {
    std::vector<std::optional<Error>> outcomes;
    const Result<std::vector<Result<void>>> committed = store_->Commit(writes, script_.maker());
    script_.NextBatch();
    EXPECT_THAT(committed, IsOk());
    if (!committed) return outcomes;
    for (const Result<void>& outcome : *committed) {
      outcomes.push_back(outcome ? std::nullopt : std::optional{outcome.error()});
    }
    return outcomes;
  }
  std::vector<std::optional<Error::Code>> CommitCodes(const std::vector<Write>& writes) {
    std::vector<std::optional<Error::Code>> codes;
    for (const std::optional<Error>& outcome : Commit(writes)) {
      codes.push_back(outcome ? std::optional{outcome->code} : std::nullopt);
    }
    return codes;
  }
  std::optional<Error> CommitOne(Write write) { return Commit({std::move(write)}).at(0); }

  bool Holds(const Record& record) const {
    const Result<Record> found = store_->Find(TypeOf(record), KeyOf(record));
    return found && AreSame(*found, record);
  }
  std::uint64_t VersionIn(RecordType type, std::string_view key) const {
    const Result<Record> found = store_->Find(type, key);
    return found ? VersionOf(*found) : 0;
  }
  std::vector<std::uint64_t> SeqsAfter(std::uint64_t seq) const {
    std::vector<std::uint64_t> seqs;
    EXPECT_THAT(store_->ReadChanges(seq,
                                    [&seqs](const ChangeLine& line) {
                                      seqs.push_back(line.seq);
                                      return true;
                                    }),
                IsOk());
    return seqs;
  }
  std::vector<std::uint64_t> List(const CredentialFilter& filter) const {
    std::vector<std::uint64_t> ids;
    const Result<std::vector<CredentialRecord>> listed = store_->ListCredentials(filter);
    EXPECT_THAT(listed, IsOk());
    if (!listed) return ids;
    for (const CredentialRecord& record : *listed) ids.push_back(record.id.value());
    return ids;
  }

  ScratchDirectory directory_;
  std::unique_ptr<Store> store_;
  LineScript script_;
};

constexpr std::optional<Error::Code> kAccepted = std::nullopt;

TEST_P(StoreContract, IsEmptyAtFirst) {
  EXPECT_THAT(store_->Find(RecordType::kCredential, SampleCredential(1).id.text()),
              FailsWith(kNotFound));
  EXPECT_THAT(store_->LastChange(), IsOkAnd(Eq(std::nullopt)));
  EXPECT_THAT(SeqsAfter(0), ElementsAre());
  EXPECT_THAT(List({}), ElementsAre());
  EXPECT_THAT(store_->ReadMeta("keyring-check"), FailsWith(kNotFound));
}

TEST_P(StoreContract, GivesBackEveryFieldOfEveryRecord) {
  for (const Record& record : NastyRecords()) {
    EXPECT_EQ(CommitOne(WriteOf(record)), std::nullopt);
  }
  Reopen();
  for (const Record& record : NastyRecords()) {
    EXPECT_TRUE(Holds(record)) << TypeName(TypeOf(record)) << " " << KeyOf(record);
  }
}

TEST_P(StoreContract, LoadsEveryRecordOnce) {
  std::set<std::string> wanted;
  std::vector<Write> writes;
  for (const Record& record : NastyRecords()) {
    wanted.insert(KeyOf(record));
    writes.push_back(WriteOf(record));
  }
  Commit(writes);
  Commit({WriteOf(SampleWorkspace(3)), WriteOf(Next(SampleMembership(4)))});
  std::multiset<std::string> loaded;
  EXPECT_THAT(store_->Load([&](const Record& record) { loaded.insert(KeyOf(record)); },
                           [](std::string_view key) { ADD_FAILURE() << key; }),
              IsOk());
  EXPECT_THAT(loaded, testing::ElementsAreArray(wanted));
}

TEST_P(StoreContract, LoadsEveryRecordOnceByThreads) {
  std::vector<Write> writes;
  std::multiset<std::string> wanted;
  for (std::uint64_t i = 1; i <= 300; ++i) {
    for (const Record& record : {Record{SampleCredential(i)}, Record{SampleAccount(i)}}) {
      wanted.insert(KeyOf(record));
      writes.push_back(WriteOf(record));
    }
  }
  for (const Record& record : {Record{SampleApp(1)}, Record{SampleWorkspace(1)}}) {
    wanted.insert(KeyOf(record));
    writes.push_back(WriteOf(record));
  }
  Commit(writes);
  std::mutex mutex;
  std::multiset<std::string> loaded;
  EXPECT_THAT(store_->LoadByThreads(
                  3,
                  [&](const Record& record) {
                    const std::scoped_lock lock{mutex};
                    EXPECT_TRUE(!loaded.empty() || TypeOf(record) == RecordType::kApp);
                    loaded.insert(KeyOf(record));
                  },
                  [](std::string_view key) { ADD_FAILURE() << key; }),
              IsOk());
  EXPECT_EQ(loaded, wanted);
}

TEST_P(StoreContract, LetsAVisitorAskTheStore) {
  Commit({WriteOf(SampleWorkspace(1)), WriteOf(SampleAccount(1))});
  EXPECT_THAT(store_->Load([this](const Record& record) { EXPECT_TRUE(Holds(record)); },
                           [](std::string_view) {}),
              IsOk());
  EXPECT_THAT(store_->ReadChanges(0,
                                  [this](const ChangeLine&) {
                                    EXPECT_THAT(SeqsAfter(0), ElementsAre(1, 2));
                                    return true;
                                  }),
              IsOk());
}

TEST_P(StoreContract, CommitsNothingWhenGivenNothing) {
  EXPECT_THAT(Commit({}), ElementsAre());
  EXPECT_THAT(store_->LastChange(), IsOkAnd(Eq(std::nullopt)));
}

TEST_P(StoreContract, ReplacesTheVersionBeforeAndNoOther) {
  const WorkspaceRecord first = SampleWorkspace(1);
  const WorkspaceRecord second = Next(first);
  const WorkspaceRecord third = Next(second);
  EXPECT_THAT(CommitCodes({WriteOf(second)}), ElementsAre(kConflict)) << "there is none before it";
  EXPECT_THAT(CommitCodes({WriteOf(first)}), ElementsAre(kAccepted));
  EXPECT_THAT(CommitCodes({WriteOf(first)}), ElementsAre(kAlreadyExists));
  EXPECT_THAT(CommitCodes({WriteOf(third)}), ElementsAre(kConflict));
  EXPECT_TRUE(Holds(first));
  EXPECT_THAT(CommitCodes({WriteOf(second)}), ElementsAre(kAccepted));
  EXPECT_THAT(CommitCodes({WriteOf(second)}), ElementsAre(kConflict));
  Reopen();
  EXPECT_TRUE(Holds(second));
}

TEST_P(StoreContract, RefusesAloneWithinABatch) {
  const CredentialRecord credential = SampleCredential(1);
  EXPECT_THAT(CommitCodes({WriteOf(SampleWorkspace(1)), WriteOf(Next(SampleWorkspace(2))),
                           WriteOf(credential), WriteOf(credential), WriteOf(Next(credential)),
                           WriteOf(Next(Next(credential))), WriteOf(Next(credential))}),
              ElementsAre(kAccepted, kConflict, kAccepted, kAlreadyExists, kAccepted, kAccepted,
                          kConflict));
  Reopen();
  EXPECT_TRUE(Holds(SampleWorkspace(1)));
  EXPECT_FALSE(Holds(SampleWorkspace(2)));
  EXPECT_EQ(VersionIn(RecordType::kCredential, credential.id.text()), 3U);
  EXPECT_THAT(SeqsAfter(0), ElementsAre(1, 2, 3, 4)) << "a line for each accepted write alone";
}

TEST_P(StoreContract, KeepsEmailAndUsernameUniqueWithoutRegardToLetterCase) {
  Commit({WriteOf(SampleAccount(1))});
  AccountRecord same_email = SampleAccount(2);
  same_email.value.email = "USER-1@EXAMPLE.COM";
  const std::optional<Error> email_refusal = CommitOne(WriteOf(same_email));
  ASSERT_TRUE(email_refusal);
  EXPECT_EQ(email_refusal->code, kAlreadyExists);
  EXPECT_THAT(email_refusal->message, HasSubstr(R"(the e-mail "USER-1@EXAMPLE.COM" is taken)"));

  AccountRecord same_username = SampleAccount(2);
  same_username.value.username = "User-1";
  const std::optional<Error> username_refusal = CommitOne(WriteOf(same_username));
  ASSERT_TRUE(username_refusal);
  EXPECT_THAT(username_refusal->message, HasSubstr(R"(the username "User-1" is taken)"));

  AccountRecord other_letter = SampleAccount(3);
  other_letter.value.email = "\xC3\x89mile@example.com";
  AccountRecord lower_letter = SampleAccount(4);
  lower_letter.value.email = "\xC3\xA9mile@example.com";
  EXPECT_THAT(CommitCodes({WriteOf(other_letter), WriteOf(lower_letter)}),
              ElementsAre(kAccepted, kAccepted))
      << "only A to Z are folded";
}

TEST_P(StoreContract, LetsAnAccountKeepItsNamesAndGiveThemUp) {
  Commit({WriteOf(SampleAccount(1))});
  AccountRecord renamed = Next(SampleAccount(1));
  EXPECT_THAT(CommitCodes({WriteOf(renamed)}), ElementsAre(kAccepted));
  renamed = Next(renamed);
  renamed.value.email = "new@example.com";
  AccountRecord heir = SampleAccount(2);
  heir.value.email = "user-1@example.com";
  EXPECT_THAT(CommitCodes({WriteOf(heir), WriteOf(renamed), WriteOf(heir)}),
              ElementsAre(kAlreadyExists, kAccepted, kAccepted))
      << "within a batch too, in its order";
}

TEST_P(StoreContract, TakesAClaimOnce) {
  Write first = WriteOf(SampleCredential(1));
  first.claim = SampleClaim("ana", "key 1");
  Write again = WriteOf(SampleCredential(2));
  again.claim = SampleClaim("ana", "key 1");
  Write other_account = WriteOf(SampleCredential(3));
  other_account.claim = SampleClaim("bob", "key 1");
  EXPECT_THAT(CommitCodes({first, again, other_account}),
              ElementsAre(kAccepted, kAlreadyExists, kAccepted));
  EXPECT_FALSE(Holds(SampleCredential(2)));
  Reopen();
  EXPECT_THAT(CommitCodes({again}), ElementsAre(kAlreadyExists));
  const Result<std::optional<KnownClaim>> known = store_->FindClaim("ana", "key 1");
  ASSERT_THAT(known, IsOk());
  ASSERT_TRUE(known->has_value());
  EXPECT_EQ((*known)->fingerprint, first.claim->fingerprint);
  EXPECT_EQ((*known)->record_key, SampleCredential(1).id.text());
}

TEST_P(StoreContract, KnowsNoClaimThatWasNotMade) {
  Write refused = WriteOf(Next(SampleCredential(1)));
  refused.claim = SampleClaim("ana", "key 1");
  EXPECT_THAT(CommitCodes({refused}), ElementsAre(kConflict));
  const Result<std::optional<KnownClaim>> known = store_->FindClaim("ana", "key 1");
  ASSERT_THAT(known, IsOk());
  EXPECT_FALSE(known->has_value());
}

TEST_P(StoreContract, RemembersAClaimUntilItsInstantAtLeast) {
  Write first = WriteOf(SampleCredential(1));
  first.claim = SampleClaim("ana", "key 1");
  Commit({first});
  CredentialRecord later = SampleCredential(2);
  later.created_at = first.claim->expires_at - milliseconds{1};
  Write again = WriteOf(later);
  again.claim = SampleClaim("ana", "key 1");
  EXPECT_THAT(CommitCodes({again}), ElementsAre(kAlreadyExists));
  later.created_at = first.claim->expires_at;
  again.record = later;
  EXPECT_THAT(CommitCodes({again}), ElementsAre(kAccepted));
}

TEST_P(StoreContract, ListsNewestFirstAndPagesAcrossEqualTimes) {
  std::vector<Write> writes;
  for (std::uint64_t i = 1; i <= 7; ++i) {
    CredentialRecord record = SampleCredential(i);
    if (i >= 6) record.created_at += milliseconds{i};
    writes.push_back(WriteOf(record));
  }
  Commit(writes);
  EXPECT_THAT(List({}), ElementsAre(7, 6, 5, 4, 3, 2, 1));
  EXPECT_THAT(List({.limit = 3}), ElementsAre(7, 6, 5));
  EXPECT_THAT(List({.after = CredentialId{5}, .limit = 3}), ElementsAre(4, 3, 2));
  EXPECT_THAT(List({.after = CredentialId{2}, .limit = 3}), ElementsAre(1));
  EXPECT_THAT(List({.after = CredentialId{1}}), ElementsAre());
  EXPECT_THAT(List({.after = CredentialId{99}}), ElementsAre()) << "after one that is not there";
}

TEST_P(StoreContract, ListsByAccountAndKind) {
  std::vector<Write> writes;
  for (std::uint64_t i = 1; i <= 6; ++i) {
    CredentialRecord record = SampleCredential(i);
    record.account = i % 2 == 0 ? "even" : "odd";
    if (i <= 2) record.kind = CredentialKind::kAppPassword;
    writes.push_back(WriteOf(record));
  }
  Commit(writes);
  EXPECT_THAT(List({.account = "even"}), ElementsAre(6, 4, 2));
  EXPECT_THAT(List({.kind = CredentialKind::kAppPassword}), ElementsAre(2, 1));
  EXPECT_THAT(List({.account = "odd", .kind = CredentialKind::kApiToken}), ElementsAre(5, 3));
  EXPECT_THAT(List({.account = "even", .after = CredentialId{6}, .limit = 1}), ElementsAre(4));
  EXPECT_THAT(List({.account = "nobody"}), ElementsAre());
}

TEST_P(StoreContract, ListsByApp) {
  std::vector<Write> writes;
  for (std::uint64_t i = 1; i <= 4; ++i) {
    CredentialRecord record = SampleCredential(i);
    record.app = i % 2 == 0 ? "wiki" : "bitbucket";
    writes.push_back(WriteOf(record));
  }
  Commit(writes);
  EXPECT_THAT(List({.app = "wiki"}), ElementsAre(4, 2));
  EXPECT_THAT(List({.app = "wiki", .after = CredentialId{4}, .limit = 1}), ElementsAre(2));
  EXPECT_THAT(List({.app = "wik"}), ElementsAre());
}

TEST_P(StoreContract, LoadsTheAppsFirst) {
  Commit({WriteOf(SampleCredential(1)), WriteOf(SampleAccount(1)), WriteOf(SampleApp(1)),
          WriteOf(SampleWorkspace(1)), WriteOf(SampleApp(2))});
  std::vector<RecordType> types;
  EXPECT_THAT(store_->Load([&](const Record& record) { types.push_back(TypeOf(record)); },
                           [](std::string_view) { ADD_FAILURE(); }),
              IsOk());
  ASSERT_EQ(types.size(), 5U);
  EXPECT_EQ(types[0], RecordType::kApp);
  EXPECT_EQ(types[1], RecordType::kApp);
  EXPECT_NE(types[2], RecordType::kApp);
}

TEST_P(StoreContract, KeepsEveryLineAsItWas) {
  Commit({WriteOf(SampleWorkspace(1)), WriteOf(SampleWorkspace(2))});
  Commit({WriteOf(SampleWorkspace(3))});
  Reopen();
  LineScript same;
  std::vector<ChangeLine> wanted{same.Make(), same.Make()};
  same.NextBatch();
  wanted.push_back(same.Make());
  std::vector<ChangeLine> lines;
  EXPECT_THAT(store_->ReadChanges(0,
                                  [&](ChangeLine line) {
                                    lines.push_back(std::move(line));
                                    return true;
                                  }),
              IsOk());
  ASSERT_EQ(lines.size(), wanted.size());
  for (std::size_t i = 0; i < lines.size(); ++i) EXPECT_TRUE(AreSame(lines[i], wanted[i])) << i;
  const Result<std::optional<ChangeLine>> last = store_->LastChange();
  ASSERT_TRUE(last && *last);
  EXPECT_TRUE(AreSame(**last, wanted.back()));
  EXPECT_THAT(SeqsAfter(1), ElementsAre(2, 3));
  EXPECT_THAT(SeqsAfter(3), ElementsAre());
}

TEST_P(StoreContract, HasItsHeadWhereTheChangesEnd) {
  EXPECT_THAT(store_->Head(), IsOkAnd(Eq(ChangeHead{})));
  Commit({WriteOf(SampleWorkspace(1)), WriteOf(SampleWorkspace(2))});
  Reopen();
  const Result<std::optional<ChangeLine>> last = store_->LastChange();
  ASSERT_TRUE(last && *last);
  EXPECT_THAT(store_->Head(), IsOkAnd(Eq(ChangeHead{.seq = 2, .batch = 1, .mac = (*last)->mac})));
}

TEST_P(StoreContract, HoldsItsHeadForTheNextCommit) {
  Commit({WriteOf(SampleWorkspace(1))});
  const Result<ChangeHead> head = store_->Head();
  ASSERT_THAT(head, IsOk());
  for (int i = 0; i < 2; ++i) {
    const Result<std::optional<ChangeHead>> held = store_->Hold();
    ASSERT_THAT(held, IsOk()) << "what is held already is given up first";
    EXPECT_EQ(held->value_or(*head), *head) << "or nothing, where nobody else writes";
  }
  EXPECT_THAT(SeqsAfter(0), ElementsAre(1)) << "what is held can be read";
  Commit({WriteOf(SampleWorkspace(2))});
  EXPECT_THAT(store_->Hold(), IsOk());
  store_->Release();
  store_->Release();
  EXPECT_TRUE(Holds(SampleWorkspace(2)));
  EXPECT_FALSE(Holds(SampleWorkspace(3)));
  Commit({WriteOf(SampleWorkspace(3))});
  EXPECT_THAT(SeqsAfter(0), ElementsAre(1, 2, 3));
}

TEST_P(StoreContract, StopsReadingChangesWhenTold) {
  Commit({WriteOf(SampleWorkspace(1)), WriteOf(SampleWorkspace(2))});
  int seen = 0;
  EXPECT_THAT(store_->ReadChanges(0, [&](const ChangeLine&) { return ++seen < 1; }), IsOk());
  EXPECT_EQ(seen, 1);
}

TEST_P(StoreContract, RestoresRecordsWhateverStandsThere) {
  AccountRecord ana = SampleAccount(1);
  AccountRecord bob = SampleAccount(2);
  Commit({WriteOf(ana), WriteOf(bob), WriteOf(SampleWorkspace(1))});
  ana.version = 5;
  bob.version = 2;
  std::swap(ana.value.email, bob.value.email);
  const WorkspaceRecord new_workspace = Next(SampleWorkspace(9));
  const std::vector<Record> records{ana, bob, SampleWorkspace(1), new_workspace};
  std::vector<ChangeLine> lines;
  LineScript script{3};
  for (int i = 0; i < 4; ++i) lines.push_back(script.Make());
  EXPECT_THAT(store_->Restore(records, lines), IsOk());
  Reopen();
  for (const Record& record : records) EXPECT_TRUE(Holds(record)) << KeyOf(record);
  EXPECT_THAT(SeqsAfter(0), ElementsAre(1, 2, 3, 4, 5, 6, 7));
  EXPECT_THAT(store_->Restore(records, lines), IsOk()) << "twice is harmless";
  EXPECT_THAT(SeqsAfter(0), ElementsAre(1, 2, 3, 4, 5, 6, 7));
}

TEST_P(StoreContract, RestoresTheLastOfSeveralVersions) {
  const WorkspaceRecord first = SampleWorkspace(1);
  EXPECT_THAT(store_->Restore(std::vector<Record>{first, Next(first)}, {}), IsOk());
  EXPECT_TRUE(Holds(Next(first)));
}

TEST_P(StoreContract, KeepsSmallValues) {
  EXPECT_THAT(store_->WriteMeta("keyring-check", "it's \"1\""), IsOk());
  EXPECT_THAT(store_->WriteMeta("empty", ""), IsOk());
  EXPECT_THAT(store_->WriteMeta("keyring-check", "it's \"2\""), IsOk());
  Reopen();
  EXPECT_THAT(store_->ReadMeta("keyring-check"), IsOkAnd(Eq("it's \"2\"")));
  EXPECT_THAT(store_->ReadMeta("empty"), IsOkAnd(Eq("")));
}

TEST_P(StoreContract, CountsNothingOfItsOwnAsForeign) {
  const Result<std::uint64_t> before = store_->ForeignWrites();
  ASSERT_THAT(before, IsOk());
  Commit({WriteOf(SampleWorkspace(1)), WriteOf(Next(SampleWorkspace(2)))});
  Commit({WriteOf(Next(SampleWorkspace(2)))});
  EXPECT_THAT(store_->WriteMeta("a", "b"), IsOk());
  EXPECT_THAT(store_->Restore(std::vector<Record>{SampleAccount(1)}, {}), IsOk());
  EXPECT_THAT(store_->ForeignWrites(), IsOkAnd(Eq(*before)));
}

INSTANTIATE_TEST_SUITE_P(All, StoreContract, testing::ValuesIn(AllStores()),
                         [](const auto& test_case) { return std::string{test_case.param.name}; });

}  // namespace
}  // namespace latchkey
