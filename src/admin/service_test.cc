#include "admin/service.h"

#include <gmock/gmock.h>

#include "admin/fixture/admin_world.h"
#include "testing/matchers.h"

namespace latchkey::admin {
namespace {

using testing::HasSubstr;
using enum Error::Code;

TEST(AdminServiceTest, RefusesAnUnknownMethod) {
  AdminWorld world;
  EXPECT_THAT(world.Call("account.destroy"),
              FailsWith(kInvalidArgument, HasSubstr("account.destroy")));
}

class EveryMethod : public testing::TestWithParam<const char*> {};

TEST_P(EveryMethod, RefusesAParameterThatItDoesNotKnow) {
  AdminWorld world;
  const Json params{{"account", "a"},     {"workspace", "a"}, {"repository", "a"}, {"role", "read"},
                    {"email", "a@b"},     {"username", "a"},  {"name", "a"},       {"id", "a"},
                    {"app", "bitbucket"}, {"unheard-of", 1}};
  EXPECT_THAT(world.Call(GetParam(), params), FailsWith(kInvalidArgument, HasSubstr("parameter")));
  EXPECT_TRUE(world.latchkey.journal.lines().empty());
}

INSTANTIATE_TEST_SUITE_P(
    All, EveryMethod,
    testing::Values("account.create", "account.list", "account.show", "account.suspend",
                    "account.resume", "account.link", "account.reset-second-step",
                    "account.end-sessions", "workspace.create", "workspace.grant",
                    "workspace.remove", "workspace.list", "workspace.show", "repo.create",
                    "repo.list", "token.create", "token.list", "token.show", "token.rename",
                    "token.revoke", "app-password.create", "app-password.list", "app-password.show",
                    "app-password.rename", "app-password.revoke", "catalogue.list",
                    "catalogue.show", "audit.verify", "status"),
    [](const auto& test_case) {
      std::string name{test_case.param};
      std::erase_if(name, [](char c) { return c == '.' || c == '-'; });
      return name;
    });

}  // namespace
}  // namespace latchkey::admin
