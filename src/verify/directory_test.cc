#include "verify/directory.h"

#include <gtest/gtest.h>

namespace latchkey {
namespace {

Account AccountNamed(const char* id, const char* username) {
  Account account;
  account.id = id;
  account.username = username;
  account.email = std::string{username} + "@Example.com";
  return account;
}

class DirectoryTest : public testing::Test {
 protected:
  DirectoryTest() {
    directory_.Put(AccountNamed("1", "Ana"));
    directory_.Put(AccountNamed("2", "bob"));
    directory_.Put(Workspace{.slug = "team", .created_at = {}});
  }

  Directory directory_;
};

TEST_F(DirectoryTest, FindsAccountsByEitherNameInAnyCase) {
  for (const char* name : {"Ana", "ana", "ANA", "ana@example.com", "ANA@EXAMPLE.COM"}) {
    ASSERT_NE(directory_.FindAccountByName(name), nullptr) << name;
    EXPECT_EQ(directory_.FindAccountByName(name)->id, "1");
  }
  // A dotless i is not an i, nor is any other look-alike.
  for (const char* name : {"", "an", "anaa", "\u0430na", "ana@example.co"}) {
    EXPECT_EQ(directory_.FindAccountByName(name), nullptr) << name;
  }
}

TEST_F(DirectoryTest, ForgetsTheOldNamesOfAnAccount) {
  directory_.Put(AccountNamed("1", "anna"));
  EXPECT_EQ(directory_.FindAccountByName("ana"), nullptr);
  EXPECT_EQ(directory_.FindAccountByName("anna")->id, "1");
  directory_.RemoveAccount("1");
  EXPECT_EQ(directory_.FindAccount("1"), nullptr);
  EXPECT_EQ(directory_.FindAccountByName("anna"), nullptr);
}

TEST_F(DirectoryTest, KnowsRolesUntilTheyEnd) {
  EXPECT_FALSE(directory_.FindRole("team", "1"));
  directory_.Put(Membership{.workspace = "team", .account = "1", .role = Role::kRead});
  directory_.Put(Membership{.workspace = "team", .account = "1", .role = Role::kWrite});
  EXPECT_EQ(directory_.FindRole("team", "1"), Role::kWrite);
  EXPECT_FALSE(directory_.FindRole("team", "2"));
  EXPECT_FALSE(directory_.FindRole("tea", "m1"));
  directory_.RemoveMembership("team", "1");
  EXPECT_FALSE(directory_.FindRole("team", "1"));
}

TEST_F(DirectoryTest, KnowsRepositories) {
  directory_.Put(Repository{.workspace = "team", .slug = "demo", .created_at = {}});
  EXPECT_TRUE(directory_.HasRepository("team", "demo"));
  EXPECT_FALSE(directory_.HasRepository("team", "Demo"));
  EXPECT_FALSE(directory_.HasRepository("other", "demo"));
}

TEST_F(DirectoryTest, ListsByName) {
  const auto accounts = directory_.ListAccounts();
  ASSERT_EQ(accounts.size(), 2U);
  EXPECT_EQ(accounts[0]->username, "Ana");
  EXPECT_EQ(accounts[1]->username, "bob");
}

}  // namespace
}  // namespace latchkey
