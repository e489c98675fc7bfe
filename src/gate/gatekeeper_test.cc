#include "gate/gatekeeper.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "gate/fixture/gate_fixture.h"

namespace latchkey::gate {
namespace {

class GatekeeperTest : public GateFixture {
 protected:
  const GateAnswer& Ask(std::string_view method, std::string_view uri,
                        const std::string& authorization, std::string_view app = kBitbucketApp) {
    desk_->Ask({.app = app,
                .method = method,
                .uri = uri,
                .host = "api.example.com",
                .client_address = "192.0.2.7",
                .authorization = authorization,
                .user_agent = "test",
                .now = latchkey_.clock.Now()},
               answer_);
    return answer_;
  }

  std::unique_ptr<Gatekeeper::Desk> desk_ = gatekeeper_.OpenDesk();
  GateAnswer answer_;
};

TEST_F(GatekeeperTest, AllowsWhatTheScopesOfTheOperationAllow) {
  const GateAnswer& answer = Ask("GET", "/2.0/repositories/w/r?x=1", Bearer());
  EXPECT_TRUE(answer.allowed());
  EXPECT_FALSE(answer.problem.has_value());
  EXPECT_EQ(answer.label(), "allowed");
  EXPECT_EQ(answer.identity.account, "ana");
  EXPECT_EQ(answer.identity.email, "ana@example.com");
  EXPECT_EQ(answer.identity.credential, latchkey_.IdOf(token_).text());
  EXPECT_EQ(answer.identity.scopes, "read:repository:bitbucket");
  EXPECT_TRUE(Ask("HEAD", "/2.0/repositories/w/r", Bearer()).allowed());
}

TEST_F(GatekeeperTest, DeniesAMissingScopeAndSaysWhich) {
  const GateAnswer& answer = Ask("DELETE", "/2.0/repositories/w/r", Bearer());
  EXPECT_FALSE(answer.allowed());
  EXPECT_EQ(answer.label(), "missing-scope");
  ASSERT_TRUE(answer.problem.has_value());
  EXPECT_EQ(TraitsOf(answer.problem->type).status, 403);
  EXPECT_EQ(answer.problem->required, std::vector<std::string>{"delete:repository:bitbucket"});
  EXPECT_EQ(answer.identity.account, "ana");
}

TEST_F(GatekeeperTest, RefusesWhatNobodyDecidedAbout) {
  struct Case {
    std::string method;
    std::string uri;
    std::string_view app;
    std::string_view label;
    int status;
  };
  for (const Case& test : {
           Case{"GET", "/2.0/nowhere", kBitbucketApp, "no-operation", 404},
           Case{"GET", "/user", kBitbucketApp, "no-operation", 404},
           Case{"POST", "/2.0/user", kBitbucketApp, "method-not-allowed", 405},
           Case{"OPTIONS", "/2.0/user", kBitbucketApp, "method-not-allowed", 405},
           Case{"get", "/2.0/user", kBitbucketApp, "method-not-allowed", 405},
           Case{"GET", "/2.0/open/../user", kBitbucketApp, "path-refused", 400},
           Case{"GET", "/2.0/open/%2e%2e/user", kBitbucketApp, "path-refused", 400},
           Case{"GET", "/2.0/open;x", kBitbucketApp, "path-refused", 400},
           Case{"GET", "/2.0/open%2fx", kBitbucketApp, "path-refused", 400},
           Case{"GET", "/2.0/open\\x", kBitbucketApp, "path-refused", 400},
           Case{"GET", "/2.0//open", kBitbucketApp, "path-refused", 400},
           Case{"GET", "/2.0/user", "nobody", "unknown-app", 404},
       }) {
    const GateAnswer& answer = Ask(test.method, test.uri, Bearer(), test.app);
    EXPECT_FALSE(answer.allowed()) << test.uri;
    EXPECT_EQ(answer.label(), test.label) << test.method << ' ' << test.uri;
    ASSERT_TRUE(answer.problem.has_value());
    EXPECT_EQ(TraitsOf(answer.problem->type).status, test.status) << test.uri;
  }
  EXPECT_EQ(Ask("POST", "/2.0/repositories/w/r", "").problem->allow, "GET, HEAD, DELETE");
}

TEST_F(GatekeeperTest, LetsAnybodyThroughWhereTheDocumentDoesAndTellsWhoItIs) {
  EXPECT_TRUE(Ask("GET", "/2.0/open", "").allowed());
  EXPECT_EQ(answer_.label(), "open");
  EXPECT_EQ(answer_.identity.account, "");
  EXPECT_TRUE(Ask("GET", "/2.0/open", Bearer()).allowed());
  EXPECT_EQ(answer_.identity.account, "ana");
  EXPECT_FALSE(Ask("GET", "/2.0/open", "Bearer nonsense").allowed());
  EXPECT_EQ(answer_.identity.account, "");
}

TEST_F(GatekeeperTest, OpensTheRestToAnyCredentialWhereTheAppSaysSo) {
  GatePolicy policy = BasePath();
  policy.any_credential_where_unmatched = true;
  SetRules(TestRules(), policy);
  EXPECT_TRUE(Ask("GET", "/2.0/nowhere", Bearer()).allowed());
  EXPECT_FALSE(Ask("GET", "/2.0/nowhere", "").allowed());
  EXPECT_EQ(answer_.label(), "absent");
  EXPECT_FALSE(Ask("GET", "/2.0/open/../nowhere", Bearer()).allowed());
}

TEST_F(GatekeeperTest, SeesANewSetOfAppsAtTheNextQuestion) {
  EXPECT_FALSE(Ask("GET", "/2.0/fresh", Bearer()).allowed());
  SetRules({{.method = "GET",
             .path = "/fresh",
             .scopes = {{"read:repository:bitbucket"}},
             .permissions = {},
             .open_to_anybody = false}});
  EXPECT_TRUE(Ask("GET", "/2.0/fresh", Bearer()).allowed());
  EXPECT_FALSE(Ask("GET", "/2.0/user", Bearer()).allowed());
}

TEST_F(GatekeeperTest, CountsByAppAndOutcome) {
  Ask("GET", "/2.0/repositories/w/r", Bearer());
  Ask("GET", "/2.0/repositories/w/r", Bearer());
  Ask("GET", "/2.0/user", Bearer());
  Ask("GET", "/2.0/user", Bearer(), "nobody");
  const std::map<std::string, OutcomeCounts> counts = gatekeeper_.Counts();
  std::map<std::string, std::uint64_t> seen;
  for (const auto& [app, values] : counts) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (values.at(i) != 0) seen[app + " " + std::string{OutcomeLabel(i)}] = values.at(i);
    }
  }
  EXPECT_EQ(seen,
            (std::map<std::string, std::uint64_t>{
                {"bitbucket allowed", 2}, {"bitbucket missing-scope", 1}, {"- unknown-app", 1}}));
}

TEST_F(GatekeeperTest, NotesTheUseOfWhatItAllowed) {
  UsageRecorder usage;
  Gatekeeper gatekeeper(apps_, *latchkey_.verifier, &usage);
  desk_ = gatekeeper.OpenDesk();
  Ask("GET", "/2.0/repositories/w/r", Bearer());
  Ask("GET", "/2.0/user", Bearer());
  Ask("GET", "/2.0/open", "");
  const UsageReport report = usage.Collect();
  ASSERT_EQ(report.uses().size(), 1U);
  EXPECT_EQ(report.uses()[0].id, MemoryInstallation::IdOf(token_));
  EXPECT_EQ(report.uses()[0].count, 1U);
  EXPECT_EQ(report.uses()[0].address, "192.0.2.7");
  EXPECT_EQ(report.uses()[0].user_agent, "test");
  desk_.reset();
}

TEST(OutcomeLabelTest, NamesEachOnce) {
  std::set<std::string_view> labels;
  for (std::size_t i = 0; i < kOutcomeLabelCount; ++i) {
    EXPECT_FALSE(OutcomeLabel(i).empty());
    EXPECT_TRUE(labels.insert(OutcomeLabel(i)).second) << OutcomeLabel(i);
  }
}

TEST(AssignVisibleTest, EncodesEverythingThatIsNotVisibleAscii) {
  std::string out;
  AssignVisible(out, "ana@example.com", false);
  EXPECT_EQ(out, "ana@example.com");
  AssignVisible(out, "j\xc3\xb6rg 50%\r\nX: y", false);
  EXPECT_EQ(out, "j%C3%B6rg%2050%25%0D%0AX:%20y");
  AssignVisible(out, "a b", true);
  EXPECT_EQ(out, "a b");
}

TEST_F(GatekeeperTest, SaysNothingOfWhatIsInMemoryOnceTheLeaseHasRunOut) {
  ManualBootClock boot_clock;
  Lease lease{boot_clock, std::chrono::seconds{30}};
  const Verifier verifier{*latchkey_.index, *latchkey_.directory, kNoThrottle, &lease};
  Gatekeeper gatekeeper{apps_, verifier};
  desk_ = gatekeeper.OpenDesk();
  lease.Renew(boot_clock.Now());
  boot_clock.Advance(std::chrono::milliseconds{1234});
  EXPECT_TRUE(Ask("GET", "/2.0/repositories/w/r", Bearer()).allowed());
  EXPECT_EQ(answer_.age, std::chrono::milliseconds{1234});
  EXPECT_TRUE(Ask("GET", "/2.0/open", "").allowed());
  boot_clock.Advance(std::chrono::seconds{30});
  struct Case {
    std::string_view method;
    std::string_view uri;
    std::string authorization;
    std::string_view app;
  };
  for (const Case& test : {
           Case{"GET", "/2.0/repositories/w/r", Bearer(), kBitbucketApp},
           Case{"GET", "/2.0/repositories/w/r", "Bearer nonsense", kBitbucketApp},
           Case{"GET", "/2.0/open", "", kBitbucketApp},
           Case{"GET", "/2.0/nowhere", Bearer(), kBitbucketApp},
           Case{"GET", "/2.0/user", Bearer(), "nobody"},
       }) {
    const GateAnswer& answer = Ask(test.method, test.uri, test.authorization, test.app);
    EXPECT_EQ(answer.label(), "stale") << test.uri;
    ASSERT_TRUE(answer.problem.has_value());
    EXPECT_EQ(TraitsOf(answer.problem->type).status, 503) << test.uri;
    EXPECT_TRUE(answer.problem->retry_after.has_value());
    EXPECT_TRUE(answer.identity.account.empty());
    EXPECT_EQ(answer.age, std::chrono::milliseconds{31'234});
  }
}

TEST_F(GatekeeperTest, ANodeAloneHasNoAge) {
  EXPECT_TRUE(Ask("GET", "/2.0/open", Bearer()).allowed());
  EXPECT_FALSE(answer_.age.has_value());
}

}  // namespace
}  // namespace latchkey::gate
