#include "authority/policy_authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "testing/installation/memory_installation.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using enum Error::Code;
using std::chrono::days;
using testing::HasSubstr;

class PolicyAuthorityTest : public testing::Test {
 protected:
  PolicyAuthority& policy() { return *latchkey_.policy_authority; }

  Result<InstallationPolicy> Set(const InstallationPolicy& policy) {
    return latchkey_.policy_authority->Set(policy, MemoryInstallation::kCommandLine);
  }

  Result<Issued> IssueToken(std::optional<days> lifetime = std::nullopt,
                            const std::string& app = "bitbucket",
                            const std::string& scope = "read:user:bitbucket") {
    IssueRequest request{.account = ana_.id, .app = app, .name = "x", .grants = {scope}};
    if (lifetime) request.expires_at = latchkey_.clock.Now() + *lifetime;
    return latchkey_.credentials->Issue(request, MemoryInstallation::kCommandLine);
  }

  Result<Issued> IssueAppPassword() {
    return latchkey_.credentials->Issue({.kind = CredentialKind::kAppPassword,
                                         .account = ana_.id,
                                         .name = "x",
                                         .grants = {"repository"}},
                                        MemoryInstallation::kCommandLine);
  }

  PolicyRecord Stored() {
    return std::get<PolicyRecord>(Must(latchkey_.store.Find(RecordType::kPolicy, kPolicyKey)));
  }

  MemoryInstallation latchkey_;
  Account ana_ = latchkey_.AddAccount("ana");
};

TEST_F(PolicyAuthorityTest, IsWhatTheSettingsSayAtFirst) {
  EXPECT_EQ(policy().Show(), InstallationPolicy{});
  EXPECT_EQ(policy().InForce().token_lifetime_max, latchkey_.policy.token_lifetime_max);
  EXPECT_THAT(IssueToken(days{366}), IsOk());
}

TEST_F(PolicyAuthorityTest, BoundsTheLifeOfNewTokensAcrossRestarts) {
  InstallationPolicy wanted;
  wanted.token_lifetime_max = days{90};
  ASSERT_THAT(Set(wanted), IsOk());
  for (int round = 0; round < 2; ++round) {
    EXPECT_THAT(IssueToken(days{90}), IsOk());
    EXPECT_THAT(IssueToken(days{91}), FailsWith(kInvalidArgument, HasSubstr("above")));
    const Result<Issued> unstated = IssueToken();
    ASSERT_THAT(unstated, IsOk());
    EXPECT_EQ(*unstated->record.expires_at, latchkey_.clock.Now() + days{90})
        << "the default is cut to the longest";
    Must(latchkey_.Restart());
  }
  wanted.token_lifetime_default = days{7};
  ASSERT_THAT(Set(wanted), IsOk());
  const Result<Issued> unstated = IssueToken();
  ASSERT_THAT(unstated, IsOk());
  EXPECT_EQ(*unstated->record.expires_at, latchkey_.clock.Now() + days{7});
}

TEST_F(PolicyAuthorityTest, NeverGoesBeyondTheSettings) {
  InstallationPolicy wanted;
  wanted.token_lifetime_max = days{367};
  const Result<InstallationPolicy> refused = Set(wanted);
  ASSERT_THAT(refused, FailsWith(kInvalidArgument, HasSubstr("367d")));
  EXPECT_THAT(refused.error().hint, HasSubstr("between 1d and 366d"));
  wanted.token_lifetime_max = days{1} - std::chrono::seconds{1};
  EXPECT_THAT(Set(wanted), FailsWith(kInvalidArgument));
  wanted.token_lifetime_max = days{30};
  wanted.token_lifetime_default = days{31};
  EXPECT_THAT(Set(wanted), FailsWith(kInvalidArgument, HasSubstr("default")));
  wanted.token_lifetime_default = days{30};
  EXPECT_THAT(Set(wanted), IsOk());

  latchkey_.policy.token_lifetime_max = days{10};
  Must(latchkey_.Restart());
  EXPECT_EQ(policy().InForce().token_lifetime_max, days{10}) << "settings that shrink later win";
  EXPECT_EQ(policy().InForce().token_lifetime_default, days{10});
}

TEST_F(PolicyAuthorityTest, AllowsKinds) {
  InstallationPolicy wanted;
  wanted.app_passwords = false;
  ASSERT_THAT(Set(wanted), IsOk());
  const Result<Issued> refused = IssueAppPassword();
  ASSERT_THAT(refused, FailsWith(kPermissionDenied, HasSubstr("no new app passwords")));
  EXPECT_THAT(refused.error().hint, HasSubstr("app_passwords=true"));
  EXPECT_THAT(IssueToken(), IsOk());
  wanted.app_passwords = true;
  wanted.api_tokens = false;
  ASSERT_THAT(Set(wanted), IsOk());
  EXPECT_THAT(IssueToken(), FailsWith(kPermissionDenied, HasSubstr("no new API tokens")));
  EXPECT_THAT(IssueAppPassword(), IsOk());
}

TEST_F(PolicyAuthorityTest, LeavesWhatIsThereInForce) {
  const std::string secret = latchkey_.IssueToken(ana_, {"read:user:bitbucket"});
  InstallationPolicy wanted;
  wanted.api_tokens = false;
  ASSERT_THAT(Set(wanted), IsOk());
  EXPECT_TRUE(latchkey_.Ask("Bearer " + secret, latchkey_.Needs({"read:user:bitbucket"})));
}

TEST_F(PolicyAuthorityTest, AllowsApps) {
  InstallationPolicy wanted;
  wanted.token_apps = {"latchkey", "latchkey"};
  const Result<InstallationPolicy> set = Set(wanted);
  ASSERT_THAT(set, IsOk());
  EXPECT_THAT(set->token_apps, testing::ElementsAre("latchkey"));
  const Result<Issued> refused = IssueToken();
  ASSERT_THAT(refused, FailsWith(kInvalidArgument, HasSubstr("for the app bitbucket")));
  EXPECT_THAT(refused.error().hint, HasSubstr("latchkey"));
  EXPECT_THAT(IssueToken(std::nullopt, "latchkey", "read:credential:latchkey"), IsOk());
  EXPECT_THAT(IssueAppPassword(), IsOk()) << "it concerns API tokens alone";
  wanted.token_apps = {"bitbuket"};
  EXPECT_THAT(Set(wanted), FailsWith(kInvalidArgument, HasSubstr("bitbuket")));
}

TEST_F(PolicyAuthorityTest, ThatSomebodyEditedAllowsNothingNewUntilItIsSet) {
  InstallationPolicy wanted;
  wanted.app_passwords = false;
  ASSERT_THAT(Set(wanted), IsOk());
  PolicyRecord record = Stored();
  record.value.app_passwords = true;
  latchkey_.store.Overwrite(record);
  Must(latchkey_.projection->Recheck(latchkey_.store));
  EXPECT_THAT(IssueAppPassword(), FailsWith(kPermissionDenied));
  EXPECT_THAT(IssueToken(), FailsWith(kPermissionDenied));
  Must(latchkey_.Restart());
  EXPECT_THAT(IssueAppPassword(), FailsWith(kPermissionDenied));
  EXPECT_TRUE(policy().Show().second_step_required);
  EXPECT_EQ(latchkey_.projection->refused(), 1U);

  ASSERT_THAT(Set(wanted), IsOk());
  EXPECT_EQ(latchkey_.projection->refused(), 0U);
  EXPECT_THAT(IssueToken(), IsOk());
  EXPECT_THAT(IssueAppPassword(), FailsWith(kPermissionDenied));
}

TEST_F(PolicyAuthorityTest, ThatSomebodyDeletedAllowsNothingNew) {
  InstallationPolicy wanted;
  wanted.app_passwords = false;
  ASSERT_THAT(Set(wanted), IsOk());
  latchkey_.store.Erase(RecordType::kPolicy, kPolicyKey);
  Must(latchkey_.Restart());
  EXPECT_THAT(IssueAppPassword(), FailsWith(kPermissionDenied));
  EXPECT_FALSE(latchkey_.alarms.raised.empty());
}

TEST_F(PolicyAuthorityTest, ThatSomebodyPutBackIsRefused) {
  InstallationPolicy lenient;
  ASSERT_THAT(Set(lenient), IsOk());
  const PolicyRecord before = Stored();
  lenient.app_passwords = false;
  ASSERT_THAT(Set(lenient), IsOk());
  latchkey_.store.Overwrite(before);
  Must(latchkey_.Restart());
  EXPECT_THAT(IssueAppPassword(), FailsWith(kPermissionDenied));
}

}  // namespace
}  // namespace latchkey
