#include "problem/problem.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "problem/json_text.h"

namespace latchkey {
namespace {

std::vector<std::string> Challenges(const http::Response& response) {
  std::vector<std::string> lines;
  for (const auto& [name, value] : response.fields.lines()) {
    if (name == "WWW-Authenticate") lines.push_back(value);
  }
  return lines;
}

TEST(ProblemTest, HasOneCodeForEachType) {
  std::set<std::string_view> codes;
  for (const ProblemType type : ProblemTypes()) {
    EXPECT_GE(TraitsOf(type).status, 400);
    EXPECT_FALSE(TraitsOf(type).title.empty());
    EXPECT_TRUE(codes.insert(TraitsOf(type).code).second) << TraitsOf(type).code;
  }
  EXPECT_EQ(TraitsOf(ProblemType::kInternal).code, "internal");
}

TEST(ProblemTest, FormatsAsProblemDetails) {
  const Problem problem{.type = ProblemType::kMissingScope,
                        .detail = "This API token needs b; it has a.",
                        .challenge = Challenge::kInsufficientScope,
                        .cause = "missing-scope",
                        .required = {"b", "c"},
                        .granted = std::vector<std::string>{"a"}};
  const http::Response response = FormatProblem(problem, "Latchkey", "r1");
  EXPECT_EQ(response.status, 403);
  EXPECT_EQ(response.fields.Find("Content-Type"), "application/problem+json");
  EXPECT_EQ(response.body,
            R"({"type":"urn:latchkey:problem:missing-scope",)"
            R"("title":"The credential lacks a scope or permission","status":403,)"
            R"("detail":"This API token needs b; it has a.","cause":"missing-scope",)"
            R"("required":["b","c"],"granted":["a"],"request_id":"r1"})");
  EXPECT_EQ(Challenges(response),
            (std::vector<std::string>{
                R"(Bearer realm="Latchkey", error="insufficient_scope", )"
                R"(error_description="This API token needs b; it has a.", scope="b c")",
                R"(Basic realm="Latchkey", charset="UTF-8")"}));
}

TEST(ProblemTest, TellsWhereToMakeOneThatWouldPass) {
  Problem problem{.type = ProblemType::kMissingScope,
                  .required = {"a", "b"},
                  .granted = std::vector<std::string>{},
                  .make_one = "https://keys.example.org/settings/new?scopes=a,b&name=<x>"};
  const Json said = Json::parse(FormatProblem(problem, "R", "r1").body);
  EXPECT_EQ(said.at("make_one").get<std::string>(), problem.make_one);
  const Json error = Json::parse(FormatBitbucketError(problem, "R").body).at("error");
  EXPECT_EQ(error.at("detail").at("make_one").get<std::string>(), problem.make_one);
  problem.make_one.clear();
  EXPECT_FALSE(Json::parse(FormatProblem(problem, "R", "r1").body).contains("make_one"));
  EXPECT_FALSE(FormatBitbucketError(problem, "R").body.contains("make_one"));
}

TEST(ProblemTest, FormatsInBitbucketsShape) {
  Problem problem{.type = ProblemType::kMissingScope,
                  .detail = "No.",
                  .challenge = Challenge::kInsufficientScope,
                  .required = {"b"},
                  .granted = std::vector<std::string>{}};
  EXPECT_EQ(
      FormatBitbucketError(problem, "Latchkey").body,
      R"({"type":"error","error":{"message":"No.","detail":{"required":["b"],"granted":[]}}})");
  problem.granted.reset();
  EXPECT_EQ(FormatBitbucketError(problem, "Latchkey").body,
            R"({"type":"error","error":{"message":"No."}})");
}

TEST(ProblemTest, SaysInTheChallengeOnlyWhatRfc6750Allows) {
  Problem problem{.type = ProblemType::kMistyped,
                  .detail = "use \"printf\" \\ n\xC3\xA9\n",
                  .challenge = Challenge::kInvalidToken};
  EXPECT_EQ(Challenges(FormatProblem(problem, "R", "")).front(),
            R"(Bearer realm="R", error="invalid_token", error_description="use 'printf' ? n???")");
  problem.challenge = Challenge::kBare;
  EXPECT_EQ(Challenges(FormatProblem(problem, "R", "")).front(), R"(Bearer realm="R")");
  problem.challenge = Challenge::kNone;
  EXPECT_TRUE(Challenges(FormatProblem(problem, "R", "")).empty());
}

TEST(ProblemTest, AddsRetryAfterAndAllow) {
  const Problem throttled{.type = ProblemType::kThrottled, .retry_after = std::chrono::seconds{41}};
  EXPECT_EQ(FormatProblem(throttled, "R", "").fields.Find("Retry-After"), "41");
  const Problem method{.type = ProblemType::kMethodNotAllowed, .allow = "GET, HEAD"};
  EXPECT_EQ(FormatProblem(method, "R", "").fields.Find("Allow"), "GET, HEAD");
}

TEST(SentenceTest, BeginsWithACapitalAndEndsWithAStop) {
  EXPECT_EQ(Sentence(""), "");
  EXPECT_EQ(Sentence("no such account"), "No such account.");
  EXPECT_EQ(Sentence("Already one."), "Already one.");
  EXPECT_EQ(Sentence("is it?"), "Is it?");
}

}  // namespace
}  // namespace latchkey
