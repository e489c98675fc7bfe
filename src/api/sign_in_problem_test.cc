#include "api/sign_in_problem.h"

#include <gtest/gtest.h>

namespace latchkey::api {
namespace {

using Cause = SignInRefusal::Cause;

SignInRefusal Refusal(Cause cause) {
  return {.cause = cause,
          .retry_after = std::chrono::seconds{7},
          .error = {.code = Error::Code::kInvalidArgument,
                    .message = "the password is too common",
                    .hint = "Use another one."}};
}

TEST(SignInProblemTest, HasATypeForEachCause) {
  EXPECT_EQ(ProblemFor(Refusal(Cause::kSignInFailed)).type, ProblemType::kSignInFailed);
  EXPECT_EQ(ProblemFor(Refusal(Cause::kSecondStepFailed)).type, ProblemType::kSecondStepFailed);
  EXPECT_EQ(ProblemFor(Refusal(Cause::kAttemptOver)).type, ProblemType::kAttemptOver);
  EXPECT_EQ(ProblemFor(Refusal(Cause::kLinkOver)).type, ProblemType::kLinkOver);
  EXPECT_EQ(ProblemFor(Refusal(Cause::kError)).type, ProblemType::kInvalidValue);
  const Problem weak = ProblemFor(Refusal(Cause::kWeakPassword));
  EXPECT_EQ(weak.type, ProblemType::kWeakPassword);
  EXPECT_EQ(weak.member, "password");
  EXPECT_NE(weak.detail.find("too common"), std::string::npos);
}

TEST(SignInProblemTest, SaysWhenToComeBack) {
  EXPECT_EQ(ProblemFor(Refusal(Cause::kThrottled)).retry_after, std::chrono::seconds{7});
  SignInRefusal busy = Refusal(Cause::kBusy);
  busy.retry_after = {};
  EXPECT_EQ(ProblemFor(busy).type, ProblemType::kUnavailable);
  EXPECT_EQ(ProblemFor(busy).retry_after, std::chrono::seconds{1});
}

TEST(SignInProblemTest, NeverChallenges) {
  EXPECT_EQ(ProblemFor(Refusal(Cause::kSignInFailed)).challenge, Challenge::kNone);
}

}  // namespace
}  // namespace latchkey::api
