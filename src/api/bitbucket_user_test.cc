#include "api/bitbucket_user.h"

#include <gtest/gtest.h>

namespace latchkey::api {
namespace {

TEST(BitbucketUserTest, HasTheMembersThatClientsRead) {
  Account account;
  account.id = "0f8b6c1d2e3a4b5c6d7e8f9012345678";
  account.email = "ann@example.org";
  account.username = "ann";
  account.display_name = "Ann Other";
  account.created_at = ParseInstant("2026-01-02T03:04:05Z").value();
  const Json json = BitbucketUserJson(account, "https://git.example.org");
  EXPECT_EQ(FormatJson(json),
            R"({"type":"user","uuid":"{0f8b6c1d-2e3a-4b5c-6d7e-8f9012345678}","username":"ann",)"
            R"("nickname":"ann","display_name":"Ann Other",)"
            R"("account_id":"0f8b6c1d2e3a4b5c6d7e8f9012345678","account_status":"active",)"
            R"("created_on":"2026-01-02T03:04:05.000000+00:00","links":{"self":{"href":)"
            R"("https://git.example.org/2.0/users/%7B0f8b6c1d-2e3a-4b5c-6d7e-8f9012345678%7D"}}})");
}

TEST(BitbucketUserTest, WritesTimesWithMicroseconds) {
  EXPECT_EQ(BitbucketTime(ParseInstant("2026-01-02T03:04:05.067Z").value()),
            "2026-01-02T03:04:05.067000+00:00");
}

}  // namespace
}  // namespace latchkey::api
