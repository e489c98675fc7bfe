#include "admin/service.h"

#include <gmock/gmock.h>

#include "admin/fixture/admin_world.h"
#include "testing/installation/scripted_barrier.h"
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

class AdminOfSeveral : public testing::Test {
 protected:
  AdminOfSeveral() {
    const Account ana = world_.latchkey.AddAccount("ana");
    id_ = MemoryInstallation::IdOf(world_.latchkey.IssueToken(ana, {"read:repository:bitbucket"}))
              .text();
  }

  ScriptedBarrier barrier_;
  AdminWorld world_{&barrier_};
  std::string id_;
};

TEST_F(AdminOfSeveral, SaysWhereARevocationIsInForce) {
  const Result<Json> answer = world_.Call("token.revoke", {{"id", id_}});
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ((*answer)["effective_at"].get<std::string>(), "2026-11-24T09:00:00Z");
  EXPECT_EQ((*answer)["confirmed"].dump(), R"(["a"])");
  EXPECT_EQ((*answer)["fenced"].dump(), R"(["b"])");
  EXPECT_THAT(barrier_.TakeAsked(),
              testing::ElementsAre(testing::Pair(testing::_, std::chrono::seconds{31})));
}

TEST_F(AdminOfSeveral, SaysByWhenToWhoDoesNotWait) {
  const Result<Json> answer = world_.Call("token.revoke", {{"id", id_}, {"wait", false}});
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ((*answer)["in_force_by"].get<std::string>(), "2026-11-24T09:00:31Z");
  EXPECT_THAT(barrier_.TakeAsked(), testing::IsEmpty());
}

TEST_F(AdminOfSeveral, WaitsForWhatTakesAwayAndNotForQuestions) {
  ASSERT_THAT(world_.Call("token.show", {{"id", id_}}), IsOk());
  EXPECT_THAT(barrier_.TakeAsked(), testing::IsEmpty());
  const Result<Json> answer = world_.Call("account.suspend", {{"account", "ana"}});
  ASSERT_THAT(answer, IsOk());
  EXPECT_FALSE(answer->contains("effective_at"));
  EXPECT_THAT(barrier_.TakeAsked(),
              testing::ElementsAre(testing::Pair(testing::_, std::chrono::seconds{31})));
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
