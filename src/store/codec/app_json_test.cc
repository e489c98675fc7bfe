#include "store/codec/app_json.h"

#include <gmock/gmock.h>

#include "store/memory/sample_records.h"

namespace latchkey {
namespace {

AppDefinition Sample() { return SampleApp(1).value.definition; }

TEST(AppJsonTest, WritesNamesAndNoPositions) {
  EXPECT_EQ(FormatApp(Sample()),
            R"({"title":"App 1","built_in":false,"policy":{"base_path":"/v1",)"
            R"("any_credential_where_unmatched":false,"paths":[]},"greedy":[],)"
            R"("scopes":[["read:page","Read pages","Reads pages.","Pages"]],)"
            R"("permissions":[["page","Read pages","Reads pages.","Pages",[],["read:page"]]],)"
            R"("operations":[["GET","/pages/{id}",[["read:page"]],[["page"]],false]]})");
}

TEST(AppJsonTest, GivesBackWhatItWrote) {
  for (const Record& record : NastyRecords()) {
    const auto* app = std::get_if<AppRecord>(&record);
    if (app == nullptr) continue;
    const std::string text = FormatApp(app->value.definition);
    const std::optional<AppDefinition> read = ParseApp(app->value.definition.name, text);
    ASSERT_TRUE(read) << text;
    EXPECT_EQ(FormatApp(*read), text);
    EXPECT_EQ(read->catalogue, app->value.definition.catalogue);
    EXPECT_EQ(read->operations, app->value.definition.operations);
    EXPECT_EQ(read->policy, app->value.definition.policy);
    EXPECT_EQ(read->templates, app->value.definition.templates);
  }
}

TEST(AppJsonTest, RefusesEverythingElse) {
  const std::string good = FormatApp(Sample());
  ASSERT_TRUE(ParseApp("app-1", good));
  const std::vector<std::pair<std::string, std::string>> edits{
      {R"("title":"App 1")", R"("title":1)"},
      {R"("built_in":false,)", ""},
      {R"("paths":[])", R"("paths":["slash"])"},
      {R"("paths":[])", R"("paths":[1])"},
      {R"("greedy":[])", R"("greedy":{})"},
      {R"("Pages"]],"perm)", R"("Pages",1]],"perm)"},
      {R"([["page"]],false)", R"([["page"]],0)"},
      {R"([["page"]],false)", R"([["page"]])"},
      {R"([["read:page"]],)", R"(["read:page"],)"},
      {R"([["read:page"]],)", R"([[1]],)"},
      {R"("GET",)", R"(null,)"},
      {R"("operations":[[)", R"("operations":[[[)"},
  };
  for (const auto& [from, to] : edits) {
    std::string text = good;
    const std::size_t start = text.find(from);
    ASSERT_NE(start, std::string::npos) << from;
    text.replace(start, from.size(), to);
    EXPECT_FALSE(ParseApp("app-1", text)) << text;
  }
  for (const std::string_view text : {"", "null", "[]", "{}", "7"}) {
    EXPECT_FALSE(ParseApp("app-1", text)) << text;
  }
}

}  // namespace
}  // namespace latchkey
