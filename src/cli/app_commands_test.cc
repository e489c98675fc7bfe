#include <gmock/gmock.h>

#include <fstream>

#include "admin/fixture/temporary_directory.h"
#include "cli/fixture/cli_world.h"
#include "cli/session.h"

namespace latchkey::cli {
namespace {

using testing::AllOf;
using testing::HasSubstr;

constexpr const char* kCatalogue = R"(app = "wiki"
title = "Wiki"
[openapi]
permissions = "x-permissions"
[gate]
base_path = "/v1"
[[scope]]
name = "read:page"
title = "Read pages"
description = "Reads pages."
group = "Pages"
[[scope]]
name = "write:page"
title = "Write pages"
description = "Writes pages."
group = "Pages"
[[permission]]
name = "page"
title = "Read pages"
description = "Reads pages."
group = "Pages"
)";

constexpr const char* kDocument = R"(openapi: 3.0.3
info: {title: The Wiki, version: "1"}
components:
  securitySchemes:
    oauth: {type: oauth2, flows: {implicit: {authorizationUrl: "https://x", scopes: {"read:page": Reads}}}}
paths:
  /pages/{id}:
    get:
      security: [{oauth: ["read:page"]}]
      x-permissions: [page]
      responses: {}
    put:
      security: [{oauth: ["write:page"]}, {oauth: ["read:page", "write:page"]}]
      responses: {}
)";

class AppCommandsTest : public testing::Test {
 protected:
  std::string Write(const std::string& name, const std::string& text) {
    std::string path = directory_.path() + "/" + name;
    std::ofstream{path} << text;
    return path;
  }
  Outcome AddWiki() {
    return world_.Run({"app", "add", "wiki", "--catalogue", Write("wiki.toml", kCatalogue),
                       "--openapi", Write("wiki.yaml", kDocument)});
  }

  admin::TemporaryDirectory directory_;
  CliWorld world_;
};

TEST_F(AppCommandsTest, ReadsLikeASession) {
  const Outcome added = AddWiki();
  EXPECT_EQ(added.status, 0) << added.err;
  EXPECT_THAT(added.out, HasSubstr("Added the app wiki: 2 operation(s)"));
  EXPECT_THAT(world_.Run({"app", "list"}).out, AllOf(HasSubstr("bitbucket"), HasSubstr("wiki")));
  const Outcome shown = world_.Run({"app", "show", "wiki"});
  EXPECT_THAT(shown.out, AllOf(HasSubstr("/pages/{id}"), HasSubstr("/v1"),
                               HasSubstr("write:page, or read:page and write:page"),
                               HasSubstr("not open to them")));
  EXPECT_THAT(world_.Run({"catalogue", "wiki"}).out, HasSubstr("read:page"));
  EXPECT_THAT(world_.Run({"app", "remove", "wiki"}).out,
              HasSubstr("Removed the app wiki; revoked 0 credential(s)."));
  EXPECT_EQ(world_.Run({"app", "show", "wiki"}).status, 3);
}

TEST_F(AppCommandsTest, SaysHowManyOperationsAskForLittle) {
  const std::string document = std::string{kDocument} +
                               "    delete: {responses: {}}\n"
                               "    patch: {security: [], responses: {}}\n"
                               "    post: {security: [{oauth: []}], responses: {}}\n";
  const std::string path = Write("wiki.yaml", document);
  const std::string catalogue = Write("wiki.toml", kCatalogue);
  const std::vector<std::string> add{"app",     "add",       "wiki", "--catalogue",
                                     catalogue, "--openapi", path};
  EXPECT_THAT(
      world_.Run(add).out,
      AllOf(HasSubstr("Operations open to anybody: 1; to any live credential of the app: 2.\n"),
            HasSubstr("1 operation(s) say nothing of what they need"),
            HasSubstr(": DELETE /pages/{id}\n")));
  std::vector<std::string> as_json = add;
  as_json.push_back("--json");
  const Json json = Json::parse(world_.Run(as_json).out);
  EXPECT_EQ(json.at("open_to_anybody"), 1);
  EXPECT_EQ(json.at("any_credential"), 2);
  EXPECT_EQ(json.at("stating_nothing"), 1);
  EXPECT_EQ(json.at("stating_nothing_examples"), Json::parse(R"(["DELETE /pages/{id}"])"));
}

TEST_F(AppCommandsTest, Explains) {
  AddWiki();
  const Outcome found = world_.Run({"app", "explain", "wiki", "GET", "/v1/pages/7?x=1"});
  EXPECT_EQ(found.status, 0);
  EXPECT_EQ(found.out,
            "request             GET /v1/pages/7?x=1\n"
            "operation           GET /pages/{id}\n"
            "decision            the operation decides\n"
            "API token needs     read:page\n"
            "app password needs  page\n");
  EXPECT_THAT(world_.Run({"app", "explain", "wiki", "DELETE", "/v1/pages/7"}).out,
              HasSubstr("known for GET and PUT only, so it is refused"));
  EXPECT_THAT(world_.Run({"app", "explain", "wiki", "GET", "/v1/../pages/7"}).out,
              HasSubstr("dot-segment"));
  EXPECT_THAT(world_.Run({"app", "explain", "wiki", "GET", "/pages/7"}).out,
              HasSubstr("base path /v1"));
  const Json json =
      Json::parse(world_.Run({"app", "explain", "wiki", "PUT", "/v1/pages/7", "--json"}).out);
  EXPECT_EQ(json.at("result"), "operation");
  EXPECT_EQ(json.at("scopes"), Json::parse(R"([["write:page"],["read:page","write:page"]])"));
  EXPECT_EQ(json.at("permissions"), Json::array());
  EXPECT_EQ(world_.Run({"app", "explain", "wiki", "G T", "/v1/pages/7"}).status, 4);
  EXPECT_EQ(world_.Run({"app", "explain", "wik", "GET", "/v1/pages/7"}).status, 3);
}

TEST_F(AppCommandsTest, SaysWhatAReplacementTakesAway) {
  AddWiki();
  std::string smaller = kCatalogue;
  const std::size_t start = smaller.find("[[scope]]\nname = \"write:page\"");
  smaller.erase(start, smaller.find("[[permission]]") - start);
  const Outcome replaced =
      world_.Run({"app", "add", "wiki", "--catalogue", Write("wiki.toml", smaller)});
  EXPECT_THAT(replaced.out,
              AllOf(HasSubstr("Replaced the app wiki: 0 operation(s)"), HasSubstr("write:page")));
}

TEST_F(AppCommandsTest, ABadFileChangesNothingAndSaysWhere) {
  AddWiki();
  std::string bad = kDocument;
  bad.replace(bad.find("[\"write:page\"]"), 14, "[\"write:pages\"]");
  const std::string path = Write("bad.yaml", bad);
  const Outcome refused = world_.Run(
      {"app", "add", "wiki", "--catalogue", Write("wiki.toml", kCatalogue), "--openapi", path});
  EXPECT_EQ(refused.status, 4);
  EXPECT_THAT(refused.err, AllOf(HasSubstr(path + ":13:"), HasSubstr("/paths/~1pages~1{id}/put"),
                                 HasSubstr("write:pages")));
  EXPECT_THAT(world_.Run({"app", "list"}).out, HasSubstr("wiki"));
  EXPECT_EQ(world_.Run({"app", "add", "wiki", "--openapi", directory_.path() + "/none"}).status, 3);
  EXPECT_EQ(world_.Run({"app", "add", "wiki"}).status, 4);
  EXPECT_EQ(world_.Run({"app", "add"}).status, 2);
  EXPECT_EQ(world_.Run({"app", "remove", "latchkey"}).status, 4);
  EXPECT_EQ(world_.Run({"app", "remove", "bitbucket"}).status, 3);
}

TEST_F(AppCommandsTest, LiveCredentialsAreInTheWayOfRemoval) {
  AddWiki();
  world_.Run({"account", "create", "--email", "ana@example.com", "--username", "ana"});
  EXPECT_EQ(world_
                .Run({"token", "create", "--account", "ana", "--name", "t", "--app", "wiki",
                      "--scope", "read:page"})
                .status,
            0);
  EXPECT_EQ(world_.Run({"app", "remove", "wiki"}).status, 5);
  EXPECT_THAT(world_.Run({"app", "remove", "wiki", "--revoke-credentials"}).out,
              HasSubstr("revoked 1 credential(s)"));
}

}  // namespace
}  // namespace latchkey::cli
