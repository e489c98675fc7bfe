#include "authority/app_authority.h"

#include <gmock/gmock.h>

#include "testing/installation/memory_installation.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using testing::ElementsAre;
using testing::Eq;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;
using enum Error::Code;
using Kind = OperationMatch::Kind;

Scope ScopeNamed(const std::string& name) {
  return {.name = name, .title = name, .description = name, .group = "Pages"};
}

AppDefinition Wiki(const std::vector<std::string>& scopes = {"read:page", "write:page"}) {
  AppDefinition definition;
  definition.name = "wiki";
  definition.title = "Wiki";
  definition.catalogue.app = "wiki";
  definition.catalogue.title = "Wiki";
  for (const std::string& scope : scopes) definition.catalogue.scopes.push_back(ScopeNamed(scope));
  definition.operations = {{.method = "GET",
                            .path = "/pages/{id}",
                            .scopes = {{scopes.front()}},
                            .permissions = {},
                            .open_to_anybody = false}};
  return definition;
}

class AppAuthorityTest : public testing::Test {
 protected:
  Result<AppAdded> Add(const AppDefinition& definition) {
    return latchkey_.app_authority->Add(definition, caller_);
  }
  Result<std::uint64_t> Remove(std::string_view name, bool revoke = false) {
    return latchkey_.app_authority->Remove(name, revoke, caller_);
  }
  [[nodiscard]] std::shared_ptr<const AppSet> apps() const { return latchkey_.apps.Current(); }

  /// What the gate would make of it: the requirement of the operation, decided.
  [[nodiscard]] bool Passes(const std::string& secret, std::string_view method,
                            std::string_view target) const {
    const std::shared_ptr<const AppSet> set = apps();
    const App* app = set->Find("wiki");
    if (app == nullptr) return false;
    const OperationMatch match = MatchOperation(*app, method, target);
    return match.requirement != nullptr &&
           latchkey_.Ask("Bearer " + secret, *match.requirement).has_value();
  }

  std::string IssueToken(const std::vector<std::string>& scopes) {
    return latchkey_.IssueToken(ana_, scopes, std::chrono::days{30}, "wiki");
  }

  /// Edits the app's row, as somebody with access to the database might.
  template <typename Edit>
  void Tamper(Edit edit) {
    Record record = Must(latchkey_.store.Find(RecordType::kApp, "wiki"));
    edit(std::get<AppRecord>(record));
    latchkey_.store.Overwrite(record);
  }

  const Caller& caller_ = MemoryInstallation::kCommandLine;
  MemoryInstallation latchkey_;
  const Account ana_ = latchkey_.AddAccount("ana");
};

TEST_F(AppAuthorityTest, AnAddedAppIsThereForIssuingAndTheGate) {
  EXPECT_EQ(latchkey_.catalogues.Find("wiki"), nullptr);
  const AppAdded added = Must(Add(Wiki()));
  EXPECT_FALSE(added.replaced);
  EXPECT_THAT(added.withdrawn, IsEmpty());
  const std::string reader = IssueToken({"read:page"});
  const std::string writer = IssueToken({"write:page"});
  EXPECT_TRUE(Passes(reader, "GET", "/pages/7"));
  EXPECT_FALSE(Passes(writer, "GET", "/pages/7"));
  EXPECT_FALSE(Passes(reader, "PUT", "/pages/7"));
  Must(latchkey_.Restart());
  EXPECT_TRUE(Passes(reader, "GET", "/pages/7"));
  EXPECT_FALSE(Passes(writer, "GET", "/pages/7"));
  EXPECT_THAT(latchkey_.alarms.raised, IsEmpty());
}

TEST_F(AppAuthorityTest, ATokenOfAnotherAppDoesNotPass) {
  Must(Add(Wiki({"read:repository:bitbucket"})));
  const std::string other = latchkey_.IssueToken(ana_, {"read:repository:bitbucket"});
  EXPECT_FALSE(Passes(other, "GET", "/pages/7"));
}

TEST_F(AppAuthorityTest, AnotherNodeTakesUpTheCredentialsOfAnAppThatCameBack) {
  Must(Add(Wiki()));
  const CredentialId id = MemoryInstallation::IdOf(IssueToken({"read:page"}));
  Tamper([](AppRecord& record) { record.value.definition.title = "Edited"; });

  Catalogues catalogues = Must(LoadBuiltInCatalogues());
  Apps others_apps;
  RecordingAlarms alarms;
  Directory directory;
  Index index{directory};
  SignInDirectory sign_ins;
  Projection other{
      *latchkey_.record_sealer, catalogues, others_apps, alarms, index, directory, sign_ins};
  Must(other.Load(latchkey_.store, {}, 0));
  ASSERT_FALSE(index.Find(id)) << "the app is refused, and so its credentials are left out";

  Must(Add(Wiki()));
  // The credential is revoked by the time that the other node reads it, and its change not applied.
  const CredentialRecord live =
      std::get<CredentialRecord>(Must(latchkey_.store.Find(RecordType::kCredential, id.text())));
  Must(latchkey_.credentials->Rename(id, "other", caller_));
  Must(latchkey_.credentials->Revoke(id, "", caller_));
  other.Apply(Must(latchkey_.store.Find(RecordType::kApp, "wiki")));
  EXPECT_FALSE(index.Find(id));
  other.CaughtUp(latchkey_.store);
  ASSERT_TRUE(index.Find(id));
  EXPECT_TRUE(index.Find(id)->revoked_at);
  other.Apply(live);
  EXPECT_TRUE(index.Find(id)->revoked_at) << "nothing goes back to what it was";
}

TEST_F(AppAuthorityTest, WhatDoesNotCompileChangesNothing) {
  Must(Add(Wiki()));
  const std::size_t changes = latchkey_.journal.lines().size();
  const std::uint64_t generation = latchkey_.apps.generation();
  AppDefinition bad = Wiki({"read:page"});
  bad.operations.front().scopes = {{"read:pages"}};
  EXPECT_THAT(Add(bad), FailsWith(kInvalidArgument, HasSubstr("read:pages")));
  bad = Wiki();
  bad.catalogue.scopes.push_back(ScopeNamed("read:page"));
  EXPECT_THAT(Add(bad), FailsWith(kInvalidArgument, HasSubstr("stands twice")));
  EXPECT_EQ(latchkey_.journal.lines().size(), changes);
  EXPECT_EQ(latchkey_.apps.generation(), generation);
  EXPECT_THAT(latchkey_.catalogues.Find("wiki")->ScopeSet({"write:page"}), IsOk());
}

TEST_F(AppAuthorityTest, CredentialsFollowAReplacedCatalogue) {
  Must(Add(Wiki({"read:page", "write:page"})));
  const std::string both = IssueToken({"read:page", "write:page"});
  const std::string writer = IssueToken({"write:page"});

  // `read:page` goes; what takes its place in the list must not become what the token holds.
  AppDefinition next = Wiki({"admin:page", "write:page"});
  const AppAdded added = Must(Add(next));
  EXPECT_TRUE(added.replaced);
  EXPECT_THAT(added.withdrawn, ElementsAre("read:page"));
  EXPECT_FALSE(Passes(both, "GET", "/pages/7")) << "asks for admin:page now";
  next.operations.front().scopes = {{"write:page"}};
  Must(Add(next));
  EXPECT_TRUE(Passes(both, "GET", "/pages/7"));
  EXPECT_TRUE(Passes(writer, "GET", "/pages/7"));

  EXPECT_THAT(Must(Add(Wiki({"read:page", "write:page"}))).withdrawn, ElementsAre("admin:page"));
  EXPECT_TRUE(Passes(both, "GET", "/pages/7")) << "the scope is back";
  EXPECT_FALSE(Passes(writer, "GET", "/pages/7"));
  Must(latchkey_.Restart());
  EXPECT_TRUE(Passes(both, "GET", "/pages/7"));
  EXPECT_FALSE(Passes(writer, "GET", "/pages/7"));
}

TEST_F(AppAuthorityTest, AppPasswordsFollowChangedImplications) {
  AppDefinition wiki = Wiki();
  wiki.catalogue.permissions = {
      {.name = "page", .title = "t", .description = "d", .group = "g", .implies = {}, .scopes = {}},
      {.name = "page:admin",
       .title = "t",
       .description = "d",
       .group = "g",
       .implies = {"page"},
       .scopes = {}}};
  wiki.operations.front().permissions = {{"page"}};
  Must(Add(wiki));
  const std::string secret = latchkey_.Issue({.kind = CredentialKind::kAppPassword,
                                              .account = ana_.id,
                                              .app = "wiki",
                                              .name = "test",
                                              .grants = {"page:admin"}});
  const std::string header =
      "Basic " + std::string{EncodeBasic("ana", SecretString{std::string_view{secret}}).Expose()};
  const auto passes = [&] {
    const std::shared_ptr<const AppSet> set = apps();
    const OperationMatch match = MatchOperation(*set->Find("wiki"), "GET", "/pages/7");
    return latchkey_.Ask(header, *match.requirement).has_value();
  };
  EXPECT_TRUE(passes());
  wiki.catalogue.permissions.back().implies = {};
  Must(Add(wiki));
  EXPECT_FALSE(passes());
}

TEST_F(AppAuthorityTest, AnAppWithLiveCredentialsIsNotRemovedByAccident) {
  Must(Add(Wiki()));
  const std::string secret = IssueToken({"read:page"});
  EXPECT_THAT(Remove("wiki"), FailsWith(kConflict, HasSubstr("1 credential(s)")));
  EXPECT_TRUE(Passes(secret, "GET", "/pages/7"));
  EXPECT_THAT(Remove("wiki", /*revoke=*/true), IsOkAnd(Eq(1U)));
  EXPECT_EQ(apps()->Find("wiki"), nullptr);
  EXPECT_EQ(latchkey_.catalogues.Find("wiki"), nullptr);
  EXPECT_THAT(Remove("wiki"), FailsWith(kNotFound));
  Must(latchkey_.Restart());
  EXPECT_EQ(apps()->Find("wiki"), nullptr);
  EXPECT_THAT(latchkey_.alarms.raised, IsEmpty());

  const AppAdded again = Must(Add(Wiki()));
  EXPECT_FALSE(again.replaced);
  EXPECT_FALSE(Passes(secret, "GET", "/pages/7")) << "revoked is for ever";
}

TEST_F(AppAuthorityTest, ExpiredAndRevokedCredentialsAreNotInTheWay) {
  Must(Add(Wiki()));
  const std::string secret = IssueToken({"read:page"});
  Must(latchkey_.credentials->Revoke(MemoryInstallation::IdOf(secret), "", caller_));
  IssueToken({"read:page"});
  latchkey_.clock.Advance(std::chrono::days{31});
  EXPECT_THAT(Remove("wiki"), IsOkAnd(Eq(0U)));
}

TEST_F(AppAuthorityTest, TheBuiltInAppsStay) {
  const std::string git = latchkey_.IssueToken(ana_, {"read:repository:bitbucket"});
  EXPECT_THAT(Remove("bitbucket"), FailsWith(kNotFound, HasSubstr("nothing was added")));
  EXPECT_THAT(Remove("latchkey", true), FailsWith(kInvalidArgument));
  AppDefinition latchkey = Wiki();
  latchkey.name = latchkey.catalogue.app = "latchkey";
  EXPECT_THAT(Add(latchkey), FailsWith(kInvalidArgument));
  AppDefinition bitbucket = Wiki({"read:repository:bitbucket"});
  bitbucket.name = bitbucket.catalogue.app = "bitbucket";
  EXPECT_THAT(Add(bitbucket), FailsWith(kInvalidArgument, HasSubstr("built in")));

  bitbucket.built_in = true;
  bitbucket.catalogue = {};
  EXPECT_FALSE(Must(Add(bitbucket)).replaced);
  EXPECT_EQ(apps()->Find("bitbucket")->operations.operations().size(), 1U);
  EXPECT_TRUE(latchkey_.Ask("Bearer " + git, latchkey_.Needs({"read:repository:bitbucket"})));
  EXPECT_TRUE(Must(Add(bitbucket)).replaced);
  EXPECT_THAT(Remove("bitbucket"), IsOk()) << "its credentials are not asked about";
  EXPECT_EQ(apps()->Find("bitbucket")->operations.operations().size(), 0U);
  EXPECT_TRUE(latchkey_.Ask("Bearer " + git, latchkey_.Needs({"read:repository:bitbucket"})));
}

TEST_F(AppAuthorityTest, ATokenMayMakeOneOfItsAppAfterAReplacement) {
  Must(Add(Wiki()));
  const std::string secret = IssueToken({"read:page", "write:credential:latchkey"});
  const Verdict held = latchkey_.Ask("Bearer " + secret, latchkey_.Needs({}, {}, "latchkey"));
  ASSERT_TRUE(held.has_value());
  Must(Add(Wiki({"read:page", "write:page", "admin:page"})));
  const Holder holder = held->holder();
  const Caller caller{.actor = "t", .origin = {}, .request_id = {}, .holder = &holder};
  IssueRequest request{.account = ana_.id, .app = "wiki", .name = "n", .grants = {"read:page"}};
  EXPECT_THAT(latchkey_.credentials->Issue(request, caller), IsOk());
  request.grants = {"admin:page"};
  EXPECT_THAT(latchkey_.credentials->Issue(request, caller), FailsWith(kPermissionDenied));
}

TEST_F(AppAuthorityTest, AnEditedRowTakesTheAppAwayAndNothingElse) {
  Must(Add(Wiki()));
  const std::string secret = IssueToken({"read:page"});
  const std::string git = latchkey_.IssueToken(ana_, {"read:repository:bitbucket"});
  Tamper([](AppRecord& app) { app.value.definition.operations.front().open_to_anybody = true; });
  Must(latchkey_.projection->Recheck(latchkey_.store));
  EXPECT_EQ(apps()->Find("wiki"), nullptr) << "no rules is no leave";
  EXPECT_FALSE(Passes(secret, "GET", "/pages/7"));
  EXPECT_THAT(latchkey_.alarms.raised, SizeIs(1));
  EXPECT_TRUE(latchkey_.Ask("Bearer " + git, latchkey_.Needs({"read:repository:bitbucket"})));

  Must(latchkey_.Restart());
  EXPECT_EQ(apps()->Find("wiki"), nullptr);
  EXPECT_FALSE(Passes(secret, "GET", "/pages/7"));
  EXPECT_THAT(latchkey_.alarms.raised, SizeIs(2)) << "one for the app, none for its credentials";
  EXPECT_TRUE(latchkey_.Ask("Bearer " + git, latchkey_.Needs({"read:repository:bitbucket"})));
  EXPECT_THAT(Remove("wiki"), FailsWith(kTampered));

  Must(Add(Wiki()));
  EXPECT_TRUE(Passes(secret, "GET", "/pages/7")) << "an administrator replaced it";
  EXPECT_EQ(latchkey_.projection->refused(), 0U);
}

TEST_F(AppAuthorityTest, ARowPutBackToAnOlderVersionIsRefused) {
  Must(Add(Wiki()));
  const Record old = Must(latchkey_.store.Find(RecordType::kApp, "wiki"));
  AppDefinition stricter = Wiki();
  stricter.operations.front().scopes = {{"read:page", "write:page"}};
  Must(Add(stricter));
  latchkey_.store.Overwrite(old);
  Must(latchkey_.projection->Recheck(latchkey_.store));
  EXPECT_EQ(apps()->Find("wiki"), nullptr);
  Must(latchkey_.Restart());
  EXPECT_EQ(apps()->Find("wiki"), nullptr);
  EXPECT_THAT(latchkey_.alarms.raised, SizeIs(2));
}

TEST_F(AppAuthorityTest, AVanishedRowTakesTheAppAway) {
  Must(Add(Wiki()));
  latchkey_.store.Erase(RecordType::kApp, "wiki");
  Must(latchkey_.projection->Recheck(latchkey_.store));
  EXPECT_EQ(apps()->Find("wiki"), nullptr);
  EXPECT_THAT(latchkey_.alarms.raised, SizeIs(1));
}

TEST_F(AppAuthorityTest, EveryFieldIsUnderTheSeal) {
  using Edit = void (*)(AppRecord&);
  const std::vector<std::pair<const char*, Edit>> edits{
      {"title", [](AppRecord& app) { app.value.definition.title += "x"; }},
      {"removed", [](AppRecord& app) { app.value.removed = true; }},
      {"built in", [](AppRecord& app) { app.value.definition.built_in = true; }},
      {"scope", [](AppRecord& app) { app.value.definition.catalogue.scopes.pop_back(); }},
      {"base path", [](AppRecord& app) { app.value.definition.policy.base_path = "/x"; }},
      {"unmatched",
       [](AppRecord& app) { app.value.definition.policy.any_credential_where_unmatched = true; }},
      {"paths", [](AppRecord& app) { app.value.definition.policy.paths.encoded_slash = true; }},
      {"greedy", [](AppRecord& app) { app.value.definition.templates.greedy = {"id"}; }},
      {"method", [](AppRecord& app) { app.value.definition.operations[0].method = "PUT"; }},
      {"path", [](AppRecord& app) { app.value.definition.operations[0].path = "/{id}"; }},
      {"scopes", [](AppRecord& app) { app.value.definition.operations[0].scopes = {{}}; }},
      {"permissions",
       [](AppRecord& app) { app.value.definition.operations[0].permissions = {{}}; }},
      {"version", [](AppRecord& app) { ++app.version; }},
  };
  for (const auto& [what, edit] : edits) {
    MemoryInstallation latchkey;
    Must(latchkey.app_authority->Add(Wiki(), caller_));
    Record record = Must(latchkey.store.Find(RecordType::kApp, "wiki"));
    edit(std::get<AppRecord>(record));
    latchkey.store.Overwrite(record);
    Must(latchkey.projection->Recheck(latchkey.store));
    EXPECT_EQ(latchkey.apps.Current()->Find("wiki"), nullptr) << what;
    EXPECT_THAT(Must(VerifyAudit(latchkey.books(), *latchkey.record_sealer)).findings, SizeIs(1))
        << what;
  }
}

TEST_F(AppAuthorityTest, AnAppThatNoLongerCompilesIsNamed) {
  // As after an update of the program whose built-in catalogue lost a scope.
  AppDefinition gone = Wiki();
  gone.name = "bitbucket";
  gone.built_in = true;
  gone.catalogue = {};
  gone.operations.front().scopes = {{"read:nothing:bitbucket"}};
  AppRecord record{.value = {.definition = gone, .removed = false}, .version = 1, .seal = {}};
  Must(latchkey_.record_sealer->Authenticate(record));
  Must(latchkey_.ledger->Submit({.record = record, .info = caller_.Info("app.add"), .claim = {}}));
  Must(latchkey_.Restart());
  const std::map<std::string, Error> broken = latchkey_.projection->BrokenApps();
  ASSERT_THAT(broken, SizeIs(1));
  EXPECT_THAT(broken.at("bitbucket").message, HasSubstr("read:nothing:bitbucket"));
  EXPECT_EQ(apps()->Find("bitbucket"), nullptr);
  EXPECT_THAT(Remove("bitbucket"), IsOk());
  EXPECT_THAT(latchkey_.projection->BrokenApps(), IsEmpty());
}

}  // namespace
}  // namespace latchkey
