#include "account/account.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

#include "testing/matchers.h"

namespace latchkey {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using enum Error::Code;

struct TextCase {
  const char* name;
  std::string text;
  bool usable;
};

std::string CaseName(const ::testing::TestParamInfo<TextCase>& test_case) {
  return test_case.param.name;
}

Account AccountWith(std::string email, std::string username, std::string display_name = "Ana") {
  return {.id = std::string(32, '0'),
          .email = std::move(email),
          .username = std::move(username),
          .display_name = std::move(display_name),
          .password_hash = "",
          .created_at = {}};
}

class Emails : public ::testing::TestWithParam<TextCase> {};

TEST_P(Emails, AreOneAddress) {
  const Result<void> valid = AccountWith(GetParam().text, "ana").Validate();
  EXPECT_EQ(valid.has_value(), GetParam().usable);
  if (!valid) {
    EXPECT_THAT(valid, FailsWith(kInvalidArgument, HasSubstr("the e-mail")));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Emails,
    ::testing::Values(
        TextCase{"Plain", "ana@example.com", true}, TextCase{"Shortest", "a@b", true},
        TextCase{"Tag", "ana+ci@example.com", true}, TextCase{"UpperCase", "Ana@Example.COM", true},
        TextCase{"OtherLetters", "\u00E9ve@exemple.fr", true},
        TextCase{"At254Bytes", std::string(242, 'a') + "@example.com", true},
        TextCase{"At255Bytes", std::string(243, 'a') + "@example.com", false},
        TextCase{"Empty", "", false}, TextCase{"NoAt", "ana.example.com", false},
        TextCase{"TwoAts", "ana@b@c", false}, TextCase{"NothingBefore", "@b", false},
        TextCase{"NothingAfter", "a@", false}, TextCase{"AtAlone", "@", false},
        TextCase{"Blank", "an a@b", false}, TextCase{"TrailingBlank", "a@b ", false},
        TextCase{"Tab", "a\t@b", false}, TextCase{"LineBreak", "a@b\n", false},
        TextCase{"Zero", std::string("a\0@b", 4), false}, TextCase{"Delete", "a\x7F@b", false},
        TextCase{"Colon", "a:b@c", false},  // Basic would split the user part there.
        TextCase{"Brackets", "<a@b>", false}, TextCase{"Comment", "a(c)@b", false},
        TextCase{"Quoted", "\"a\"@b", false}, TextCase{"Literal", "a@[127.0.0.1]", false},
        TextCase{"Group", "a;b@c", false}, TextCase{"List", "a@b,c", false},
        TextCase{"NotUtf8", "a\xE9@b", false}, TextCase{"Bidirectional", "a\u202E@b", false},
        TextCase{"ZeroWidth", "a\u200B@b", false}),
    CaseName);

class Usernames : public ::testing::TestWithParam<TextCase> {};

TEST_P(Usernames, AreLettersDigitsAndTwoSigns) {
  const Result<void> valid = AccountWith("ana@example.com", GetParam().text).Validate();
  EXPECT_EQ(valid.has_value(), GetParam().usable);
  if (!valid) {
    EXPECT_THAT(valid, FailsWith(kInvalidArgument, HasSubstr("the username")));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, Usernames,
    ::testing::Values(
        TextCase{"Plain", "ana", true}, TextCase{"OneLetter", "a", true},
        TextCase{"UpperCase", "MFahad1667", true}, TextCase{"DigitFirst", "1ana", true},
        TextCase{"Signs", "ana_b-c", true}, TextCase{"At62", std::string(62, 'a'), true},
        TextCase{"At63", std::string(63, 'a'), false}, TextCase{"Empty", "", false},
        TextCase{"DashFirst", "-ana", false}, TextCase{"UnderscoreFirst", "_ana", false},
        TextCase{"Dot", "ana.b", false}, TextCase{"At", "ana@b", false},
        TextCase{"Colon", "ana:b", false}, TextCase{"Slash", "ana/b", false},
        TextCase{"Blank", "ana b", false}, TextCase{"LineBreak", "ana\n", false},
        TextCase{"Zero", std::string("ana\0b", 5), false},
        TextCase{"CyrillicLetter", "\u0430dmin", false},
        TextCase{"TokenUser", "x-token-auth", false},
        TextCase{"TokenUserInOtherCase", "X-Token-Auth", false},
        TextCase{"BitbucketTokenUser", "x-bitbucket-api-token-auth", false},
        TextCase{"BitbucketTokenUserInOtherCase", "x-bitbucket-API-token-auth", false},
        TextCase{"NearlyTokenUser", "x-token-auth-2", true}, TextCase{"TheServers", "api", false},
        TextCase{"TheServersInOtherCase", "Admin", false}, TextCase{"Device", "con", false},
        TextCase{"NearlyTheServers", "admin2", true}),
    CaseName);

TEST(AccountTest, ValidatesTheDisplayName) {
  EXPECT_THAT(AccountWith("a@b", "ana", "Ana \u00C1lvarez").Validate(), IsOk());
  EXPECT_THAT(AccountWith("a@b", "ana", std::string(255, 'n')).Validate(), IsOk());
  for (const std::string& name : {std::string{}, std::string{"  "}, std::string{"a\nb"},
                                  std::string(256, 'n'), std::string{"\xFF"}}) {
    EXPECT_THAT(AccountWith("a@b", "ana", name).Validate(),
                FailsWith(kInvalidArgument, HasSubstr("the display name")));
  }
}

TEST(AccountTest, AnErrorShowsHostileTextEscapedAndCut) {
  const Result<void> valid = AccountWith("a@b", "\x1b[2J" + std::string(1000, 'x')).Validate();
  ASSERT_FALSE(valid.has_value());
  EXPECT_THAT(valid.error().message, HasSubstr("\\x1b[2J"));
  EXPECT_THAT(valid.error().message, Not(HasSubstr("\x1b")));
  EXPECT_LT(valid.error().message.size(), 200U);
}

class WorkspaceSlugs : public ::testing::TestWithParam<TextCase> {};

TEST_P(WorkspaceSlugs, ArePathSegments) {
  const Result<void> valid = ValidateWorkspaceSlug(GetParam().text);
  EXPECT_EQ(valid.has_value(), GetParam().usable);
  if (!valid) {
    EXPECT_THAT(valid, FailsWith(kInvalidArgument, HasSubstr("the workspace slug")));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, WorkspaceSlugs,
    ::testing::Values(
        TextCase{"Plain", "acme", true}, TextCase{"OneCharacter", "a", true},
        TextCase{"Digit", "7", true}, TextCase{"Signs", "a_b-c", true},
        TextCase{"At62", std::string(62, 'a'), true}, TextCase{"At63", std::string(63, 'a'), false},
        TextCase{"Empty", "", false}, TextCase{"UpperCase", "Acme", false},
        TextCase{"DashFirst", "-acme", false}, TextCase{"UnderscoreFirst", "_acme", false},
        TextCase{"Dot", "acme.inc", false}, TextCase{"DotDot", "..", false},
        TextCase{"Slash", "a/b", false}, TextCase{"Backslash", "a\\b", false},
        TextCase{"Percent", "a%2fb", false}, TextCase{"Blank", "a b", false},
        TextCase{"Zero", std::string("a\0b", 3), false}, TextCase{"LineBreak", "a\n", false},
        TextCase{"OtherLetter", "caf\u00E9", false}, TextCase{"ReservedApi", "api", false},
        TextCase{"ReservedVersion", "2.0", false}, TextCase{"ReservedGate", "gate", false},
        TextCase{"ReservedGit", "git", false}, TextCase{"ReservedMetrics", "metrics", false},
        TextCase{"ReservedInfo", "info", false}, TextCase{"NearlyReserved", "api2", true}),
    CaseName);

class RepositorySlugs : public ::testing::TestWithParam<TextCase> {};

TEST_P(RepositorySlugs, AreFileNamesThatGitDoesNotTakeForSomethingElse) {
  const Result<void> valid = ValidateRepositorySlug(GetParam().text);
  EXPECT_EQ(valid.has_value(), GetParam().usable);
  if (!valid) {
    EXPECT_THAT(valid, FailsWith(kInvalidArgument, HasSubstr("the repository slug")));
  }
}

INSTANTIATE_TEST_SUITE_P(
    All, RepositorySlugs,
    ::testing::Values(
        TextCase{"Plain", "website", true}, TextCase{"OneCharacter", "a", true},
        TextCase{"UnderscoreFirst", "_a", true}, TextCase{"Dots", "a.b.c", true},
        TextCase{"DotGitInside", "a.git.b", true}, TextCase{"GitAlone", "git", true},
        TextCase{"DotLockInside", "a.lock2", true}, TextCase{"DashLast", "a-", true},
        TextCase{"At62", std::string(62, 'a'), true}, TextCase{"At63", std::string(63, 'a'), false},
        TextCase{"Empty", "", false}, TextCase{"UpperCase", "Website", false},
        // An argument that starts with a dash would be an option.
        TextCase{"DashFirst", "-a", false}, TextCase{"Option", "--upload-pack=x", false},
        TextCase{"DotFirst", ".a", false}, TextCase{"Dot", ".", false},
        TextCase{"DotDot", "..", false}, TextCase{"DotDotInside", "a..b", false},
        TextCase{"DotLast", "a.", false}, TextCase{"DotGit", "a.git", false},
        TextCase{"DotGitAlone", ".git", false}, TextCase{"DotGitUpper", "a.GIT", false},
        TextCase{"DotLock", "a.lock", false}, TextCase{"Slash", "a/b", false},
        TextCase{"Backslash", "a\\b", false}, TextCase{"Percent", "a%2e", false},
        TextCase{"Colon", "a:b", false}, TextCase{"Tilde", "~a", false},
        TextCase{"Blank", "a b", false}, TextCase{"Zero", std::string("a\0b", 3), false},
        TextCase{"LineBreak", "a\n", false}, TextCase{"OtherLetter", "caf\u00E9", false}),
    CaseName);

TEST(IsTokenUserTest, KnowsExactlyTwo) {
  EXPECT_TRUE(IsTokenUser("x-token-auth"));
  EXPECT_TRUE(IsTokenUser("x-bitbucket-api-token-auth"));
  for (const std::string_view user : {"", "x-token-auth ", "X-Token-Auth", "x-token", "ana"}) {
    EXPECT_FALSE(IsTokenUser(user)) << user;
  }
}

TEST(NamesTest, ReadAndWriteTheSame) {
  for (const AccountKind kind : {AccountKind::kPerson, AccountKind::kService}) {
    EXPECT_EQ(ParseAccountKind(KindName(kind)), kind);
  }
  for (const AccountState state : {AccountState::kActive, AccountState::kSuspended}) {
    EXPECT_EQ(ParseAccountState(StateName(state)), state);
  }
  for (const Role role : {Role::kRead, Role::kWrite, Role::kAdmin}) {
    EXPECT_EQ(ParseRole(RoleName(role)), role);
  }
  EXPECT_EQ(KindName(AccountKind::kService), "service");
  EXPECT_EQ(StateName(AccountState::kSuspended), "suspended");
  EXPECT_EQ(RoleName(Role::kAdmin), "admin");
}

TEST(NamesTest, NothingElseIsRead) {
  for (const std::string_view name : {"", "Admin", "owner", "admin ", "active2", "0"}) {
    EXPECT_EQ(ParseRole(name), std::nullopt) << name;
    EXPECT_EQ(ParseAccountKind(name), std::nullopt) << name;
    EXPECT_EQ(ParseAccountState(name), std::nullopt) << name;
  }
}

TEST(RoleTest, EachIncludesTheOnesBeforeIt) {
  EXPECT_LT(Role::kRead, Role::kWrite);
  EXPECT_LT(Role::kWrite, Role::kAdmin);
}

}  // namespace
}  // namespace latchkey
