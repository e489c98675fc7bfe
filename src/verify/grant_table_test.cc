#include "verify/grant_table.h"

#include <gtest/gtest.h>

#include "catalogue/loader.h"

namespace latchkey {
namespace {

constexpr CredentialKind kToken = CredentialKind::kApiToken;
constexpr CredentialKind kPassword = CredentialKind::kAppPassword;

/// An app `demo` with some scopes, and permissions that each imply the one before it.
std::shared_ptr<const Catalogue> Demo(const std::vector<std::string>& permissions) {
  CatalogueData data{.app = "demo", .title = "Demo", .scopes = {}, .permissions = {}};
  for (const char* name : {"read:page:demo", "write:page:demo"}) {
    data.scopes.push_back({.name = name, .title = "t", .description = "d", .group = "g"});
  }
  for (const std::string& name : permissions) {
    Permission permission{
        .name = name, .title = "t", .description = "d", .group = "g", .implies = {}, .scopes = {}};
    if (!data.permissions.empty()) permission.implies = {data.permissions.back().name};
    data.permissions.push_back(std::move(permission));
  }
  Result<Catalogue> built = Catalogue::Build(std::move(data), {});
  EXPECT_TRUE(built.has_value());
  return std::make_shared<const Catalogue>(*std::move(built));
}

class GrantTableTest : public testing::Test {
 protected:
  std::uint32_t Intern(CredentialKind kind, const std::vector<std::string>& names) {
    return table_.Intern(demo_, kind, names);
  }

  EpochDomain epochs_;
  GrantTable table_{epochs_};
  std::shared_ptr<const Catalogue> demo_ = Demo({"page", "page:write"});
};

TEST_F(GrantTableTest, KeepsEachSetOfNamesOnce) {
  const std::uint32_t read = Intern(kToken, {"read:page:demo"});
  EXPECT_EQ(Intern(kToken, {"read:page:demo"}), read);
  EXPECT_NE(Intern(kToken, {"write:page:demo"}), read);
  EXPECT_NE(Intern(kToken, {"read:page:demo", "write:page:demo"}), read);
  EXPECT_NE(Intern(kToken, {}), read);
  EXPECT_NE(Intern(kPassword, {}), Intern(kToken, {})) << "the kinds have names of their own";
  EXPECT_EQ(table_.size(), 5U);
  EXPECT_EQ(table_.GivenNames(read), std::vector<std::string>{"read:page:demo"});
}

TEST_F(GrantTableTest, ClosesPermissionsAndWritesThemOut) {
  const GrantData& data = table_.At(Intern(kPassword, {"page:write"}));
  EXPECT_EQ(data.closed, demo_->PermissionSet({"page:write"}).value());
  EXPECT_EQ(data.names, "page page:write");
  EXPECT_EQ(data.catalogue, demo_);
  EXPECT_EQ(table_.At(Intern(kToken, {"read:page:demo"})).names, "read:page:demo");
}

TEST_F(GrantTableTest, WhatTheCatalogueDoesNotKnowGrantsNothing) {
  const GrantData& data = table_.At(Intern(kToken, {"gone:page:demo", "read:page:demo"}));
  EXPECT_EQ(data.names, "read:page:demo");
  EXPECT_EQ(table_.At(Intern(kToken, {"gone:page:demo"})).closed, GrantSet{});
}

TEST_F(GrantTableTest, FollowsAReplacedCatalogueUnderTheSameNumber) {
  const std::uint32_t number = Intern(kPassword, {"page:admin"});
  const std::uint32_t before = Intern(kPassword, {"page"});
  EXPECT_EQ(table_.At(number).names, "");
  const auto replaced = Demo({"page", "page:write", "page:admin"});
  {
    const EpochDomain::Guard guard = epochs_.Enter();
    const GrantData& old = table_.At(number);
    table_.ReplaceCatalogue("demo", replaced);
    EXPECT_EQ(old.names, "") << "what a guard found stays as it was";
    EXPECT_EQ(epochs_.retired(), 2U);
  }
  EXPECT_EQ(table_.At(number).names, "page page:write page:admin");
  EXPECT_EQ(table_.At(number).catalogue, replaced);
  EXPECT_EQ(table_.At(before).catalogue, replaced);
  EXPECT_EQ(table_.Intern(replaced, kPassword, std::vector<std::string>{"page:admin"}), number);
  epochs_.Reclaim();
  EXPECT_EQ(epochs_.retired(), 0U);
}

TEST_F(GrantTableTest, LeavesOtherAppsAlone) {
  const Catalogues built_in = LoadBuiltInCatalogues().value();
  const std::shared_ptr<const Catalogue> bitbucket{std::shared_ptr<const void>{},
                                                   built_in.Find(kBitbucketApp)};
  const std::uint32_t number =
      table_.Intern(bitbucket, kToken, std::vector<std::string>{"read:repository:bitbucket"});
  table_.ReplaceCatalogue("demo", Demo({}));
  EXPECT_EQ(table_.At(number).catalogue, bitbucket);
}

TEST_F(GrantTableTest, TheNewestCatalogueThatIsNamedHolds) {
  const std::uint32_t number = Intern(kToken, {"read:page:demo"});
  const auto newer = Demo({});
  EXPECT_EQ(table_.Intern(newer, kToken, std::vector<std::string>{"read:page:demo"}), number);
  EXPECT_EQ(table_.At(number).catalogue, newer);
}

}  // namespace
}  // namespace latchkey
