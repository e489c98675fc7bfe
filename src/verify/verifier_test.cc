#include "verify/verifier.h"

#include <gtest/gtest.h>

#include <concepts>

#include "base/base62.h"
#include "base/crc32.h"
#include "crypto/base64.h"
#include "testing/installation/memory_installation.h"

namespace latchkey {
namespace {

using namespace std::chrono_literals;

static_assert(!std::default_initializable<Verdict>, "a verdict that nobody gave must not exist");
static_assert(!std::constructible_from<Grant, Holder>, "only the verifier makes a grant");

std::string Bearer(const std::string& secret) { return "Bearer " + secret; }

std::string Basic(const std::string& user, const std::string& secret) {
  return "Basic " + std::string{EncodeBase64(user + ":" + secret).Expose()};
}

class VerifierTest : public testing::Test {
 protected:
  VerifierTest() {
    Must(latchkey_.accounts->CreateWorkspace("team", MemoryInstallation::kCommandLine));
    GrantRole(Role::kWrite);
  }

  void GrantRole(Role role) {
    Must(latchkey_.accounts->GrantRole("team", "ana", role, MemoryInstallation::kCommandLine));
  }

  [[nodiscard]] std::string TokenWith(std::vector<std::string> scopes) {
    return latchkey_.IssueToken(ana_, std::move(scopes));
  }

  static std::string CauseOf(const Verdict& verdict) {
    return verdict ? "allowed" : std::string{CauseName(verdict.error().cause)};
  }

  std::string Decide(const std::string& authorization, const Requirement& requirement,
                     const std::optional<Access>& access = std::nullopt) {
    const Verdict verdict = latchkey_.Ask(authorization, requirement, access);
    ExpectTheSameAsAView(verdict, authorization, requirement, access);
    return CauseOf(verdict);
  }

  /// Whoever asks with views gets the same answer as whoever asks with what is owned.
  void ExpectTheSameAsAView(const Verdict& verdict, const std::string& authorization,
                            const Requirement& requirement, const std::optional<Access>& access) {
    const EpochDomain::Guard guard = latchkey_.verifier->Enter();
    const Decision decision = latchkey_.verifier->Decide(guard,
                                                         {.authorization = authorization,
                                                          .client_address = "192.0.2.1",
                                                          .now = latchkey_.clock.Now()},
                                                         requirement, access);
    ASSERT_EQ(decision.allowed, verdict.has_value());
    const std::optional<Holder> holder =
        verdict ? std::optional{verdict->holder()} : verdict.error().proven;
    ASSERT_EQ(decision.proven.has_value(), holder.has_value());
    if (holder) {
      EXPECT_EQ(decision.proven->id, holder->id);
      EXPECT_EQ(&*decision.proven->account, holder->account.get());
      EXPECT_EQ(decision.proven->grants->closed, holder->granted);
      EXPECT_EQ(decision.proven->expires_at, holder->expires_at);
    }
    if (verdict) return;
    EXPECT_EQ(decision.cause, verdict.error().cause);
    EXPECT_EQ(decision.revoked_at, verdict.error().revoked_at);
    EXPECT_EQ(RequiredNames(decision, requirement), verdict.error().required);
    EXPECT_EQ(Explain(decision, requirement), Explain(verdict.error()));
  }

  MemoryInstallation latchkey_;
  Account ana_ = latchkey_.AddAccount("ana");
  Account bob_ = latchkey_.AddAccount("bob");
  Requirement read_ = latchkey_.Needs({"read:repository:bitbucket"}, {{"repository"}});
  Requirement write_ = latchkey_.Needs({"read:repository:bitbucket", "write:repository:bitbucket"},
                                       {{"repository:write"}});
  Requirement anything_ = latchkey_.Needs({}, std::vector<std::string>{});
  Requirement anything_of_latchkey_ = latchkey_.Needs({}, std::vector<std::string>{}, kLatchkeyApp);
};

struct SendingCase {
  const char* name;
  const char* user;  // Null: Bearer. "SECRET": the secret as user.
  const char* token;
  const char* app_password;
};

class Sending : public VerifierTest, public testing::WithParamInterface<SendingCase> {
 protected:
  std::string Present(const std::string& secret) {
    if (GetParam().user == nullptr) return Bearer(secret);
    if (std::string_view{GetParam().user} == "SECRET") return Basic(secret, "");
    return Basic(GetParam().user, secret);
  }
};

TEST_P(Sending, IsTheSameForBothKindsAsDocumented) {
  const std::string token = TokenWith({"read:repository:bitbucket"});
  const std::string app_password = latchkey_.IssueAppPassword(ana_, {"repository"});
  EXPECT_EQ(Decide(Present(token), read_), GetParam().token);
  EXPECT_EQ(Decide(Present(app_password), read_), GetParam().app_password);
}

INSTANTIATE_TEST_SUITE_P(
    All, Sending,
    testing::Values(SendingCase{"Username", "ana", "allowed", "allowed"},
                    SendingCase{"UsernameInOtherCase", "ANA", "allowed", "allowed"},
                    SendingCase{"Email", "ana@example.com", "allowed", "allowed"},
                    SendingCase{"EmailInOtherCase", "Ana@Example.COM", "allowed", "allowed"},
                    SendingCase{"TokenUser", "x-token-auth", "allowed", "wrong-user"},
                    SendingCase{"BitbucketTokenUser", "x-bitbucket-api-token-auth", "allowed",
                                "wrong-user"},
                    SendingCase{"TokenUserInOtherCase", "X-Token-Auth", "wrong-user", "wrong-user"},
                    SendingCase{"Bearer", nullptr, "allowed", "wrong-user"},
                    SendingCase{"SecretAsUser", "SECRET", "allowed", "wrong-user"},
                    SendingCase{"SomebodyElse", "bob", "wrong-user", "wrong-user"},
                    SendingCase{"EmptyUser", "", "wrong-user", "wrong-user"},
                    SendingCase{"UsernameAndMore", "ana ", "wrong-user", "wrong-user"}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST_F(VerifierTest, AllowsExactlyTheGrantedScopes) {
  EXPECT_EQ(Decide(Bearer(TokenWith({"read:repository:bitbucket"})), read_), "allowed");
  EXPECT_EQ(Decide(Bearer(TokenWith({"read:repository:bitbucket"})), write_), "missing-scope");
  // No scope implies another.
  EXPECT_EQ(Decide(Bearer(TokenWith({"write:repository:bitbucket"})), read_), "missing-scope");
  EXPECT_EQ(Decide(Bearer(TokenWith({"admin:repository:bitbucket"})), read_), "missing-scope");
}

TEST_F(VerifierTest, FollowsTheImplicationsOfPermissions) {
  const auto with = [&](const char* permission) {
    return Basic("ana", latchkey_.IssueAppPassword(ana_, {permission}));
  };
  EXPECT_EQ(Decide(with("repository:write"), read_), "allowed");
  EXPECT_EQ(Decide(with("pullrequest:write"), write_), "allowed");
  EXPECT_EQ(Decide(with("repository:admin"), read_), "missing-scope");
  EXPECT_EQ(Decide(with("repository"), write_), "missing-scope");
}

TEST_F(VerifierTest, NamesWhatIsNeededAndWhatIsThereOnceTheSecretIsProven) {
  const Verdict verdict = latchkey_.Ask(Bearer(TokenWith({"read:repository:bitbucket"})), write_);
  ASSERT_FALSE(verdict);
  EXPECT_EQ(verdict.error().required,
            (std::vector<std::string>{"read:repository:bitbucket", "write:repository:bitbucket"}));
  EXPECT_EQ(Explain(verdict.error()),
            "this API token needs read:repository:bitbucket and write:repository:bitbucket; it has "
            "read:repository:bitbucket");
}

TEST_F(VerifierTest, RefusesFromTheInstantOfExpiry) {
  const std::string secret = latchkey_.IssueToken(ana_, {"read:repository:bitbucket"}, 24h);
  latchkey_.clock.Advance(24h - 1ms);
  EXPECT_EQ(Decide(Bearer(secret), read_), "allowed");
  latchkey_.clock.Advance(1ms);
  EXPECT_EQ(Decide(Bearer(secret), read_), "expired");
}

TEST_F(VerifierTest, RefusesARevokedCredentialAtOnceAndForEver) {
  const std::string secret = TokenWith({"read:repository:bitbucket"});
  Must(latchkey_.credentials->Revoke(MemoryInstallation::IdOf(secret), "leaked",
                                     MemoryInstallation::kCommandLine));
  EXPECT_EQ(Decide(Bearer(secret), read_), "revoked");
  latchkey_.clock.Advance(-2h);
  EXPECT_EQ(Decide(Bearer(secret), read_), "revoked");
  Must(latchkey_.Restart());
  EXPECT_EQ(Decide(Bearer(secret), read_), "revoked");
}

TEST_F(VerifierTest, SuspendingAnAccountShrinksAllItsCredentials) {
  const std::string token = TokenWith({"read:repository:bitbucket"});
  const std::string app_password = latchkey_.IssueAppPassword(ana_, {"repository"});
  const auto set = [&](AccountState state) {
    Must(latchkey_.accounts->SetState("ana", state, MemoryInstallation::kCommandLine));
  };
  set(AccountState::kSuspended);
  EXPECT_EQ(Decide(Bearer(token), read_), "suspended");
  EXPECT_EQ(Decide(Basic("ana", app_password), read_), "suspended");
  set(AccountState::kActive);
  EXPECT_EQ(Decide(Bearer(token), read_), "allowed");
}

TEST_F(VerifierTest, AsksForTheRoleThatTheOperationNeeds) {
  const std::string secret =
      Bearer(TokenWith({"read:repository:bitbucket", "write:repository:bitbucket"}));
  const Access reading{.workspace = "team", .role = Role::kRead};
  const Access writing{.workspace = "team", .role = Role::kWrite};
  EXPECT_EQ(Decide(secret, write_, writing), "allowed");
  GrantRole(Role::kRead);
  EXPECT_EQ(Decide(secret, read_, reading), "allowed");
  EXPECT_EQ(Decide(secret, write_, writing), "not-permitted");
  Must(latchkey_.accounts->RemoveMember("team", "ana", MemoryInstallation::kCommandLine));
  EXPECT_EQ(Decide(secret, read_, reading), "not-visible");
  EXPECT_EQ(Decide(secret, read_, Access{.workspace = "nowhere", .role = Role::kRead}),
            "not-visible");
}

TEST_F(VerifierTest, KeepsAppsApart) {
  const Requirement manage =
      latchkey_.Needs({"read:credential:latchkey"}, std::nullopt, kLatchkeyApp);
  const std::string management =
      Bearer(latchkey_.IssueToken(ana_, {"read:credential:latchkey"}, 48h, "latchkey"));
  const std::string both =
      Bearer(TokenWith({"read:repository:bitbucket", "read:credential:latchkey"}));
  EXPECT_EQ(Decide(management, manage), "allowed");
  EXPECT_EQ(Decide(management, read_), "wrong-app");
  EXPECT_EQ(Decide(both, manage), "allowed");
  EXPECT_EQ(Decide(both, read_), "allowed");
  EXPECT_EQ(Decide(Bearer(TokenWith({"read:repository:bitbucket"})), manage), "missing-scope");
  EXPECT_EQ(Decide(Basic("ana", latchkey_.IssueAppPassword(ana_, {"repository"})), manage),
            "missing-scope");
}

TEST_F(VerifierTest, AnyLiveCredentialOfTheAppWillDoWhereNothingIsAskedFor) {
  const std::string management =
      Bearer(latchkey_.IssueToken(ana_, {"read:credential:latchkey"}, 48h, "latchkey"));
  const std::string app_password = Basic("ana", latchkey_.IssueAppPassword(ana_, {"wiki"}));
  EXPECT_EQ(Decide(app_password, anything_), "allowed");
  EXPECT_EQ(Decide(Bearer(TokenWith({"read:repository:bitbucket"})), anything_), "allowed");
  EXPECT_EQ(Decide(management, anything_), "wrong-app");
  // Latchkey itself takes those of every app.
  EXPECT_EQ(Decide(app_password, anything_of_latchkey_), "allowed");
  EXPECT_EQ(Decide(management, anything_of_latchkey_), "allowed");
}

TEST_F(VerifierTest, OneOfSeveralSetsWillDoAndTheNearestIsNamed) {
  const Requirement either = Must(Requirement::BuildAny(
      *latchkey_.catalogues.Find(kBitbucketApp),
      {{"read:repository:bitbucket", "write:repository:bitbucket"}, {"admin:repository:bitbucket"}},
      {}));
  EXPECT_EQ(Decide(Bearer(TokenWith({"admin:repository:bitbucket"})), either), "allowed");
  const Verdict denied = latchkey_.Ask(
      Bearer(TokenWith({"write:repository:bitbucket", "read:issue:bitbucket"})), either);
  ASSERT_FALSE(denied.has_value());
  EXPECT_EQ(denied.error().cause, Cause::kMissingScope);
  EXPECT_EQ(denied.error().required,
            (std::vector<std::string>{"read:repository:bitbucket", "write:repository:bitbucket"}));
  // Not open to app passwords at all: what it asks of API tokens is named.
  const Verdict closed =
      latchkey_.Ask(Basic("ana", latchkey_.IssueAppPassword(ana_, {"repository"})), either);
  ASSERT_FALSE(closed.has_value());
  EXPECT_EQ(closed.error().cause, Cause::kMissingScope);
  EXPECT_EQ(closed.error().required, denied.error().required);
}

TEST_F(VerifierTest, ACredentialOfTheRightFormProvesNothing) {
  const std::string mine = TokenWith({"read:repository:bitbucket"});
  const std::string other = TokenWith({"write:repository:bitbucket"});
  const auto with_checksum = [](std::string text) {
    text.resize(38);
    std::string checksum(6, '0');
    FormatBase62(Crc32(text), checksum);
    return text + checksum;
  };
  const std::string swapped = with_checksum(mine.substr(0, 16) + other.substr(16, 22));
  const std::string kind_changed = with_checksum("lkap" + mine.substr(4, 34));
  const std::string prefix_changed = with_checksum("xyat" + mine.substr(4, 34));
  EXPECT_EQ(Decide(Bearer(swapped), read_), "unknown");
  EXPECT_EQ(Decide(Basic("ana", kind_changed), read_), "unknown");
  EXPECT_EQ(Decide(Bearer(prefix_changed), read_), "unknown");
}

struct SlipCase {
  const char* name;
  std::string (*spoil)(const std::string& secret);
  const char* want;
};

class Slips : public VerifierTest, public testing::WithParamInterface<SlipCase> {};

TEST_P(Slips, AreToldApartFromUnknownOnes) {
  const std::string secret = TokenWith({"read:repository:bitbucket"});
  EXPECT_EQ(Decide(Basic("ana", GetParam().spoil(secret)), read_), GetParam().want);
}

INSTANTIATE_TEST_SUITE_P(
    All, Slips,
    testing::Values(
        SlipCase{"CharacterMissing", [](const std::string& s) { return s.substr(0, 43); },
                 "mistyped"},
        SlipCase{"CutByBase64", [](const std::string& s) { return s.substr(0, 20); }, "mistyped"},
        SlipCase{"CharacterChanged",
                 [](const std::string& s) { return s.substr(0, 20) + '0' + s.substr(20, 23); },
                 "mistyped"},
        SlipCase{"LineBreakAdded", [](const std::string& s) { return s + "\n"; }, "mistyped"},
        SlipCase{"WindowsLineBreakAdded", [](const std::string& s) { return s + "\r\n"; },
                 "mistyped"},
        SlipCase{"BlankInFront", [](const std::string& s) { return " " + s; }, "unknown"},
        SlipCase{"Twice", [](const std::string& s) { return s + s; }, "unknown"},
        SlipCase{"Quoted", [](const std::string& s) { return '"' + s + '"'; }, "unknown"},
        SlipCase{"SomethingElse", [](const std::string&) { return std::string{"hunter2"}; },
                 "unknown"}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST_F(VerifierTest, SaysTheSameForEverythingThatIsNotProven) {
  const std::string secret = TokenWith({"read:repository:bitbucket"});
  for (const std::string& authorization :
       {std::string{"Bearer nope"}, std::string{"Negotiate YIIB"}, std::string{"Basic !"},
        Basic("ana", "nope"), Bearer("lkat_" + std::string(39, '0')).substr(0, 12)}) {
    const Verdict verdict = latchkey_.Ask(authorization, read_);
    ASSERT_FALSE(verdict);
    EXPECT_FALSE(verdict.error().proven);
    EXPECT_TRUE(verdict.error().required.empty());
    if (verdict.error().cause == Cause::kUnknown) {
      EXPECT_EQ(Explain(verdict.error()), "the credential is not valid");
    }
  }
}

TEST(VerifierThrottleTest, CountsFailuresAndNeverARequestWithoutCredentials) {
  MemoryInstallation latchkey{{.failures_max = 3, .window = 60s}};
  const Account ana = latchkey.AddAccount("ana");
  const std::string good = Bearer(latchkey.IssueToken(ana, {"read:repository:bitbucket"}));
  const Requirement read = latchkey.Needs({"read:repository:bitbucket"});
  const auto cause = [&](const std::string& authorization) {
    const Verdict verdict = latchkey.Ask(authorization, read);
    return verdict ? "allowed" : std::string{CauseName(verdict.error().cause)};
  };
  for (int i = 0; i < 10; ++i) EXPECT_EQ(cause(""), "absent");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(cause("Bearer nope"), "unknown");
  EXPECT_EQ(cause("Bearer nope"), "throttled");
  EXPECT_EQ(cause(""), "absent");
  EXPECT_EQ(cause(good), "allowed") << "a right credential is never throttled";
  latchkey.clock.Advance(60s);
  EXPECT_EQ(cause("Bearer nope"), "unknown");
}

TEST_F(VerifierTest, CountsEveryDecision) {
  const auto before = latchkey_.verifier->Counts();
  EXPECT_TRUE(latchkey_.Ask(Bearer(TokenWith({"read:repository:bitbucket"})), read_));
  EXPECT_FALSE(latchkey_.Ask("", read_));
  const auto after = latchkey_.verifier->Counts();
  EXPECT_EQ(after[0], before[0] + 1);
  EXPECT_EQ(after[1 + static_cast<std::size_t>(Cause::kAbsent)],
            before[1 + static_cast<std::size_t>(Cause::kAbsent)] + 1);
}

TEST_F(VerifierTest, CountsForEachApp) {
  EXPECT_FALSE(latchkey_.Ask("", read_));
  EXPECT_FALSE(latchkey_.Ask("", latchkey_.Needs({}, std::nullopt, kLatchkeyApp)));
  EXPECT_FALSE(latchkey_.Ask("", read_));
  const std::vector<AppCounts> apps = latchkey_.verifier->CountsByApp();
  ASSERT_EQ(apps.size(), 2U);
  EXPECT_EQ(apps[0].app, "bitbucket");
  EXPECT_EQ(apps[0].counts[1 + static_cast<std::size_t>(Cause::kAbsent)], 2U);
  EXPECT_EQ(apps[1].app, "latchkey");
  EXPECT_EQ(apps[1].counts[1 + static_cast<std::size_t>(Cause::kAbsent)], 1U);
}

TEST_F(VerifierTest, ReadsAHeaderOfAnyLength) {
  const std::string secret = TokenWith({"read:repository:bitbucket"});
  for (const std::size_t size : {900U, 970U, 978U, 979U, 980U, 1100U, 100'000U}) {
    EXPECT_EQ(Decide(Basic(std::string(size, 'u'), secret), read_), "wrong-user") << size;
  }
  EXPECT_EQ(Decide(Bearer(std::string(100'000, 'x')), read_), "unknown");
}

TEST_F(VerifierTest, WhatWasDecidedStaysWhileTheGuardLives) {
  const std::string secret = TokenWith({"read:repository:bitbucket"});
  const EpochDomain::Guard guard = latchkey_.verifier->Enter();
  const std::string authorization = Bearer(secret);
  const Decision decision = latchkey_.verifier->Decide(
      guard, {.authorization = authorization, .client_address = "", .now = latchkey_.clock.Now()},
      read_);
  ASSERT_TRUE(decision.allowed);
  const Account& account = *decision.proven->account;
  Must(latchkey_.accounts->SetState("ana", AccountState::kSuspended,
                                    MemoryInstallation::kCommandLine));
  latchkey_.index->ReplaceCatalogue(
      kBitbucketApp, std::make_shared<const Catalogue>(*latchkey_.catalogues.Find(kBitbucketApp)));
  EXPECT_EQ(account.state, AccountState::kActive);
  EXPECT_EQ(decision.proven->account->state, AccountState::kSuspended) << "another look";
  EXPECT_EQ(decision.proven->grants->names, "read:repository:bitbucket");
  EXPECT_EQ(CauseOf(latchkey_.Ask(authorization, read_)), "suspended");
}

TEST_F(VerifierTest, GoesByTheAppsNameAndNotItsCatalogue) {
  const std::string authorization = Bearer(TokenWith({"read:repository:bitbucket"}));
  const Catalogue copy = *latchkey_.catalogues.Find(kBitbucketApp);
  const Requirement read =
      Requirement::Build(copy, {"read:repository:bitbucket"}, std::nullopt).value();
  EXPECT_EQ(Decide(authorization, read), "allowed");
}

TEST_F(VerifierTest, SaysNothingOnceItsLeaseHasRunOut) {
  ManualBootClock boot_clock;
  Lease lease{boot_clock, 30s};
  const Verifier verifier{*latchkey_.index, *latchkey_.directory, {.failures_max = 1}, &lease};
  const std::string good = Bearer(TokenWith({"read:repository:bitbucket"}));
  const std::string unknown = Bearer(TokenWith({"read:repository:bitbucket"})).substr(0, 20);
  const Requirement requirement = latchkey_.Needs({"read:repository:bitbucket"});
  const auto ask = [&](const std::string& authorization) {
    const EpochDomain::Guard guard = verifier.Enter();
    const Decision decision = verifier.Decide(guard,
                                              {.authorization = authorization,
                                               .client_address = "192.0.2.1",
                                               .now = latchkey_.clock.Now()},
                                              requirement);
    EXPECT_EQ(decision.allowed, decision.proven.has_value());
    return decision.allowed ? std::string{"allowed"} : std::string{CauseName(decision.cause)};
  };
  EXPECT_EQ(ask(good), "stale") << "nothing is fresh yet";
  lease.Renew(boot_clock.Now());
  EXPECT_EQ(ask(good), "allowed");
  EXPECT_FALSE(verifier.IsStale());
  boot_clock.Advance(30s + 1ms);
  EXPECT_TRUE(verifier.IsStale());
  EXPECT_EQ(verifier.Age(), 30s + 1ms);
  for (int i = 0; i < 3; ++i) {
    for (const std::string& any : {good, unknown, std::string{}}) EXPECT_EQ(ask(any), "stale");
  }
  lease.Renew(boot_clock.Now());
  EXPECT_EQ(ask(good), "allowed") << "what was not decided counted for no throttle";
  EXPECT_EQ(verifier.Counts().at(1 + static_cast<std::size_t>(Cause::kStale)), 10U);
}

}  // namespace
}  // namespace latchkey
