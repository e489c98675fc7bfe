#include "authority/account_authority.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "crypto/password.h"
#include "testing/installation/memory_installation.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using enum Error::Code;
using testing::HasSubstr;

class AccountAuthorityTest : public testing::Test {
 protected:
  static NewAccount Named(const std::string& username) {
    NewAccount account;
    account.email = username + "@example.com";
    account.username = username;
    return account;
  }

  Result<Account> Create(const NewAccount& account) {
    return latchkey_.accounts->CreateAccount(account, MemoryInstallation::kCommandLine);
  }

  const Caller& caller_ = MemoryInstallation::kCommandLine;
  MemoryInstallation latchkey_;
};

TEST_F(AccountAuthorityTest, NamesAreUniqueInAnyLetterCase) {
  ASSERT_THAT(Create(Named("ana")), IsOk());
  NewAccount other = Named("eve");
  other.email = "ANA@Example.com";
  EXPECT_THAT(Create(other), FailsWith(kAlreadyExists, HasSubstr("e-mail")));
  other = Named("ANA");
  other.email = "eve@example.com";
  EXPECT_THAT(Create(other), FailsWith(kAlreadyExists, HasSubstr("username")));
  EXPECT_EQ(latchkey_.directory->ListAccounts().size(), 1U);
}

TEST_F(AccountAuthorityTest, HashesThePasswordAndKeepsItsRules) {
  NewAccount account = Named("ana");
  account.password = SecretString{std::string(14, 'x')};
  EXPECT_THAT(Create(account), FailsWith(kInvalidArgument, HasSubstr("too short")));
  account.password = SecretString{std::string(1025, 'x')};
  EXPECT_THAT(Create(account), FailsWith(kInvalidArgument, HasSubstr("too long")));
  account.password = SecretString{"a long sentence will do"};
  const Account made = Must(Create(account));
  EXPECT_EQ(made.password_hash, "") << "it stands inside a seal, and in no journal";
  const auto sign_in = latchkey_.sign_ins.FindSignIn(made.id);
  ASSERT_NE(sign_in, nullptr);
  EXPECT_TRUE(MatchesPassword(SecretString{"a long sentence will do"}, sign_in->password_hash));
  EXPECT_FALSE(MatchesPassword(SecretString{"a long sentence will not"}, sign_in->password_hash));
}

TEST_F(AccountAuthorityTest, AnAccountPasswordIsNoWayIntoAnything) {
  NewAccount account = Named("ana");
  account.password = SecretString{"a long sentence will do"};
  Must(Create(account));
  const SecretString encoded = EncodeBasic("ana", SecretString{"a long sentence will do"});
  EXPECT_FALSE(latchkey_.Ask("Basic " + std::string{encoded.Expose()}, latchkey_.Needs({})));
}

TEST_F(AccountAuthorityTest, SuspendsAndResumes) {
  Must(Create(Named("ana")));
  EXPECT_EQ(Must(latchkey_.accounts->SetState("ANA@example.com", AccountState::kSuspended, caller_))
                .state,
            AccountState::kSuspended);
  Must(latchkey_.Restart());
  EXPECT_EQ(Must(latchkey_.accounts->FindAccount("ana")).state, AccountState::kSuspended);
  const std::size_t changes = latchkey_.journal.lines().size();
  Must(latchkey_.accounts->SetState("ana", AccountState::kSuspended, caller_));
  EXPECT_EQ(latchkey_.journal.lines().size(), changes) << "nothing changed, nothing is written";
  Must(latchkey_.accounts->SetState("ana", AccountState::kActive, caller_));
}

TEST_F(AccountAuthorityTest, NamesTheNearestAccount) {
  Must(Create(Named("alexander")));
  const Result<Account> found = latchkey_.accounts->FindAccount("alexandr");
  ASSERT_THAT(found, FailsWith(kNotFound));
  EXPECT_THAT(found.error().hint, HasSubstr("alexander"));
}

TEST_F(AccountAuthorityTest, MembershipsComeGoAndComeBack) {
  Must(Create(Named("ana")));
  EXPECT_THAT(latchkey_.accounts->GrantRole("team", "ana", Role::kRead, caller_),
              FailsWith(kNotFound));
  Must(latchkey_.accounts->CreateWorkspace("team", caller_));
  EXPECT_THAT(latchkey_.accounts->CreateWorkspace("team", caller_), FailsWith(kAlreadyExists));
  EXPECT_THAT(latchkey_.accounts->RemoveMember("team", "ana", caller_), FailsWith(kNotFound));
  Must(latchkey_.accounts->GrantRole("team", "ana", Role::kRead, caller_));
  Must(latchkey_.accounts->RemoveMember("team", "ana", caller_));
  EXPECT_THAT(latchkey_.accounts->RemoveMember("team", "ana", caller_), FailsWith(kNotFound));
  Must(latchkey_.accounts->GrantRole("team", "ana", Role::kAdmin, caller_));
  Must(latchkey_.Restart());
  const AccountId ana = Must(latchkey_.accounts->FindAccount("ana")).id;
  EXPECT_EQ(latchkey_.directory->FindRole("team", ana), Role::kAdmin);
}

TEST_F(AccountAuthorityTest, RepositoriesNeedAWorkspaceAndAName) {
  EXPECT_THAT(latchkey_.accounts->CreateRepository("team", "demo", caller_), FailsWith(kNotFound));
  Must(latchkey_.accounts->CreateWorkspace("team", caller_));
  EXPECT_THAT(latchkey_.accounts->CreateRepository("team", "../x", caller_),
              FailsWith(kInvalidArgument));
  Must(latchkey_.accounts->CreateRepository("team", "demo", caller_));
  EXPECT_THAT(latchkey_.accounts->CreateRepository("team", "demo", caller_),
              FailsWith(kAlreadyExists));
}

}  // namespace
}  // namespace latchkey
