#include "catalogue/loader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "catalogue/embedded.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using enum Error::Code;

class BuiltInCatalogueTest : public ::testing::Test {
 protected:
  void SetUp() override {
    Result<Catalogues> loaded = LoadBuiltInCatalogues();
    ASSERT_THAT(loaded, IsOk());
    catalogues_ = std::move(*loaded);
    ASSERT_NE(catalogues_.Find(kBitbucketApp), nullptr);
    ASSERT_NE(catalogues_.Find(kLatchkeyApp), nullptr);
  }

  const Catalogue& bitbucket() const { return *catalogues_.Find(kBitbucketApp); }
  const Catalogue& latchkey() const { return *catalogues_.Find(kLatchkeyApp); }

  Catalogues catalogues_;
};

std::set<std::string> ScopeNamesOf(const Catalogue& catalogue) {
  std::set<std::string> names;
  for (const Scope& scope : catalogue.scopes()) names.insert(scope.name);
  return names;
}

std::string ScopeName(const std::string& action, const std::string& resource) {
  std::string name = action;
  name.append(":").append(resource).append(":bitbucket");
  return name;
}

TEST_F(BuiltInCatalogueTest, HoldsTwoApps) {
  EXPECT_THAT(catalogues_.apps(), ElementsAre("bitbucket", "latchkey"));
}

TEST_F(BuiltInCatalogueTest, LatchkeyHasFourScopesAndNoPermissions) {
  EXPECT_EQ(ScopeNamesOf(latchkey()),
            (std::set<std::string>{"introspect:credential:latchkey", "read:credential:latchkey",
                                   "rotate:self:latchkey", "write:credential:latchkey"}));
  EXPECT_TRUE(latchkey().permissions().empty());
}

TEST_F(BuiltInCatalogueTest, BitbucketHasTheDocumentedScopesAndThoseOfThePicker) {
  const std::map<std::string, std::vector<std::string>> documented{
      {"repository", {"read", "write", "admin", "delete"}},
      {"pullrequest", {"read", "write"}},
      {"project", {"read", "admin"}},
      {"workspace", {"read", "admin"}},
      {"user", {"read", "write"}},
      {"pipeline", {"read", "write", "admin"}},
      {"runner", {"read", "write"}},
      {"issue", {"read", "write", "delete"}},
      {"webhook", {"read", "write", "delete"}},
      {"snippet", {"read", "write", "delete"}},
      {"ssh-key", {"read", "write", "delete"}},
      {"gpg-key", {"read", "write", "delete"}},
      {"permission", {"read", "write", "delete"}},
  };
  std::set<std::string> want;
  for (const auto& [resource, actions] : documented) {
    for (const std::string& action : actions) want.insert(ScopeName(action, resource));
  }
  ASSERT_EQ(want.size(), 35U);

  want.insert({"read:account", "read:me", "read:wiki:bitbucket", "write:wiki:bitbucket",
               "delete:wiki:bitbucket", "read:package:bitbucket", "write:package:bitbucket",
               "read:test:bitbucket", "write:test:bitbucket"});
  want.insert({"introspect:credential:latchkey", "read:credential:latchkey", "rotate:self:latchkey",
               "write:credential:latchkey"});
  EXPECT_EQ(ScopeNamesOf(bitbucket()), want);
}

TEST_F(BuiltInCatalogueTest, NoScopeImpliesAnother) {
  for (const Scope& scope : bitbucket().scopes()) {
    const Result<GrantSet> set = bitbucket().ScopeSet({scope.name});
    ASSERT_THAT(set, IsOk());
    EXPECT_THAT(bitbucket().ScopeNames(*set), ElementsAre(scope.name));
  }
}

TEST_F(BuiltInCatalogueTest, TitlesAreShortAndDescriptionsAreOneSentence) {
  const auto is_sentence = [](const std::string& text) {
    return text.ends_with('.') && std::ranges::count(text, '.') == 1;
  };
  std::set<std::string> titles;
  for (const Scope& scope : bitbucket().scopes()) {
    EXPECT_TRUE(is_sentence(scope.description)) << scope.name;
    EXPECT_TRUE(titles.insert(scope.title).second) << scope.title << " stands twice";
    EXPECT_LE(scope.title.size(), 40U) << scope.name;
  }
  titles.clear();
  for (const Permission& permission : bitbucket().permissions()) {
    EXPECT_TRUE(is_sentence(permission.description)) << permission.name;
    EXPECT_TRUE(titles.insert(permission.title).second) << permission.title << " stands twice";
  }
}

/// Everything that each permission gives, beside itself, written out to the end. Every pair that is
/// not here must not be implied.
const std::map<std::string, std::set<std::string>>& Implied() {
  static const std::map<std::string, std::set<std::string>> implied{
      {"email", {}},
      {"account", {}},
      {"account:write", {"account"}},
      {"team", {}},
      {"team:write", {"team"}},
      {"project", {"repository"}},
      {"project:admin", {}},
      {"repository", {}},
      {"repository:write", {"repository"}},
      {"repository:admin", {}},
      {"repository:delete", {}},
      {"pullrequest", {"repository"}},
      {"pullrequest:write", {"pullrequest", "repository:write", "repository"}},
      {"issue", {}},
      {"issue:write", {"issue"}},
      {"wiki", {}},
      {"snippet", {}},
      {"snippet:write", {"snippet"}},
      {"webhook", {}},
      {"pipeline", {}},
      {"pipeline:write", {"pipeline"}},
      {"pipeline:variable", {}},
      {"runner", {}},
      {"runner:write", {"runner"}},
  };
  return implied;
}

TEST_F(BuiltInCatalogueTest, BitbucketHasExactlyTheClassicPermissions) {
  std::set<std::string> names;
  for (const Permission& permission : bitbucket().permissions()) names.insert(permission.name);
  std::set<std::string> want;
  for (const auto& [name, implied] : Implied()) want.insert(name);
  EXPECT_EQ(names, want);
  EXPECT_EQ(names.size(), 24U);
}

TEST_F(BuiltInCatalogueTest, EveryPairOfPermissionsIsImpliedOrNotAsTheTableSays) {
  for (const auto& [holder, implied] : Implied()) {
    const Result<GrantSet> held = bitbucket().PermissionSet({holder});
    ASSERT_THAT(held, IsOk()) << holder;
    for (const auto& [needed, unused] : Implied()) {
      const Result<GrantSet> need = bitbucket().PermissionSet({needed});
      ASSERT_THAT(need, IsOk()) << needed;
      const bool want = holder == needed || implied.contains(needed);
      EXPECT_EQ(held->Covers(*need), want) << holder << " covers " << needed;
    }
  }
}

TEST_F(BuiltInCatalogueTest, RepositoryAdminGivesNothingElse) {
  const Result<GrantSet> set = bitbucket().PermissionSet({"repository:admin"});
  ASSERT_THAT(set, IsOk());
  EXPECT_THAT(bitbucket().PermissionNames(*set), ElementsAre("repository:admin"));
}

TEST_F(BuiltInCatalogueTest, PullRequestWriteReachesThroughToReadingRepositories) {
  const Result<GrantSet> set = bitbucket().PermissionSet({"pullrequest:write"});
  ASSERT_THAT(set, IsOk());
  EXPECT_THAT(bitbucket().PermissionNames(*set),
              ElementsAre("repository", "repository:write", "pullrequest", "pullrequest:write"));
}

/// What an API token must hold to make an app password with just this permission.
std::vector<std::string> NeededToHandOn(const Catalogue& catalogue, const std::string& permission) {
  const std::optional<GrantSet> scopes =
      catalogue.ScopesToHandOn(*catalogue.PermissionSet({permission}));
  EXPECT_TRUE(scopes.has_value()) << permission;
  return catalogue.ScopeNames(scopes.value_or(GrantSet{}));
}

TEST_F(BuiltInCatalogueTest, EveryPermissionCanBeHandedOnByATokenThatMayAsMuch) {
  for (const Permission& permission : bitbucket().permissions()) {
    EXPECT_FALSE(NeededToHandOn(bitbucket(), permission.name).empty()) << permission.name;
  }
  EXPECT_THAT(NeededToHandOn(bitbucket(), "repository"), ElementsAre("read:repository:bitbucket"));
  EXPECT_THAT(NeededToHandOn(bitbucket(), "repository:write"),
              ElementsAre("read:repository:bitbucket", "write:repository:bitbucket"));
  EXPECT_THAT(NeededToHandOn(bitbucket(), "pullrequest:write"),
              ElementsAre("read:repository:bitbucket", "write:repository:bitbucket",
                          "read:pullrequest:bitbucket", "write:pullrequest:bitbucket"));
  EXPECT_THAT(NeededToHandOn(bitbucket(), "wiki"),
              ElementsAre("read:wiki:bitbucket", "write:wiki:bitbucket", "delete:wiki:bitbucket"));
}

TEST_F(BuiltInCatalogueTest, AWritingPermissionIsNeverHandedOnForReadingScopes) {
  for (const Permission& permission : bitbucket().permissions()) {
    if (!permission.name.contains(':') && permission.name != "wiki" &&
        permission.name != "webhook") {
      continue;
    }
    const std::vector<std::string> needed = NeededToHandOn(bitbucket(), permission.name);
    EXPECT_FALSE(std::ranges::all_of(needed, [](const std::string& name) {
      return name.starts_with("read:");
    })) << permission.name;
  }
}

TEST_F(BuiltInCatalogueTest, AMisspeltScopeIsRefusedWithTheOneThatWasMeant) {
  EXPECT_THAT(bitbucket().ScopeSet({"read:repositry:bitbucket"}),
              FailsWith(kInvalidArgument, AllOf(HasSubstr("read:repositry:bitbucket"),
                                                HasSubstr("read:repository:bitbucket"))));
}

constexpr std::string_view kSmall = R"(app = "wiki"
title = "Team wiki"

[[scope]]
name = "read:page:wiki"
title = "Read pages"
description = "Read every page."
group = "Pages"

[[permission]]
name = "page"
title = "Read pages"
description = "Read every page."
group = "Pages"

[[permission]]
name = "page:write"
title = "Write pages"
description = "Read and change every page."
group = "Pages"
implies = ["page"]
scopes = ["read:page:wiki"]
)";

std::string Replaced(std::string_view from, std::string_view to) {
  std::string text{kSmall};
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

TEST(ParseCatalogueTest, ReadsEveryField) {
  const Result<CatalogueFile> file = ParseCatalogue(kSmall, "wiki.toml");
  ASSERT_THAT(file, IsOk());
  const CatalogueData* data = &file->data;
  EXPECT_EQ(data->app, "wiki");
  EXPECT_EQ(data->title, "Team wiki");
  ASSERT_EQ(data->scopes.size(), 1U);
  EXPECT_EQ(data->scopes[0].name, "read:page:wiki");
  EXPECT_EQ(data->scopes[0].title, "Read pages");
  EXPECT_EQ(data->scopes[0].description, "Read every page.");
  EXPECT_EQ(data->scopes[0].group, "Pages");
  ASSERT_EQ(data->permissions.size(), 2U);
  EXPECT_EQ(data->permissions[0].name, "page");
  EXPECT_TRUE(data->permissions[0].implies.empty());
  EXPECT_EQ(data->permissions[1].title, "Write pages");
  EXPECT_EQ(data->permissions[1].description, "Read and change every page.");
  EXPECT_EQ(data->permissions[1].group, "Pages");
  EXPECT_TRUE(data->permissions[0].scopes.empty());
  EXPECT_THAT(data->permissions[1].implies, ElementsAre("page"));
  EXPECT_THAT(data->permissions[1].scopes, ElementsAre("read:page:wiki"));
}

TEST(ParseCatalogueTest, AnAppMayHaveNeitherScopesNorPermissions) {
  const Result<CatalogueFile> file = ParseCatalogue("app = \"a\"\ntitle = \"A\"", "a.toml");
  ASSERT_THAT(file, IsOk());
  EXPECT_TRUE(file->data.scopes.empty());
  EXPECT_TRUE(file->data.permissions.empty());
  EXPECT_EQ(file->mapping, MappingSettings{});
  EXPECT_EQ(file->mapping.scopes_from, "security");
  EXPECT_EQ(file->gate, GateTable{});
}

TEST(ParseCatalogueTest, ReadsTheTablesOfDocumentAndGate) {
  const Result<CatalogueFile> file = ParseCatalogue(R"(app = "a"
title = "A"
[openapi]
scopes = "x-scopes"
permissions = "security"
auth_types = "x-auth-types"
schemes = ["oauth2", "token"]
greedy_parameters = ["path"]
[gate]
base_path = "/api/v1"
unmatched = "any-credential"
paths = ["encoded_slash", "semicolon"]
)",
                                                    "a.toml");
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->mapping, (MappingSettings{.scopes_from = "x-scopes",
                                            .permissions_from = "security",
                                            .auth_types_from = "x-auth-types",
                                            .schemes = {"oauth2", "token"},
                                            .greedy = {"path"}}));
  EXPECT_EQ(file->gate, (GateTable{.base_path = "/api/v1",
                                   .any_credential_where_unmatched = true,
                                   .paths = {.encoded_slash = true, .semicolon = true}}));
}

TEST(ParseCatalogueTest, AnEmptySourceStatesNothing) {
  const Result<CatalogueFile> file =
      ParseCatalogue("app = \"a\"\ntitle = \"A\"\n[openapi]\nscopes = \"\"\n", "a.toml");
  ASSERT_THAT(file, IsOk());
  EXPECT_EQ(file->mapping.scopes_from, "");
}

TEST(ParseCatalogueTest, RefusesAFileAboveTheLimitUnread) {
  std::string text{kSmall};
  text.resize(kCatalogueFileSizeMax, '\n');
  EXPECT_THAT(ParseCatalogue(text, "wiki.toml"), IsOk());
  text += '\n';
  EXPECT_THAT(ParseCatalogue(text, "wiki.toml"), FailsWith(kLimitExceeded));
}

struct RejectCase {
  const char* name;
  std::string toml;
  std::string place;  ///< `line:column` at the start of the message.
  std::string reason;
};

class ParseCatalogueRejects : public ::testing::TestWithParam<RejectCase> {};

TEST_P(ParseCatalogueRejects, NamingThePlace) {
  EXPECT_THAT(ParseCatalogue(GetParam().toml, "wiki.toml"),
              FailsWith(kMalformed, AllOf(StartsWith("wiki.toml:" + GetParam().place + ": "),
                                          HasSubstr(GetParam().reason))));
}

INSTANTIATE_TEST_SUITE_P(
    All, ParseCatalogueRejects,
    ::testing::Values(
        RejectCase{"Empty", "", "1:1", "app is missing"},
        RejectCase{"NoTitle", "app = \"a\"\n", "1:1", "title is missing"},
        RejectCase{"NotToml", "app = \"a\"\ntitle: A\n", "2:6", ""},
        RejectCase{"OpenString", "app = \"a\n", "1:9", ""},
        RejectCase{"UnknownKeyInFile", Replaced("title = \"Team", "titel = \"Team"), "2:1",
                   "unknown key \"titel\""},
        RejectCase{"UnknownKeyInScope", Replaced("group", "grup"), "8:1", "unknown key \"grup\""},
        RejectCase{"ScopesImplyNothing",
                   Replaced("group = \"Pages\"\n", "group = \"P\"\nimplies = []\n"), "9:1",
                   "unknown key \"implies\""},
        RejectCase{"UnknownTable", std::string{kSmall} + "[extra]\n", "23:2",
                   "unknown key \"extra\""},
        RejectCase{"SameKeyTwice", "app = \"a\"\napp = \"b\"\ntitle = \"A\"\n", "2:7", ""},
        RejectCase{"MissingInScope", Replaced("group = \"Pages\"\n", ""), "4:1",
                   "group is missing"},
        RejectCase{"AppIsNumber", "app = 1\ntitle = \"A\"", "1:7", "app is not a string"},
        RejectCase{"ScopeIsTable", "app = \"a\"\ntitle = \"A\"\n[scope]\n", "3:1",
                   "scope is not an array"},
        RejectCase{"ScopeIsString", "app = \"a\"\ntitle = \"A\"\nscope = [\"x\"]\n", "3:10",
                   "scope is not a table"},
        RejectCase{"ImpliesIsString", Replaced("[\"page\"]", "\"page\""), "21:11",
                   "implies is not an array"},
        RejectCase{"ImpliesHoldsNumber", Replaced("[\"page\"]", "[1]"), "21:12",
                   "a name in implies is not a string"},
        RejectCase{"ScopesHoldEmptyName", Replaced("[\"read:page:wiki\"]", "[\"\"]"), "22:11",
                   "a name in scopes is empty"},
        RejectCase{"OpenapiIsText", "app = \"a\"\ntitle = \"A\"\nopenapi = \"x\"\n", "3:11",
                   "openapi is not a table"},
        RejectCase{"UnknownKeyInOpenapi", "app = \"a\"\ntitle = \"A\"\n[openapi]\nscope = \"x\"\n",
                   "4:1", "unknown key \"scope\""},
        RejectCase{"SchemesIsText", "app = \"a\"\ntitle = \"A\"\n[openapi]\nschemes = \"x\"\n",
                   "4:11", "schemes is not an array"},
        RejectCase{"UnknownKeyInGate", "app = \"a\"\ntitle = \"A\"\n[gate]\nunmatchd = \"x\"\n",
                   "4:1", "unknown key \"unmatchd\""},
        RejectCase{"UnknownWordForUnmatched",
                   "app = \"a\"\ntitle = \"A\"\n[gate]\nunmatched = \"allow\"\n", "4:13",
                   "neither \"refuse\" nor"},
        RejectCase{"UnknownPathRule", "app = \"a\"\ntitle = \"A\"\n[gate]\npaths = [\"dots\"]\n",
                   "4:9", "unknown rule \"dots\""},
        RejectCase{"BasePathWithSlash",
                   "app = \"a\"\ntitle = \"A\"\n[gate]\nbase_path = \"/2.0/\"\n", "4:13",
                   "base_path is not a path"},
        RejectCase{"BasePathWithDots",
                   "app = \"a\"\ntitle = \"A\"\n[gate]\nbase_path = \"/a/..\"\n", "4:13",
                   "base_path is not a path"},
        RejectCase{"EmptyTitle", Replaced("Team wiki", ""), "2:9", "title is empty"},
        RejectCase{"LineBreakInTitle", Replaced("Team wiki", "Team\\nwiki"), "2:9", "control"},
        RejectCase{"TitleTooLong", Replaced("Team wiki", std::string(81, 't')), "2:9", "81 bytes"},
        RejectCase{"NotUtf8", Replaced("Team wiki", "\xC0\xAF"), "2:9", ""}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(ParseCatalogueTest, HostileKeyIsEscapedInTheError) {
  EXPECT_THAT(ParseCatalogue("\"\\u001b[2J\" = 1", "x.toml"),
              FailsWith(kMalformed, HasSubstr("unknown key \"\\x1b[2J\"")));
}

}  // namespace
}  // namespace latchkey
