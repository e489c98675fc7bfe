#include <gmock/gmock.h>

#include "admin/fixture/admin_world.h"
#include "testing/matchers.h"

namespace latchkey::admin {
namespace {

using testing::HasSubstr;
using enum Error::Code;

class WorkspaceMethodsTest : public testing::Test {
 protected:
  WorkspaceMethodsTest() {
    world_.latchkey.AddAccount("ana");
    Must(world_.Call("workspace.create", Json{{"workspace", "acme"}}));
  }

  Result<Json> Grant(const char* workspace, const char* account, const char* role) {
    return world_.Call("workspace.grant",
                       Json{{"workspace", workspace}, {"account", account}, {"role", role}});
  }

  AdminWorld world_;
};

TEST_F(WorkspaceMethodsTest, GrantsChangesAndRemoves) {
  EXPECT_EQ(Must(Grant("acme", "ana@example.com", "read")).dump(),
            R"({"workspace":"acme","account":"ana","role":"read"})");
  EXPECT_EQ(TextOf(Must(Grant("acme", "ana", "admin")), "role"), "admin");
  const Json membership{{"workspace", "acme"}, {"account", "ana"}};
  EXPECT_THAT(world_.Call("workspace.remove", membership), IsOk());
  EXPECT_THAT(world_.Call("workspace.remove", membership), FailsWith(kNotFound));
  EXPECT_THAT(Grant("acme", "ana", "write"), IsOk());
}

TEST_F(WorkspaceMethodsTest, NamesWhatIsWrong) {
  EXPECT_THAT(Grant("acme", "ana", "owner"), FailsWith(kInvalidArgument, HasSubstr("owner")));
  EXPECT_THAT(Grant("acme", "bob", "read"), FailsWith(kNotFound, HasSubstr("bob")));
  EXPECT_THAT(Grant("none", "ana", "read"), FailsWith(kNotFound, HasSubstr("none")));
  EXPECT_THAT(world_.Call("workspace.create", Json{{"workspace", "acme"}}),
              FailsWith(kAlreadyExists));
  EXPECT_THAT(world_.Call("workspace.create", Json{{"workspace", "../etc"}}),
              FailsWith(kInvalidArgument));
  EXPECT_THAT(world_.Call("workspace.show", Json{{"workspace", "none"}}), FailsWith(kNotFound));
}

TEST_F(WorkspaceMethodsTest, ShowsMembersAndRepositories) {
  Must(Grant("acme", "ana", "write"));
  Must(world_.Call("repo.create", Json{{"workspace", "acme"}, {"repository", "site"}}));
  const Json shown = Must(world_.Call("workspace.show", Json{{"workspace", "acme"}}));
  EXPECT_EQ(shown.at("members").dump(), R"([{"account":"ana","role":"write"}])");
  EXPECT_EQ(shown.at("repositories").dump(), R"(["site"])");
  EXPECT_EQ(Must(world_.Call("workspace.list")).at("values").at(0).at("members"), 1);
}

}  // namespace
}  // namespace latchkey::admin
