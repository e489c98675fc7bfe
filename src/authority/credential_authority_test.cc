#include "authority/credential_authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/installation/memory_installation.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using namespace std::chrono_literals;
using enum Error::Code;
using testing::ElementsAre;
using testing::HasSubstr;

class CredentialAuthorityTest : public testing::Test {
 protected:
  [[nodiscard]] IssueRequest ValidRequest() const {
    return {.kind = CredentialKind::kApiToken,
            .account = ana_.id,
            .name = "CI",
            .grants = {"read:repository:bitbucket"},
            .expires_at = latchkey_.clock.Now() + 30 * 24h};
  }

  Result<Issued> Issue(const IssueRequest& request) {
    return latchkey_.credentials->Issue(request, MemoryInstallation::kCommandLine);
  }

  /// What the API sees: the credential itself asks.
  Holder HolderOf(const std::string& secret) {
    return latchkey_.Ask("Bearer " + secret, latchkey_.Needs({}))->holder();
  }

  static Caller CallerOf(const Holder& holder) {
    return {.actor = "credential:" + holder.id.text(),
            .origin = "192.0.2.1",
            .request_id = "r1",
            .holder = &holder};
  }

  MemoryInstallation latchkey_;
  Account ana_ = latchkey_.AddAccount("ana");
  Account bob_ = latchkey_.AddAccount("bob");
};

TEST_F(CredentialAuthorityTest, GrantsAreKeptInTheCataloguesOrderOnceEach) {
  IssueRequest request = ValidRequest();
  request.grants = {"write:repository:bitbucket", "read:user:bitbucket",
                    "read:repository:bitbucket", "write:repository:bitbucket"};
  EXPECT_THAT(Must(Issue(request)).record.grants,
              ElementsAre("read:user:bitbucket", "read:repository:bitbucket",
                          "write:repository:bitbucket"));
  request.kind = CredentialKind::kAppPassword;
  request.grants = {"repository:write", "account"};
  EXPECT_THAT(Must(Issue(request)).record.grants, ElementsAre("account", "repository:write"))
      << "without what they imply";
}

TEST_F(CredentialAuthorityTest, NothingIsAtFaultInAValidRequest) {
  EXPECT_EQ(latchkey_.credentials->FindFault(ValidRequest(), MemoryInstallation::kCommandLine),
            RequestPart::kNone);
}

TEST_F(CredentialAuthorityTest, IssuesWhatWasAskedFor) {
  Result<Issued> issued = Issue(ValidRequest());
  ASSERT_THAT(issued, IsOk());
  ASSERT_TRUE(issued->credential);
  EXPECT_EQ(issued->record.id, issued->credential->id());
  EXPECT_EQ(issued->record.grants, std::vector<std::string>{"read:repository:bitbucket"});
  EXPECT_EQ(StateOf(issued->record, latchkey_.clock.Now()), "active");
  EXPECT_EQ(StateOf(issued->record, *issued->record.expires_at), "expired");
}

struct RefusalCase {
  const char* name;
  void (*spoil)(IssueRequest& request, Instant now);
  const char* says;
  RequestPart part;
};

class Refusals : public CredentialAuthorityTest, public testing::WithParamInterface<RefusalCase> {};

TEST_P(Refusals, NameTheFieldAndMakeNothing) {
  IssueRequest request = ValidRequest();
  GetParam().spoil(request, latchkey_.clock.Now());
  EXPECT_THAT(Issue(request), FailsWith(kInvalidArgument, HasSubstr(GetParam().says)));
  EXPECT_TRUE(Must(latchkey_.credentials->List({}, MemoryInstallation::kCommandLine)).empty());
  EXPECT_EQ(latchkey_.credentials->FindFault(request, MemoryInstallation::kCommandLine),
            GetParam().part);
}

INSTANTIATE_TEST_SUITE_P(
    All, Refusals,
    testing::Values(
        RefusalCase{"NoScope", [](IssueRequest& r, Instant) { r.grants.clear(); }, "no scope",
                    RequestPart::kGrants},
        RefusalCase{"UnknownScope",
                    [](IssueRequest& r, Instant) { r.grants = {"read:repositry:bitbucket"}; },
                    "did you mean read:repository:bitbucket", RequestPart::kGrants},
        RefusalCase{"PermissionAsScope",
                    [](IssueRequest& r, Instant) { r.grants = {"repository:write"}; },
                    "unknown scope", RequestPart::kGrants},
        RefusalCase{"UnknownApp", [](IssueRequest& r, Instant) { r.app = "bitbuket"; },
                    "did you mean bitbucket", RequestPart::kApp},
        RefusalCase{"EmptyName", [](IssueRequest& r, Instant) { r.name = ""; }, "the name is empty",
                    RequestPart::kName},
        RefusalCase{"BlankName", [](IssueRequest& r, Instant) { r.name = "  "; },
                    "the name is empty", RequestPart::kName},
        RefusalCase{"ControlCharacter", [](IssueRequest& r, Instant) { r.name = "a\nb"; },
                    "control", RequestPart::kName},
        RefusalCase{"LongName", [](IssueRequest& r, Instant) { r.name = std::string(256, 'n'); },
                    "256 bytes", RequestPart::kName},
        RefusalCase{"Past", [](IssueRequest& r, Instant now) { r.expires_at = now; }, "in the past",
                    RequestPart::kExpiry},
        RefusalCase{"TooSoon", [](IssueRequest& r, Instant now) { r.expires_at = now + 24h - 1ms; },
                    "too soon", RequestPart::kExpiry},
        RefusalCase{"TooLate",
                    [](IssueRequest& r, Instant now) { r.expires_at = now + 366 * 24h + 1ms; },
                    "above what policy allows", RequestPart::kExpiry},
        RefusalCase{"BadIdempotencyKey",
                    [](IssueRequest& r, Instant) { r.idempotency_key = "a b"; }, "idempotency key",
                    RequestPart::kNone}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST_F(CredentialAuthorityTest, AcceptsBothEndsOfThePolicy) {
  IssueRequest request = ValidRequest();
  for (const auto lifetime : {24h, 366 * 24h}) {
    request.expires_at = latchkey_.clock.Now() + lifetime;
    EXPECT_THAT(Issue(request), IsOk());
  }
}

TEST_F(CredentialAuthorityTest, RefusesANameThatIsACredential) {
  IssueRequest request = ValidRequest();
  request.name = "my " + latchkey_.IssueToken(ana_, {"read:user:bitbucket"});
  const Result<Issued> issued = Issue(request);
  ASSERT_THAT(issued, FailsWith(kInvalidArgument));
  EXPECT_EQ(Describe(issued.error()).find("lkat_"), std::string::npos);
}

TEST_F(CredentialAuthorityTest, AnAppPasswordNeedsNoExpiry) {
  IssueRequest request = ValidRequest();
  request.kind = CredentialKind::kAppPassword;
  request.grants = {"repository:write"};
  request.expires_at.reset();
  const Result<Issued> issued = Issue(request);
  ASSERT_THAT(issued, IsOk());
  EXPECT_FALSE(issued->record.expires_at);
}

TEST_F(CredentialAuthorityTest, AFailingGeneratorMakesNothing) {
  latchkey_.random.FailAlways();
  EXPECT_THAT(Issue(ValidRequest()), FailsWith(kUnavailable));
  EXPECT_TRUE(Must(latchkey_.credentials->List({}, MemoryInstallation::kCommandLine)).empty());
}

TEST_F(CredentialAuthorityTest, TheSameIdempotencyKeyNeverMakesTwo) {
  IssueRequest request = ValidRequest();
  request.idempotency_key = "deploy-7";
  const Result<Issued> first = Issue(request);
  const Result<Issued> second = Issue(request);
  ASSERT_THAT(second, IsOk());
  EXPECT_TRUE(first->credential);
  EXPECT_FALSE(second->credential) << "what is shown once is not shown again";
  EXPECT_EQ(first->record.id, second->record.id);

  request.name = "something else";
  EXPECT_THAT(Issue(request), FailsWith(kAlreadyExists));
  request.account = bob_.id;
  EXPECT_TRUE(Must(Issue(request)).credential) << "keys are per account";
}

TEST_F(CredentialAuthorityTest, ACredentialMakesNoneThatHoldsMoreThanItself) {
  const Holder holder = HolderOf(latchkey_.IssueToken(
      ana_, {"read:repository:bitbucket", "write:credential:latchkey"}, 60 * 24h));
  const auto ask = [&](CredentialKind kind, const char* grant, const char* app = "bitbucket") {
    IssueRequest request = ValidRequest();
    request.kind = kind;
    request.app = app;
    request.grants = {grant};
    return latchkey_.credentials->Issue(request, CallerOf(holder));
  };
  using enum CredentialKind;
  EXPECT_THAT(ask(kApiToken, "read:repository:bitbucket"), IsOk());
  EXPECT_THAT(ask(kApiToken, "write:credential:latchkey", "latchkey"), IsOk());
  EXPECT_THAT(ask(kApiToken, "write:repository:bitbucket"), FailsWith(kPermissionDenied));
  EXPECT_THAT(ask(kApiToken, "read:credential:latchkey", "latchkey"), FailsWith(kPermissionDenied));
  EXPECT_THAT(ask(kAppPassword, "repository:write"), FailsWith(kPermissionDenied));
}

TEST_F(CredentialAuthorityTest, ACredentialMakesNoneThatOutlivesItself) {
  const Holder holder = HolderOf(latchkey_.IssueToken(
      ana_, {"read:repository:bitbucket", "write:credential:latchkey"}, 60 * 24h));
  IssueRequest request = ValidRequest();
  request.expires_at = holder.expires_at;
  EXPECT_THAT(latchkey_.credentials->Issue(request, CallerOf(holder)), IsOk());
  *request.expires_at += 1ms;
  EXPECT_THAT(latchkey_.credentials->Issue(request, CallerOf(holder)),
              FailsWith(kPermissionDenied));
}

TEST_F(CredentialAuthorityTest, ACredentialThatWasRevokedMeanwhileMakesAndChangesNothing) {
  const std::string secret = latchkey_.IssueToken(
      ana_, {"read:repository:bitbucket", "write:credential:latchkey"}, 60 * 24h);
  const Holder holder = HolderOf(secret);
  const CredentialId other =
      MemoryInstallation::IdOf(latchkey_.IssueToken(ana_, {"read:user:bitbucket"}));
  Must(latchkey_.credentials->Revoke(holder.id, "leaked", MemoryInstallation::kCommandLine));
  EXPECT_THAT(latchkey_.credentials->Issue(ValidRequest(), CallerOf(holder)),
              FailsWith(kPermissionDenied));
  EXPECT_THAT(latchkey_.credentials->Rename(other, "x", CallerOf(holder)),
              FailsWith(kPermissionDenied));
  EXPECT_THAT(latchkey_.credentials->Revoke(other, "", CallerOf(holder)),
              FailsWith(kPermissionDenied));
}

TEST_F(CredentialAuthorityTest, ASecretInTheWrongPlaceIsNotQuoted) {
  const std::string secret = latchkey_.IssueToken(ana_, {"read:user:bitbucket"});
  IssueRequest request = ValidRequest();
  request.grants = {secret};
  const Result<Issued> as_scope = Issue(request);
  request = ValidRequest();
  request.app = secret;
  const Result<Issued> as_app = Issue(request);
  for (const Result<Issued>* issued : {&as_scope, &as_app}) {
    ASSERT_THAT(*issued, FailsWith(kInvalidArgument));
    EXPECT_EQ(Describe(issued->error()).find(secret.substr(5)), std::string::npos);
  }
}

TEST_F(CredentialAuthorityTest, ACredentialSeesItsOwnAccountsAlone) {
  const Holder holder = HolderOf(latchkey_.IssueToken(ana_, {"write:credential:latchkey"}));
  const CredentialId bobs =
      MemoryInstallation::IdOf(latchkey_.IssueToken(bob_, {"read:user:bitbucket"}));
  EXPECT_THAT(latchkey_.credentials->Show(bobs, CallerOf(holder)), FailsWith(kNotFound));
  EXPECT_THAT(latchkey_.credentials->Revoke(bobs, "", CallerOf(holder)), FailsWith(kNotFound));
  EXPECT_THAT(latchkey_.credentials->Rename(bobs, "x", CallerOf(holder)), FailsWith(kNotFound));
  const auto listed = Must(latchkey_.credentials->List({.account = bob_.id}, CallerOf(holder)));
  for (const CredentialRecord& record : listed) EXPECT_EQ(record.account, ana_.id);
}

TEST_F(CredentialAuthorityTest, RevokingTwiceKeepsTheFirstReason) {
  const CredentialId id =
      MemoryInstallation::IdOf(latchkey_.IssueToken(ana_, {"read:user:bitbucket"}));
  Must(latchkey_.credentials->Revoke(id, "leaked", MemoryInstallation::kCommandLine));
  latchkey_.clock.Advance(1h);
  const CredentialRecord again =
      Must(latchkey_.credentials->Revoke(id, "again", MemoryInstallation::kCommandLine));
  EXPECT_EQ(again.revoke_reason, "leaked");
  EXPECT_EQ(again.version, 2U);
}

TEST_F(CredentialAuthorityTest, TellsOnceOfARevocation) {
  const CredentialId id =
      MemoryInstallation::IdOf(latchkey_.IssueToken(ana_, {"read:user:bitbucket"}));
  std::vector<std::string> told;
  latchkey_.on_revoked = [&told](const CredentialRecord& record, const Caller& caller) {
    told.push_back(record.id.text() + " " + record.revoke_reason + " " + caller.actor);
  };
  for (const char* reason : {"leaked", "again"}) {
    Must(latchkey_.credentials->Revoke(id, reason, MemoryInstallation::kCommandLine));
  }
  EXPECT_EQ(told, std::vector<std::string>{id.text() + " leaked cli:test"});
}

TEST_F(CredentialAuthorityTest, RenamingChangesTheNameAlone) {
  const std::string secret = latchkey_.IssueToken(ana_, {"read:user:bitbucket"});
  const CredentialRecord renamed = Must(latchkey_.credentials->Rename(
      MemoryInstallation::IdOf(secret), "new name", MemoryInstallation::kCommandLine));
  EXPECT_EQ(renamed.name, "new name");
  EXPECT_TRUE(latchkey_.Ask("Bearer " + secret, latchkey_.Needs({"read:user:bitbucket"})));
}

TEST_F(CredentialAuthorityTest, EveryChangeIsAudited) {
  const std::string secret = latchkey_.IssueToken(ana_, {"read:user:bitbucket"});
  Must(latchkey_.credentials->Revoke(MemoryInstallation::IdOf(secret), "leaked",
                                     MemoryInstallation::kCommandLine));
  const Change change = Must(latchkey_.codec.Decode(latchkey_.journal.lines().back().text));
  EXPECT_EQ(change.info.action, "credential.revoke");
  EXPECT_EQ(change.info.actor, "cli:test");
  EXPECT_EQ(change.info.note, "leaked");
  for (const ChangeLine& line : latchkey_.journal.lines()) {
    EXPECT_EQ(line.text.find(secret.substr(16, 22)), std::string::npos);
  }
}

}  // namespace
}  // namespace latchkey
