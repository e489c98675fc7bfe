#include "api/issue_request.h"

#include <gtest/gtest.h>

#include <string>

#include "testing/manual_clock.h"

namespace latchkey::api {
namespace {

constexpr Instant kNow = ManualClock::kStart;

OrProblem<IssueRequest> Read(const std::string& body, const http::Fields& fields = {},
                             CredentialKind kind = CredentialKind::kApiToken) {
  return ReadIssueRequest(JsonBody::Parse(body).value(), fields, kind, "account", kNow);
}

/// With these members behind the ones that must be there.
OrProblem<IssueRequest> ReadWith(const std::string& members) {
  return Read(R"({"name":"n","scopes":["s"])" + members + "}");
}

TEST(IssueRequestTest, TakesWhatWasAskedFor) {
  http::Fields fields;
  fields.Add("idempotency-key", "k1");
  const OrProblem<IssueRequest> request =
      Read(R"({"name":"n","app":"other","permissions":["p","q"],"ttl":3600})", fields,
           CredentialKind::kAppPassword);
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->kind, CredentialKind::kAppPassword);
  EXPECT_EQ(request->account, "account");
  EXPECT_EQ(request->app, "other");
  EXPECT_EQ(request->name, "n");
  EXPECT_EQ(request->grants, (std::vector<std::string>{"p", "q"}));
  EXPECT_EQ(request->expires_at, kNow + std::chrono::hours{1});
  EXPECT_EQ(request->expiry_as_asked, "ttl 3600");
  EXPECT_EQ(request->idempotency_key, "k1");
}

TEST(IssueRequestTest, LeavesToTheAuthorityWhatWasNotSaid) {
  const OrProblem<IssueRequest> request = ReadWith("");
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->app, "bitbucket");
  EXPECT_EQ(request->expires_at, std::nullopt);
  EXPECT_EQ(request->expiry_as_asked, "");
  EXPECT_EQ(request->idempotency_key, std::nullopt);
}

TEST(IssueRequestTest, TakesADateToItsEnd) {
  const OrProblem<IssueRequest> request = ReadWith(R"(,"expires_at":"2027-03-31")");
  ASSERT_TRUE(request.has_value());
  EXPECT_EQ(request->expires_at, ParseInstant("2027-04-01T00:00:00Z").value());
}

struct RefusedCase {
  const char* name;
  const char* members;
  const char* member;
};

class IssueRequestRefuses : public testing::TestWithParam<RefusedCase> {};

TEST_P(IssueRequestRefuses, NamingTheMember) {
  const OrProblem<IssueRequest> request = ReadWith(GetParam().members);
  ASSERT_FALSE(request.has_value());
  EXPECT_EQ(request.error().type, ProblemType::kInvalidValue);
  EXPECT_EQ(request.error().member, GetParam().member);
}

INSTANTIATE_TEST_SUITE_P(
    All, IssueRequestRefuses,
    testing::Values(
        RefusedCase{"TtlZero", R"(,"ttl":0)", "ttl"},
        RefusedCase{"TtlNegative", R"(,"ttl":-1)", "ttl"},
        RefusedCase{"TtlInt64Max", R"(,"ttl":9223372036854775807)", "ttl"},
        RefusedCase{"TtlPastInt64", R"(,"ttl":9223372036854775808)", "ttl"},
        RefusedCase{"TtlText", R"(,"ttl":"3600")", "ttl"},
        RefusedCase{"TtlNull", R"(,"ttl":null)", "ttl"},
        RefusedCase{"Both", R"(,"ttl":60,"expires_at":"2030-01-01")", "ttl"},
        RefusedCase{"ExpiryNull", R"(,"expires_at":null)", "expires_at"},
        RefusedCase{"ExpirySpan", R"(,"expires_at":"90d")", "expires_at"},
        RefusedCase{"ExpiryNumber", R"(,"expires_at":1900000000)", "expires_at"},
        RefusedCase{"LeapSecond", R"(,"expires_at":"2030-06-30T23:59:60Z")", "expires_at"},
        RefusedCase{"NoSuchDay", R"(,"expires_at":"2030-02-30T00:00:00Z")", "expires_at"},
        RefusedCase{"OffsetTooFar", R"(,"expires_at":"2030-01-01T00:00:00+24:00")", "expires_at"},
        RefusedCase{"AppNull", R"(,"app":null)", "app"}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(IssueRequestTest, NeedsNameAndGrants) {
  EXPECT_EQ(Read(R"({"scopes":["s"]})").error().member, "name");
  EXPECT_EQ(Read(R"({"name":"n"})").error().member, "scopes");
  EXPECT_EQ(Read(R"({"name":"n","scopes":null})").error().member, "scopes");
}

TEST(IssueRequestTest, RefusesMembersThatAreNotItsOwn) {
  for (const char* members : {R"(,"permissions":["p"])", R"(,"id":"x")", R"(,"is_admin":true)",
                              R"(,"__proto__":{"is_admin":true})", R"(,"account":"bob")"}) {
    EXPECT_EQ(ReadWith(members).error().type, ProblemType::kUnknownMember) << members;
  }
}

TEST(IssueRequestTest, RefusesTwoIdempotencyKeys) {
  http::Fields fields;
  fields.Add("Idempotency-Key", "k1");
  fields.Add("Idempotency-Key", "k1");
  EXPECT_EQ(Read(R"({"name":"n","scopes":["s"]})", fields).error().type, ProblemType::kMalformed);
}

}  // namespace
}  // namespace latchkey::api
