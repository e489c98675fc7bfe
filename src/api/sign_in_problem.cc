#include "api/sign_in_problem.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "problem/denial_response.h"

namespace latchkey::api {
namespace {

using Cause = SignInRefusal::Cause;

Problem Plain(ProblemType type, std::string_view detail) {
  return ProblemWith(type, detail).error();
}

Problem Later(ProblemType type, std::string_view detail, std::chrono::seconds after) {
  Problem problem = Plain(type, detail);
  problem.retry_after = std::max(after, std::chrono::seconds{1});
  return problem;
}

}  // namespace

Problem ProblemFor(const SignInRefusal& refusal) {
  switch (refusal.cause) {
    case Cause::kSignInFailed:
      return Plain(ProblemType::kSignInFailed,
                   "the name or the password is not right, or this account cannot sign in this "
                   "way: check both, or ask your administrator for a link");
    case Cause::kSecondStepFailed:
      return Plain(ProblemType::kSecondStepFailed,
                   "that did not work: use the newest code, one that was not used before");
    case Cause::kAttemptOver:
      return Plain(ProblemType::kAttemptOver,
                   "it took too long, or there were too many tries: begin again");
    case Cause::kThrottled:
      return Later(ProblemType::kThrottled,
                   "there were too many tries that did not work: wait a little, then try again",
                   refusal.retry_after);
    case Cause::kBusy:
      return Later(ProblemType::kUnavailable,
                   "too many people are signing in at this moment: try again in a few seconds",
                   refusal.retry_after);
    case Cause::kWeakPassword: {
      Problem problem = latchkey::ProblemFor(refusal.error);
      problem.type = ProblemType::kWeakPassword;
      problem.member = "password";
      return problem;
    }
    case Cause::kLinkOver:
      return Plain(ProblemType::kLinkOver,
                   "the link was used already, or is too old, or was replaced by a newer one: ask "
                   "for a new one");
    case Cause::kError: return latchkey::ProblemFor(refusal.error);
  }
  std::unreachable();
}

}  // namespace latchkey::api
