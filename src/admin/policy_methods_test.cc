#include <gmock/gmock.h>

#include "admin/fixture/admin_world.h"
#include "testing/matchers.h"

namespace latchkey::admin {
namespace {

using testing::HasSubstr;
using enum Error::Code;

class PolicyMethodsTest : public testing::Test {
 protected:
  Result<Json> Set(const std::vector<std::string>& assignments) {
    return world_.Call("policy.set", Json{{"set", assignments}});
  }

  AdminWorld world_;
};

TEST_F(PolicyMethodsTest, ShowsWhatIsSetAndWhatIsInForce) {
  const Json at_first = Must(world_.Call("policy.show"));
  EXPECT_TRUE(at_first.at("token_lifetime_max").is_null());
  EXPECT_EQ(at_first.at("in_force").at("token_lifetime_max"), 366 * 86'400);
  EXPECT_EQ(at_first.at("api_tokens"), true);

  const Json set = Must(Set({"token_lifetime_max=90d", "app_passwords=false",
                             "token_apps=latchkey,bitbucket", "second_step_required=true"}));
  EXPECT_EQ(set.at("token_lifetime_max"), 90 * 86'400);
  EXPECT_EQ(set.at("in_force").at("token_lifetime_default"), 90 * 86'400);
  EXPECT_EQ(set.at("bounds").at("token_lifetime_max"), 366 * 86'400);
  EXPECT_EQ(set.at("app_passwords"), false);
  EXPECT_EQ(set.at("token_apps"), Json({"bitbucket", "latchkey"}));
  EXPECT_EQ(set, Must(world_.Call("policy.show")));
}

TEST_F(PolicyMethodsTest, ChangesNothingElse) {
  Must(Set({"token_lifetime_max=90d", "app_passwords=false"}));
  const Json set = Must(Set({"token_lifetime_max="}));
  EXPECT_TRUE(set.at("token_lifetime_max").is_null());
  EXPECT_EQ(set.at("app_passwords"), false);
}

TEST_F(PolicyMethodsTest, ReadsSpansInEveryUnit) {
  EXPECT_EQ(Must(Set({"token_lifetime_max=86400s"})).at("token_lifetime_max"), 86'400);
  EXPECT_EQ(Must(Set({"token_lifetime_max=1441m"})).at("token_lifetime_max"), 86'460);
  EXPECT_EQ(Must(Set({"token_lifetime_max=48h"})).at("token_lifetime_max"), 172'800);
}

TEST_F(PolicyMethodsTest, SaysWhatCannotBeSet) {
  EXPECT_THAT(Set({"token_lifetime=1d"}),
              FailsWith(kInvalidArgument, HasSubstr("no \"token_lifetime\"")));
  EXPECT_THAT(Set({"app_passwords"}), FailsWith(kInvalidArgument, HasSubstr("sets nothing")));
  EXPECT_THAT(Set({"app_passwords=no"}), FailsWith(kInvalidArgument, HasSubstr("\"no\"")));
  for (const char* span : {"90", "d", "90 d", "-1d", "0d", "1w", "1234567890d", "9999d"}) {
    EXPECT_THAT(Set({std::string{"token_lifetime_max="} + span}), FailsWith(kInvalidArgument))
        << span;
  }
  EXPECT_THAT(Set({"app_passwords=false", "token_apps=nothing"}), FailsWith(kInvalidArgument));
  EXPECT_EQ(Must(world_.Call("policy.show")).at("app_passwords"), true) << "all of it or none";
}

}  // namespace
}  // namespace latchkey::admin
