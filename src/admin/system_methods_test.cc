#include <gmock/gmock.h>

#include "admin/fixture/admin_world.h"
#include "testing/matchers.h"

namespace latchkey::admin {
namespace {

using testing::HasSubstr;
using enum Error::Code;

TEST(SystemMethodsTest, ListsAndShowsCatalogues) {
  AdminWorld world;
  const Json list = Must(world.Call("catalogue.list"));
  EXPECT_EQ(TextOf(list.at("values").at(0), "app"), "bitbucket");
  const Json shown = Must(world.Call("catalogue.show", Json{{"app", "bitbucket"}}));
  EXPECT_THAT(shown.dump(), HasSubstr("write:repository:bitbucket"));
  EXPECT_THAT(shown.dump(), HasSubstr("\"implies\""));
  EXPECT_THAT(world.Call("catalogue.show", Json{{"app", "bitbuket"}}),
              FailsWith(kInvalidArgument, HasSubstr("bitbucket")));
}

TEST(SystemMethodsTest, ReportsTheAudit) {
  AdminWorld world;
  world.auditor.report = {.changes = 3, .records = 2, .findings = {"line 2 is missing"}};
  EXPECT_EQ(Must(world.Call("audit.verify")).dump(),
            R"({"changes":3,"records":2,"findings":["line 2 is missing"]})");
}

TEST(SystemMethodsTest, CountsWhatThereIs) {
  AdminWorld world;
  const Account ana = world.latchkey.AddAccount("ana");
  world.latchkey.IssueToken(ana, {"read:repository:bitbucket"});
  const Json status = Must(world.Call("status"));
  EXPECT_EQ(status.at("accounts"), 1);
  EXPECT_EQ(status.at("credentials"), 1);
  EXPECT_EQ(status.at("position"), 2);
  EXPECT_EQ(status.at("refused_records"), 0);
  EXPECT_EQ(status.at("healthy"), true);
  EXPECT_EQ(status.at("serving"), true);
}

}  // namespace
}  // namespace latchkey::admin
