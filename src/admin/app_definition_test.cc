#include "admin/app_definition.h"

#include <gmock/gmock.h>

#include "catalogue/loader.h"
#include "testing/matchers.h"

namespace latchkey::admin {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;
using enum Error::Code;

constexpr const char* kCatalogue = R"(app = "wiki"
title = "Wiki"
[openapi]
permissions = "x-permissions"
[gate]
base_path = "/wiki"
unmatched = "any-credential"
paths = ["semicolon"]
[[scope]]
name = "read:page"
title = "Read pages"
description = "Reads pages."
group = "Pages"
[[permission]]
name = "page"
title = "Read pages"
description = "Reads pages."
group = "Pages"
)";

constexpr const char* kDocument = R"(openapi: 3.0.3
info: {title: The Wiki, version: "1"}
servers: [{url: "https://wiki.example.org/api/v2/"}]
components:
  securitySchemes:
    oauth: {type: oauth2, flows: {implicit: {authorizationUrl: "https://x", scopes: {"read:page": Reads pages}}}}
paths:
  /pages/{id}:
    get:
      security: [{oauth: ["read:page"]}]
      x-permissions: [page]
      responses: {}
)";

class AppDefinitionTest : public testing::Test {
 protected:
  Result<AppDefinition> Read(AppTexts texts) const {
    texts.catalogue_file = "wiki.toml";
    texts.openapi_file = "wiki.yaml";
    return ReadAppDefinition(texts, catalogues_);
  }

  Catalogues catalogues_ = LoadBuiltInCatalogues().value();
};

AppTexts Texts(std::optional<std::string> catalogue, std::optional<std::string> openapi) {
  return {.name = "wiki",
          .catalogue = std::move(catalogue),
          .catalogue_file = {},
          .openapi = std::move(openapi),
          .openapi_file = {},
          .base_path = {}};
}

TEST_F(AppDefinitionTest, TakesCatalogueAndDocumentTogether) {
  const Result<AppDefinition> app = Read(Texts(kCatalogue, kDocument));
  ASSERT_THAT(app, IsOk());
  EXPECT_EQ(app->name, "wiki");
  EXPECT_EQ(app->title, "Wiki");
  EXPECT_FALSE(app->built_in);
  EXPECT_EQ(app->policy.base_path, "/wiki") << "what the file says goes before the document";
  EXPECT_TRUE(app->policy.any_credential_where_unmatched);
  EXPECT_TRUE(app->policy.paths.semicolon);
  ASSERT_EQ(app->operations.size(), 1U);
  EXPECT_EQ(app->operations[0].scopes, (NameAlternatives{{"read:page"}}));
  EXPECT_EQ(app->operations[0].permissions, (NameAlternatives{{"page"}}));
}

TEST_F(AppDefinitionTest, ADocumentAloneMakesTheCatalogue) {
  const Result<AppDefinition> app = Read(Texts(std::nullopt, kDocument));
  ASSERT_THAT(app, IsOk());
  EXPECT_EQ(app->title, "The Wiki");
  EXPECT_EQ(app->catalogue.app, "wiki");
  ASSERT_EQ(app->catalogue.scopes.size(), 1U);
  EXPECT_EQ(app->catalogue.scopes[0].name, "read:page");
  EXPECT_EQ(app->policy.base_path, "/api/v2");
}

TEST_F(AppDefinitionTest, TheAdministratorsBasePathGoesBeforeAll) {
  AppTexts texts = Texts(kCatalogue, kDocument);
  texts.base_path = "/v3/";
  EXPECT_EQ(Read(texts)->policy.base_path, "/v3");
  texts.base_path = "";
  EXPECT_EQ(Read(texts)->policy.base_path, "");
}

TEST_F(AppDefinitionTest, ACatalogueAloneHasNoOperations) {
  const Result<AppDefinition> app = Read(Texts(kCatalogue, std::nullopt));
  ASSERT_THAT(app, IsOk());
  EXPECT_TRUE(app->operations.empty());
}

TEST_F(AppDefinitionTest, SaysWhereATextIsWrong) {
  EXPECT_THAT(Read(Texts("app = 1", std::nullopt)),
              FailsWith(kMalformed, StartsWith("wiki.toml:1:")));
  EXPECT_THAT(Read(Texts(kCatalogue, "openapi: 3.0.3\npaths: ]")),
              FailsWith(kMalformed, StartsWith("wiki.yaml:2:")));
  std::string document = kDocument;
  document.replace(document.find("[\"read:page\"]"), 13, "[\"read:pagg\"]");
  EXPECT_THAT(Read(Texts(kCatalogue, document)),
              FailsWith(kMalformed, AllOf(StartsWith("wiki.yaml:10:"), HasSubstr("read:pagg"),
                                          HasSubstr("/paths/~1pages~1{id}/get/security"))));
}

TEST_F(AppDefinitionTest, SaysWhereABasePathIsWrongThatTheDocumentStates) {
  std::string document = kDocument;
  document.replace(document.find("/api/v2/"), 8, "/a(b)/v2");
  AppTexts texts = Texts(std::nullopt, document);
  EXPECT_THAT(Read(texts),
              FailsWith(kInvalidArgument, AllOf(StartsWith("wiki.yaml:3:17: /servers/0/url: "),
                                                HasSubstr("the base path must begin"))));
  texts.base_path = "/v2";
  EXPECT_THAT(Read(texts), IsOk()) << "the document's is not used";
}

TEST_F(AppDefinitionTest, NamesTheDocumentWhoseOperationsCannotBeTold) {
  const std::string document = std::string{kDocument} + "  /pages/{id}/: {get: {}}\n";
  EXPECT_THAT(Read(Texts(kCatalogue, document)),
              FailsWith(kInvalidArgument, AllOf(StartsWith("wiki.yaml: GET /pages/{id}/: "),
                                                HasSubstr("no request can tell it from"))));
}

TEST_F(AppDefinitionTest, NotesOperationsThatStateNothing) {
  const std::string document = std::string{kDocument} + "    put: {responses: {}}\n";
  AppTexts texts = Texts(kCatalogue, document);
  texts.openapi_file = "wiki.yaml";
  DocumentNotes notes;
  ASSERT_THAT(ReadAppDefinition(texts, catalogues_, &notes), IsOk());
  EXPECT_EQ(notes.unstated, 1U);
  EXPECT_EQ(notes.unstated_examples, std::vector<std::string>{"PUT /pages/{id}"});
}

TEST_F(AppDefinitionTest, RefusesWhatDoesNotFitTheApp) {
  EXPECT_THAT(Read(Texts(std::nullopt, std::nullopt)), FailsWith(kInvalidArgument));
  AppTexts texts = Texts(kCatalogue, std::nullopt);
  texts.name = "other";
  EXPECT_THAT(Read(texts), FailsWith(kInvalidArgument, HasSubstr("of the app \"wiki\"")));
  texts.name = "bitbucket";
  EXPECT_THAT(Read(texts), FailsWith(kInvalidArgument, HasSubstr("built-in")));
}

TEST_F(AppDefinitionTest, ABuiltInAppTakesADocumentByItsOwnMapping) {
  AppTexts texts = Texts(std::nullopt, R"({"swagger": "2.0", "basePath": "/2.0",
    "securityDefinitions": {"oauth2": {"type": "oauth2", "flow": "implicit",
      "authorizationUrl": "https://x", "scopes": {"account": "x"}}},
    "paths": {"/user": {"get": {"security": [{"oauth2": ["account"]}],
      "x-atlassian-oauth2-scopes":
        [{"state": "Current", "scheme": "oauth2", "scopes": ["read:user:bitbucket"]}],
      "responses": {}}}}})");
  texts.name = "bitbucket";
  const Result<AppDefinition> app = Read(texts);
  ASSERT_THAT(app, IsOk());
  EXPECT_TRUE(app->built_in);
  EXPECT_TRUE(app->catalogue.scopes.empty());
  EXPECT_EQ(app->policy.base_path, "/2.0");
  ASSERT_EQ(app->operations.size(), 1U);
  EXPECT_EQ(app->operations[0].scopes, (NameAlternatives{{"read:user:bitbucket"}}));
  EXPECT_EQ(app->operations[0].permissions, (NameAlternatives{{"account"}}));
}

}  // namespace
}  // namespace latchkey::admin
