#include "openapi/api_document.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "catalogue/loader.h"
#include "operation/operation_table.h"
#include "testing/matchers.h"

namespace latchkey {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::StartsWith;
using enum Error::Code;

std::string Contents(const std::filesystem::path& path) {
  std::ifstream file{path, std::ios::binary};
  EXPECT_TRUE(file.is_open()) << path;
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::string Sample(const std::string& name) {
  return Contents(std::filesystem::path{LATCHKEY_TESTDATA_DIR} / "openapi" / name);
}

std::string Shown(const NameAlternatives& alternatives) {
  std::string text;
  for (const std::vector<std::string>& names : alternatives) {
    text += text.empty() ? "{" : " {";
    for (std::size_t i = 0; i < names.size(); ++i) text += (i == 0 ? "" : " ") + names[i];
    text += "}";
  }
  return text.empty() ? "closed" : text;
}

/// `GET /a: {read} | closed`, with ` open` behind if it is to anybody.
std::string Shown(const OperationRule& rule) {
  return rule.method + " " + rule.path + ": " + Shown(rule.scopes) + " | " +
         Shown(rule.permissions) + (rule.open_to_anybody ? " open" : "");
}

std::vector<std::string> Shown(const ApiDocument& document) {
  std::vector<std::string> lines;
  for (const OperationRule& rule : document.operations) lines.push_back(Shown(rule));
  return lines;
}

std::vector<std::string> ScopeNames(const ApiDocument& document) {
  std::vector<std::string> names;
  for (const Scope& scope : document.scopes) names.push_back(scope.name);
  return names;
}

TEST(ReadApiDocumentTest, ReadsOpenApi3) {
  const Result<ApiDocument> document = ReadApiDocument(Sample("library.json"), "x", {});
  ASSERT_THAT(document, IsOk());
  EXPECT_EQ(document->title, "Library");
  EXPECT_EQ(document->base_path, "/v2");
  EXPECT_THAT(Shown(*document),
              ElementsAre("GET /books: {read:book} | closed",
                          "POST /books: {write:book} {admin:book read:book} | closed",
                          "GET /books/{isbn}: {read:book} | closed",
                          "DELETE /books/{isbn}: {admin:book} | closed",
                          "GET /status: {} | {} open", "HEAD /status: {read:book} | closed open",
                          "GET /keys: {} | {}", "GET /me: {} | {}"));
  EXPECT_THAT(ScopeNames(*document),
              ElementsAre("read:book", "write:book", "audit:book", "admin:book"));
  EXPECT_EQ(document->scopes[0].description, "Read \xc3\xa4ll books.");
  EXPECT_EQ(document->scopes[0].group, "signin");
  EXPECT_EQ(document->scopes[2].description, "audit:book") << "it has none of its own";
  EXPECT_THAT(document->permissions, IsEmpty());
}

TEST(ReadApiDocumentTest, ReadsExtensionFieldsInOpenApi31) {
  const MappingSettings mapping{.scopes_from = "x-scopes",
                                .permissions_from = "security",
                                .auth_types_from = "x-kinds",
                                .schemes = {"shop"},
                                .greedy = {"path"}};
  const Result<ApiDocument> document = ReadApiDocument(Sample("shop.yaml"), "x", mapping);
  ASSERT_THAT(document, IsOk());
  EXPECT_EQ(document->base_path, "/shop/api");
  EXPECT_THAT(Shown(*document),
              ElementsAre("GET /items: {items.read} {all.read items.list} | {browse}",
                          "POST /items: {items.write items.read} | closed",
                          "GET /items/{id}: {items.read} | {browse}",
                          "DELETE /items/{id}: closed | {manage}", "GET /files/{path}: {} | {}",
                          "PUT /files/{path}: closed | {}", "GET /old: closed | {browse}"));
  EXPECT_EQ(document->scopes[0].description, "Look round");
  std::set<std::string> permissions;
  for (const Permission& permission : document->permissions) permissions.insert(permission.name);
  EXPECT_EQ(permissions, (std::set<std::string>{"browse", "manage"}));
}

TEST(ReadApiDocumentTest, ReadsSwagger2) {
  const Result<ApiDocument> document = ReadApiDocument(Sample("legacy.yaml"), "x", {});
  ASSERT_THAT(document, IsOk());
  EXPECT_EQ(document->base_path, "/api");
  EXPECT_THAT(Shown(*document),
              ElementsAre("GET /reports: {reports} | closed", "POST /reports: {} | {}"));
  EXPECT_THAT(ScopeNames(*document), ElementsAre("reports"));
}

TEST(ReadApiDocumentTest, WhatItMakesCompiles) {
  for (const char* name : {"library.json", "shop.yaml", "legacy.yaml"}) {
    const Result<ApiDocument> document =
        ReadApiDocument(Sample(name), name, {.scopes_from = "x-scopes", .schemes = {"shop"}});
    ASSERT_THAT(document, IsOk()) << name;
    const Result<Catalogue> catalogue = Catalogue::Build({.app = "sample",
                                                          .title = document->title,
                                                          .scopes = document->scopes,
                                                          .permissions = document->permissions},
                                                         {});
    ASSERT_THAT(catalogue, IsOk()) << name;
    EXPECT_THAT(OperationTable::Compile(*catalogue, document->operations, {}), IsOk()) << name;
  }
}

/// A document of one operation, in YAML; `more` may hold other top-level keys.
std::string Document(const std::string& operation, const std::string& more = "") {
  return "openapi: 3.0.0\n" + more + "\npaths:\n  /a:\n    get: " + operation + "\n";
}

constexpr const char* kSchemes =
    "components: {securitySchemes: {o: {type: oauth2}, i: {type: openIdConnect}, "
    "k: {type: apiKey}}}";

struct AskCase {
  std::string operation;
  const char* asks;
};

class Asks : public ::testing::TestWithParam<AskCase> {};

TEST_P(Asks, ForWhatSecuritySays) {
  const Result<ApiDocument> document =
      ReadApiDocument(Document(GetParam().operation, kSchemes), "x", {});
  ASSERT_THAT(document, IsOk()) << GetParam().operation;
  EXPECT_THAT(Shown(*document), ElementsAre(std::string{"GET /a: "} + GetParam().asks))
      << GetParam().operation;
}

INSTANTIATE_TEST_SUITE_P(
    All, Asks,
    ::testing::Values(AskCase{"{}", "{} | {}"}, AskCase{"{security: []}", "{} | {} open"},
                      AskCase{"{security: [{}]}", "{} | {} open"},
                      AskCase{"{security: null}", "{} | {}"},
                      AskCase{"{security: [{o: [r]}]}", "{r} | closed"},
                      AskCase{"{security: [{o: []}]}", "{} | {}"},
                      AskCase{"{security: [{o: [r]}, {i: [w]}]}", "{r} {w} | closed"},
                      AskCase{"{security: [{o: [r], i: [w]}]}", "{r w} | closed"},
                      AskCase{"{security: [{o: [r], k: []}]}", "{r} | closed"},
                      AskCase{"{security: [{k: []}, {o: [r]}]}", "{r} | closed"},
                      AskCase{"{security: [{k: []}]}", "{} | {}"},
                      AskCase{"{security: [{o: [r]}, {o: []}]}", "{r} {} | closed"},
                      AskCase{"{security: [{}, {o: [r]}]}", "{r} | closed open"}));

struct SourcesCase {
  std::string operation;
  const char* asks;
};

class AsksOfTwoSources : public ::testing::TestWithParam<SourcesCase> {};

TEST_P(AsksOfTwoSources, OneThatNamesAnythingIsNotOpenedByTheOther) {
  const MappingSettings mapping{.scopes_from = "x-s",
                                .permissions_from = "security",
                                .auth_types_from = "x-t",
                                .schemes = {"o"}};
  const Result<ApiDocument> document =
      ReadApiDocument(Document(GetParam().operation, kSchemes), "x", mapping);
  ASSERT_THAT(document, IsOk()) << GetParam().operation;
  EXPECT_THAT(Shown(*document), ElementsAre(std::string{"GET /a: "} + GetParam().asks))
      << GetParam().operation;
}

INSTANTIATE_TEST_SUITE_P(
    All, AsksOfTwoSources,
    ::testing::Values(SourcesCase{"{x-s: [adm], security: []}", "{adm} | closed"},
                      SourcesCase{"{x-s: [adm], security: [{}]}", "{adm} | closed"},
                      SourcesCase{"{x-s: [adm], security: [{}, {o: [p]}]}", "{adm} | {p}"},
                      SourcesCase{"{x-s: [{scheme: z, scopes: [adm]}], security: []}",
                                  "closed | {}"},
                      SourcesCase{"{x-t: [browser], security: []}", "closed | {}"},
                      SourcesCase{"{x-t: [api-token], security: []}", "{} | {} open"},
                      SourcesCase{"{x-s: [], security: []}", "{} | {} open"},
                      SourcesCase{"{security: []}", "{} | {} open"},
                      SourcesCase{"{security: [{}, {o: [p]}]}", "closed | {p} open"}));

struct BadCase {
  const char* name;
  std::string text;
  const char* place;
  const char* reason;
};

class RefusesApiDocuments : public ::testing::TestWithParam<BadCase> {};

TEST_P(RefusesApiDocuments, NamingThePlace) {
  const MappingSettings mapping{.permissions_from = "x-p", .auth_types_from = "x-t"};
  const Result<ApiDocument> document = ReadApiDocument(GetParam().text, "f.yaml", mapping);
  ASSERT_FALSE(document.has_value());
  EXPECT_THAT(document.error().message, AllOf(StartsWith(std::string{"f.yaml:"} + GetParam().place),
                                              HasSubstr(GetParam().reason)));
}

INSTANTIATE_TEST_SUITE_P(
    All, RefusesApiDocuments,
    ::testing::Values(
        BadCase{"NotAMapping", "[]", "1:1: it is", "not a mapping"},
        BadCase{"NoVersion", "a: 1", "1:1: neither", "swagger"},
        BadCase{"OldVersion", "swagger: '1.2'", "1:10: /swagger: ", "only OpenAPI 3"},
        BadCase{"NewVersion", "openapi: 4.0.0", "1:10: /openapi: ", "only OpenAPI 3"},
        BadCase{"NoPaths", "openapi: 3.0.0", "1:1: it has no", "paths"},
        BadCase{"PathsIsList", "openapi: 3.0.0\npaths: []", "2:8: /paths: ", "not a mapping"},
        BadCase{"BadTemplate", "openapi: 3.0.0\npaths: {'a{b': {}}",
                "2:16: /paths/a{b: ", "begin with a slash"},
        BadCase{"UnclosedBrace", "openapi: 3.0.0\npaths: {'/a{b': {}}",
                "2:17: /paths/~1a{b: ", "without its }"},
        BadCase{"SamePathTwice", "openapi: 3.0.0\npaths:\n  /a/{x}: {get: {}}\n  /a/{y}: {get: {}}",
                "4:17: /paths/~1a~1{y}/get: ", "tell it from GET /a/{x}"},
        BadCase{"OperationIsText", Document("x"), "5:10: /paths/~1a/get: ", "not a mapping"},
        BadCase{"SecurityIsMapping", Document("{security: {}}"), "5:21: /paths/~1a/get/security",
                "not a list"},
        BadCase{"RequirementIsText", Document("{security: [x]}"), "5:22: /paths/~1a/get/security/0",
                "not a mapping"},
        BadCase{"UndeclaredScheme", Document("{security: [{z: []}]}"),
                "5:26: /paths/~1a/get/security/0/z: ", "not declared"},
        BadCase{"ScopeIsNumber", Document("{security: [{o: [1]}]}", kSchemes),
                "5:27: /paths/~1a/get/security/0/o/0: ", "not a text"},
        BadCase{"ScopeWithSpace", Document("{security: [{o: ['a b']}]}", kSchemes),
                "5:27: ", "cannot be named so"},
        BadCase{"ExtensionIsNumber", Document("{x-p: 1}"),
                "5:16: /paths/~1a/get/x-p: ", "not a list"},
        BadCase{"ExtensionEntryWithoutScopes", Document("{x-p: [{scheme: o}]}"),
                "5:17: /paths/~1a/get/x-p/0: ", "scopes are missing"},
        BadCase{"AuthTypesIsText", Document("{x-t: api-token}"), "5:16: ", "not a list"},
        BadCase{"ForeignReference", "openapi: 3.0.0\npaths: {/a: {$ref: 'b.yaml#/x'}}",
                "2:20: /paths/~1a/$ref: ", "other files are not followed"},
        BadCase{"OperationIsReference", Document("{$ref: '#/x-ops/secret'}"),
                "5:17: /paths/~1a/get/$ref: ", "a $ref cannot stand here"},
        BadCase{"RequirementIsReference", Document("{security: [{$ref: '#/x'}]}"),
                "5:29: /paths/~1a/get/security/0/$ref: ", "a $ref cannot stand here"},
        BadCase{"ComponentsAreReference", "openapi: 3.0.0\ncomponents: {$ref: '#/x'}\npaths: {}",
                "2:20: /components/$ref: ", "a $ref cannot stand here"},
        BadCase{"AdditionalOperationsAreList",
                "openapi: 3.2.0\npaths: {/a: {additionalOperations: [{}]}}",
                "2:36: /paths/~1a/additionalOperations: ", "not a mapping"},
        BadCase{"AdditionalMethodInLowerCase",
                "openapi: 3.2.0\npaths: {/a: {additionalOperations: {copy: {}}}}",
                "2:43: /paths/~1a/additionalOperations/copy: ", "not named by a method"},
        BadCase{"ServerUrlTooLong",
                "openapi: 3.0.0\nservers: [{url: " + std::string(kServerUrlSizeMax + 1, 'u') +
                    "}]\npaths: {}",
                "2:17: /servers/0/url: ", "more than 2048 bytes"},
        BadCase{"ServerUrlGrowsTooLong",
                "openapi: 3.0.0\nservers: [{url: '{a}', variables: {a: {default: " +
                    std::string(kServerUrlSizeMax + 1, 'u') + "}}}]\npaths: {}",
                "2:17: /servers/0/url: ", "more than 2048 bytes"},
        BadCase{"LostReference", "openapi: 3.0.0\npaths: {/a: {$ref: '#/b'}}",
                "2:20: ", "names nothing"},
        BadCase{"CircularReference", "openapi: 3.0.0\npaths: {/a: {$ref: '#/paths/~1a'}}",
                "2:13: /paths/~1a: ", "on and on"},
        BadCase{"SchemeWithoutType",
                "openapi: 3.0.0\ncomponents: {securitySchemes: {o: {}}}\npaths: {}",
                "2:35: ", "type is missing"}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(ReadApiDocumentTest, ANameThatTheCatalogueDoesNotKnowIsRefused) {
  CatalogueData data{.app = "wiki", .title = "Wiki", .scopes = {}, .permissions = {}};
  data.scopes.push_back({.name = "read:page", .title = "t", .description = "d", .group = "g"});
  const Result<Catalogue> catalogue = Catalogue::Build(std::move(data), {});
  ASSERT_THAT(catalogue, IsOk());
  const std::string good = Document("{security: [{o: [read:page]}]}", kSchemes);
  EXPECT_THAT(ReadApiDocument(good, "x", {}, &*catalogue), IsOk());
  const std::string bad = Document("{security: [{o: [raed:page]}]}", kSchemes);
  EXPECT_THAT(ReadApiDocument(bad, "x", {}, &*catalogue),
              FailsWith(kMalformed, AllOf(StartsWith("x:5:27: /paths/~1a/get/security/0/o/0: "),
                                          HasSubstr("did you mean read:page"))));
}

/// `declared` is one OAuth2 scheme's scopes; there is an OpenID Connect scheme beside it.
std::string SchemesWith(const std::string& declared) {
  return "components: {securitySchemes: {o: {type: oauth2, flows: {implicit: {scopes: {" +
         declared + "}}}}, i: {type: openIdConnect}}}";
}

TEST(ReadApiDocumentTest, AScopeThatNoSchemeDeclaresIsRefusedWhereSomeAreDeclared) {
  const std::string schemes = SchemesWith("'read:page': Reads");
  const std::string bad = Document("{security: [{o: ['raed:page']}]}", schemes);
  EXPECT_THAT(ReadApiDocument(bad, "x", {}),
              FailsWith(kMalformed, AllOf(StartsWith("x:5:27: /paths/~1a/get/security/0/o/0: "),
                                          HasSubstr("no security scheme declares"),
                                          HasSubstr("did you mean read:page?"))));
  for (const char* good :
       {"{security: [{o: ['read:page']}]}", "{security: [{i: ['of:its:provider']}]}"}) {
    EXPECT_THAT(ReadApiDocument(Document(good, schemes), "x", {}), IsOk()) << good;
  }
  const std::string names = Document("{security: [{o: ['raed:page']}]}", SchemesWith(""));
  EXPECT_THAT(ReadApiDocument(names, "x", {}), IsOk()) << "nothing is declared to compare with";
}

TEST(ReadApiDocumentTest, CountsOperationsThatStateNothing) {
  std::string paths = "paths:\n  /said: {get: {security: [{o: [r]}]}, put: {security: []}}\n";
  for (int i = 0; i < 7; ++i) paths += "  /a" + std::to_string(i) + ": {get: {}}\n";
  const std::string schemes = std::string{kSchemes} + "\n";
  const Result<ApiDocument> document =
      ReadApiDocument("openapi: 3.0.0\n" + schemes + paths, "x", {});
  ASSERT_THAT(document, IsOk());
  EXPECT_EQ(document->unstated, 7U);
  EXPECT_THAT(document->unstated_examples,
              ElementsAre("GET /a0", "GET /a1", "GET /a2", "GET /a3", "GET /a4"));
  const std::string at_the_top = "openapi: 3.0.0\nsecurity: []\n" + schemes + paths;
  EXPECT_EQ(ReadApiDocument(at_the_top, "x", {})->unstated, 0U) << "said for all of them";
  const std::string no_schemes = "openapi: 3.0.0\npaths: {/a: {get: {}}}";
  EXPECT_EQ(ReadApiDocument(no_schemes, "x", {})->unstated, 0U) << "nothing to state it by";
}

TEST(ReadApiDocumentTest, SaysWhereTheBasePathIsStated) {
  const std::string servers = "servers: [{url: /a b}]";
  const Result<ApiDocument> document = ReadApiDocument(Document("{}", servers), "x.yaml", {});
  ASSERT_THAT(document, IsOk());
  EXPECT_EQ(document->base_path_place, "x.yaml:2:17: /servers/0/url");
}

TEST(ReadApiDocumentTest, ASlashAtTheEndMakesNoOtherPath) {
  const std::string text = "openapi: 3.0.0\npaths: {/a: {get: {}}, /a/: {get: {}}}";
  const Result<ApiDocument> document = ReadApiDocument(text, "x", {});
  ASSERT_THAT(document, IsOk());
  EXPECT_EQ(document->operations.size(), 2U);
}

TEST(ReadApiDocumentTest, ReadsMethodsOfItsOwn) {
  const std::string text =
      "openapi: 3.2.0\npaths: {/a: {query: {}, additionalOperations: {COPY: {}}, summary: x}}";
  const Result<ApiDocument> document = ReadApiDocument(text, "x", {});
  ASSERT_THAT(document, IsOk());
  EXPECT_THAT(Shown(*document), ElementsAre("QUERY /a: {} | {}", "COPY /a: {} | {}"));
}

struct BasePathCase {
  const char* server;
  const char* path;
};

class BasePaths : public ::testing::TestWithParam<BasePathCase> {};

TEST_P(BasePaths, AreThatOfTheFirstServer) {
  const std::string servers = std::string{"servers: [{url: '"} + GetParam().server + "'}]";
  const Result<ApiDocument> document = ReadApiDocument(Document("{}", servers), "x", {});
  ASSERT_THAT(document, IsOk());
  EXPECT_EQ(document->base_path, GetParam().path) << GetParam().server;
}

INSTANTIATE_TEST_SUITE_P(All, BasePaths,
                         ::testing::Values(BasePathCase{"https://h.example/2.0", "/2.0"},
                                           BasePathCase{"https://h.example", ""},
                                           BasePathCase{"https://h.example/", ""},
                                           BasePathCase{"//h.example/a/b/", "/a/b"},
                                           BasePathCase{"/", ""}, BasePathCase{"/api", "/api"},
                                           BasePathCase{"api/v1", "/api/v1"}, BasePathCase{"", ""},
                                           BasePathCase{"https://h/a?b=/c", "/a"}));

// Bitbucket's own document, which is not ours to copy: the test runs where it lies beside the tree.

std::vector<std::string> SplitOn(char separator, const std::string& line) {
  std::vector<std::string> fields;
  std::istringstream stream{line};
  for (std::string field; std::getline(stream, field, separator);) fields.push_back(field);
  return fields;
}

/// What the table of operations calls for, as Shown() writes it.
std::map<std::string, std::string> ExpectedOperations(const std::filesystem::path& table) {
  std::map<std::string, std::string> expected;
  std::istringstream lines{Contents(table)};
  std::string line;
  std::getline(lines, line);  // The names of the columns.
  while (std::getline(lines, line)) {
    const std::vector<std::string> fields = SplitOn('\t', line);
    const std::vector<std::string> permissions = SplitOn(' ', fields.at(3));
    const std::vector<std::string> scopes = SplitOn(' ', fields.at(4));
    const bool any = permissions.empty() && scopes.empty();
    const std::string operation = fields[0] + " " + fields[1];
    expected[operation] = Shown(OperationRule{
        .method = fields[0],
        .path = fields[1],
        .scopes = any || !scopes.empty() ? NameAlternatives{scopes} : NameAlternatives{},
        .permissions =
            any || !permissions.empty() ? NameAlternatives{permissions} : NameAlternatives{}});
  }
  return expected;
}

/// A path of the template, each parameter filled in.
std::string Filled(const std::string& path) {
  std::string filled;
  for (std::size_t at = 0; at < path.size(); ++at) {
    if (path[at] != '{') {
      filled += path[at];
      continue;
    }
    at = path.find('}', at);
    filled += "%7Bvalue%7D";
  }
  return filled;
}

TEST(BitbucketDocumentTest, EveryOperationAsksForWhatTheTableSays) {
  const std::filesystem::path folder{LATCHKEY_SHARED_DATA_DIR};
  const std::filesystem::path file = folder / "bitbucket-openapi-merged.json";
  if (!std::filesystem::exists(file)) GTEST_SKIP() << "the document is not here";
  const Result<Catalogues> catalogues = LoadBuiltInCatalogues();
  const Result<std::vector<CatalogueFile>> files = ReadBuiltInCatalogues();
  ASSERT_THAT(catalogues, IsOk());
  ASSERT_THAT(files, IsOk());
  const Catalogue& bitbucket = *catalogues->Find(kBitbucketApp);
  const auto own = std::ranges::find(*files, kBitbucketApp,
                                     [](const CatalogueFile& one) { return one.data.app; });
  ASSERT_NE(own, files->end());

  const Result<ApiDocument> document =
      ReadApiDocument(Contents(file), "bitbucket.json", own->mapping, &bitbucket);
  ASSERT_THAT(document, IsOk());
  EXPECT_EQ(document->base_path, "/2.0");
  EXPECT_EQ(own->gate.base_path, "/2.0");
  const Result<OperationTable> table =
      OperationTable::Compile(bitbucket, document->operations, {.greedy = own->mapping.greedy});
  ASSERT_THAT(table, IsOk());

  const std::map<std::string, std::string> expected =
      ExpectedOperations(folder / "bitbucket-operations.tsv");
  EXPECT_EQ(document->operations.size(), 330U);
  ASSERT_EQ(document->operations.size(), expected.size());
  for (const OperationRule& rule : document->operations) {
    const std::string operation = rule.method + " " + rule.path;
    const auto row = expected.find(operation);
    ASSERT_NE(row, expected.end()) << operation;
    EXPECT_EQ(Shown(rule), row->second);
    const OperationTable::Operation* found = table->Find(rule.method, Filled(rule.path));
    ASSERT_NE(found, nullptr) << operation;
    EXPECT_EQ(found->method + " " + found->path, operation);
  }
}

}  // namespace
}  // namespace latchkey
