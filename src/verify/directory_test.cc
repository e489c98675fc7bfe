#include "verify/directory.h"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

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

TEST_F(DirectoryTest, KeepsEachStandingApart) {
  constexpr std::uint32_t kMany = 100;  // More than stand in one word.
  const auto id_of = [](std::uint32_t i) { return "many-" + std::to_string(i); };
  std::vector<std::uint32_t> numbers;
  for (std::uint32_t i = 0; i < kMany; ++i) {
    numbers.push_back(directory_.NumberOf(id_of(i)));
    if (i % 3 == 0) continue;  // Known by its number alone.
    Account account;
    account.id = id_of(i);
    account.email = account.id + "@example.org";
    account.username = account.id;
    account.state = i % 3 == 1 ? AccountState::kActive : AccountState::kSuspended;
    directory_.Put(account);
  }
  const EpochDomain::Guard guard = directory_.epochs().Enter();
  for (std::uint32_t i = 0; i < kMany; ++i) {
    const std::array expected{AccountStanding::kNone, AccountStanding::kActive,
                              AccountStanding::kSuspended};
    EXPECT_EQ(directory_.StandingAt(guard, numbers[i]), expected[i % 3]) << i;
    if (i % 3 == 0) continue;
    EXPECT_EQ(directory_.AccountAt(guard, numbers[i])->username, id_of(i));
  }
}

TEST_F(DirectoryTest, AForgottenAccountHasNoStandingUntilItComesBack) {
  const std::uint32_t number = directory_.NumberOf("1");
  const EpochDomain::Guard guard = directory_.epochs().Enter();
  const AccountRef seen_before = directory_.AccountAt(guard, number);
  directory_.RemoveAccount("1");
  EXPECT_EQ(directory_.StandingAt(guard, number), AccountStanding::kNone);
  EXPECT_EQ(seen_before->id, "1");
  Account back;
  back.id = "1";
  back.email = "new@example.org";
  back.username = "new";
  directory_.Put(back);
  EXPECT_EQ(directory_.StandingAt(guard, number), AccountStanding::kActive);
  EXPECT_EQ(seen_before->username, "new");
  EXPECT_EQ(directory_.FindAccountByName("new")->id, "1");
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
