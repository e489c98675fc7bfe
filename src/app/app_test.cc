#include "app/app.h"

#include <gmock/gmock.h>

#include "testing/matchers.h"

namespace latchkey {
namespace {

using testing::HasSubstr;
using enum Error::Code;
using Kind = OperationMatch::Kind;

CatalogueData Wiki() {
  return {.app = "wiki",
          .title = "Wiki",
          .scopes = {{.name = "read:page", .title = "t", .description = "d", .group = "g"},
                     {.name = "write:page", .title = "t", .description = "d", .group = "g"}},
          .permissions = {{.name = "page",
                           .title = "t",
                           .description = "d",
                           .group = "g",
                           .implies = {},
                           .scopes = {}}}};
}

AppDefinition Definition() {
  return {.name = "wiki",
          .title = "Wiki",
          .catalogue = Wiki(),
          .operations = {{.method = "GET",
                          .path = "/pages/{id}",
                          .scopes = {{"read:page"}},
                          .permissions = {{"page"}},
                          .open_to_anybody = false},
                         {.method = "GET",
                          .path = "/health",
                          .scopes = {},
                          .permissions = {},
                          .open_to_anybody = true}},
          .policy = {.base_path = "/v1", .any_credential_where_unmatched = false, .paths = {}},
          .templates = {},
          .built_in = false};
}

Result<App> Compile(const AppDefinition& definition) {
  Result<Catalogue> catalogue = Catalogue::Build(Wiki(), {});
  if (!catalogue) return std::unexpected(catalogue.error());
  return CompileApp(definition, std::make_shared<const Catalogue>(*std::move(catalogue)));
}

TEST(AppTest, FindsTheOperationBelowItsBasePath) {
  const Result<App> app = Compile(Definition());
  ASSERT_THAT(app, IsOk());
  const OperationMatch found = MatchOperation(*app, "GET", "/v1/pages/7?full=1#");
  EXPECT_EQ(found.kind, Kind::kOperation);
  ASSERT_NE(found.operation, nullptr);
  EXPECT_EQ(found.operation->path, "/pages/{id}");
  EXPECT_EQ(found.requirement, &found.operation->requirement);
  EXPECT_FALSE(found.open_to_anybody);
  EXPECT_TRUE(MatchOperation(*app, "GET", "/v1/health").open_to_anybody);
}

struct RefusedCase {
  const char* name;
  const char* method;
  const char* target;
  Kind kind;
};

class AppRefuses : public testing::TestWithParam<RefusedCase> {};

TEST_P(AppRefuses, WhateverNoOperationAsksFor) {
  AppDefinition definition = Definition();
  Result<App> app = Compile(definition);
  ASSERT_THAT(app, IsOk());
  const OperationMatch match = MatchOperation(*app, GetParam().method, GetParam().target);
  EXPECT_EQ(match.kind, GetParam().kind);
  EXPECT_EQ(match.operation, nullptr);
  EXPECT_EQ(match.requirement, nullptr);
  EXPECT_FALSE(match.open_to_anybody);
  EXPECT_EQ(match.fault.has_value(), match.kind == Kind::kPathFault);

  definition.policy.any_credential_where_unmatched = true;
  app = Compile(definition);
  ASSERT_THAT(app, IsOk());
  const OperationMatch lenient = MatchOperation(*app, GetParam().method, GetParam().target);
  const bool unmatched = match.kind == Kind::kNoOperation;
  EXPECT_EQ(lenient.kind, match.kind);
  EXPECT_EQ(lenient.requirement, unmatched ? &app->any_credential : nullptr);
}

INSTANTIATE_TEST_SUITE_P(
    All, AppRefuses,
    testing::Values(RefusedCase{"OtherPath", "GET", "/v1/page/7", Kind::kNoOperation},
                    RefusedCase{"DeeperPath", "GET", "/v1/pages/7/8", Kind::kNoOperation},
                    RefusedCase{"BasePathAlone", "GET", "/v1", Kind::kNoOperation},
                    RefusedCase{"OtherMethod", "DELETE", "/v1/pages/7", Kind::kOtherMethod},
                    RefusedCase{"LowerCaseMethod", "get", "/v1/pages/7", Kind::kOtherMethod},
                    RefusedCase{"NoBasePath", "GET", "/pages/7", Kind::kOutsideBasePath},
                    RefusedCase{"LongerBasePath", "GET", "/v10/pages/7", Kind::kOutsideBasePath},
                    RefusedCase{"Empty", "GET", "", Kind::kPathFault},
                    RefusedCase{"QueryAlone", "GET", "?x", Kind::kPathFault},
                    RefusedCase{"NoPath", "GET", "http://wiki/v1/pages/7", Kind::kPathFault},
                    RefusedCase{"DotSegment", "GET", "/v1/pages/../health", Kind::kPathFault},
                    RefusedCase{"EncodedDots", "GET", "/v1/pages/%2e%2e/health", Kind::kPathFault},
                    RefusedCase{"EncodedSlash", "GET", "/v1/pages%2f7", Kind::kPathFault},
                    RefusedCase{"EmptySegment", "GET", "/v1//pages/7", Kind::kPathFault},
                    RefusedCase{"Semicolon", "GET", "/v1/pages/7;x", Kind::kPathFault}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(AppTest, ANamedOptInLetsAPathThrough) {
  AppDefinition definition = Definition();
  definition.policy.paths.semicolon = true;
  const Result<App> app = Compile(definition);
  ASSERT_THAT(app, IsOk());
  EXPECT_EQ(MatchOperation(*app, "GET", "/v1/pages/7;x").kind, Kind::kOperation);
}

TEST(AppTest, WithoutBasePathEverythingIsBelow) {
  AppDefinition definition = Definition();
  definition.policy.base_path = "";
  const Result<App> app = Compile(definition);
  ASSERT_THAT(app, IsOk());
  EXPECT_EQ(MatchOperation(*app, "GET", "/pages/7").kind, Kind::kOperation);
  EXPECT_EQ(MatchOperation(*app, "GET", "/").kind, Kind::kNoOperation);
}

TEST(AppTest, RefusesABasePathThatServersReadDifferently) {
  for (const std::string path :
       {"v1", "/v1/", "/", "/v%31", "/v 1", "/../v1", "//v1", "/v1;x", "/v1?x", "/v\xC3\xA9"}) {
    AppDefinition definition = Definition();
    definition.policy.base_path = path;
    EXPECT_THAT(Compile(definition), FailsWith(kInvalidArgument, HasSubstr("base path"))) << path;
  }
}

TEST(AppTest, NamesTheAppWhoseOperationDoesNotCompile) {
  AppDefinition definition = Definition();
  definition.operations.front().scopes = {{"read:pages"}};
  EXPECT_THAT(Compile(definition), FailsWith(kInvalidArgument, HasSubstr("app \"wiki\"")));
}

TEST(AppTest, HasALimitOfOperations) {
  AppDefinition definition = Definition();
  definition.operations.resize(kAppOperationsMax + 1, definition.operations.front());
  EXPECT_THAT(Compile(definition), FailsWith(kLimitExceeded));
}

TEST(AppTest, NamesEveryPathRuleOnce) {
  PathRules rules;
  for (const PathRuleFlag& flag : kPathRuleFlags) {
    EXPECT_EQ(FindPathRule(flag.name), flag.member);
    EXPECT_FALSE(rules.*flag.member) << flag.name;
    rules.*flag.member = true;
  }
  // One byte each: a rule that is not in the list would be left out of what is sealed.
  EXPECT_EQ(sizeof(PathRules), kPathRuleFlags.size());
}

TEST(CheckBasePathTest, TellsWhatMayStandBeforeTemplates) {
  for (const char* good : {"", "/2.0", "/a/b-c_d~e"})
    EXPECT_THAT(CheckBasePath(good), IsOk()) << good;
  for (const char* bad : {"a", "/", "/a/", "/a//b", "/a/../b", "/a b", "/a{b}"}) {
    EXPECT_THAT(CheckBasePath(bad), FailsWith(Error::Code::kInvalidArgument)) << bad;
  }
}

}  // namespace
}  // namespace latchkey
