#include "problem/denial_response.h"

#include <utility>

#include "verify/verifier.h"

namespace latchkey {
namespace {

/// How soon a client may ask again where nobody knows.
constexpr std::chrono::seconds kRetryAfter{5};

ProblemType TypeFor(Cause cause) {
  switch (cause) {
    case Cause::kAbsent: return ProblemType::kUnknown;
    case Cause::kMistyped: return ProblemType::kMistyped;
    case Cause::kUnknown: return ProblemType::kUnknown;
    case Cause::kWrongUser: return ProblemType::kWrongUser;
    case Cause::kExpired: return ProblemType::kExpired;
    case Cause::kRevoked: return ProblemType::kRevoked;
    case Cause::kSuspended: return ProblemType::kSuspended;
    case Cause::kWrongApp: return ProblemType::kWrongApp;
    case Cause::kMissingScope: return ProblemType::kMissingScope;
    case Cause::kNotPermitted: return ProblemType::kNotPermitted;
    case Cause::kNotVisible: return ProblemType::kNotVisible;
    case Cause::kThrottled: return ProblemType::kThrottled;
    case Cause::kStale: return ProblemType::kStale;
  }
  std::unreachable();
}

ProblemType TypeFor(Error::Code code) {
  switch (code) {
    case Error::Code::kMalformed: return ProblemType::kMalformed;
    case Error::Code::kBadChecksum:
    case Error::Code::kInvalidArgument: return ProblemType::kInvalidValue;
    case Error::Code::kNotFound: return ProblemType::kNotFound;
    case Error::Code::kAlreadyExists:
    case Error::Code::kConflict: return ProblemType::kConflict;
    case Error::Code::kPermissionDenied: return ProblemType::kPermissionDenied;
    case Error::Code::kLimitExceeded: return ProblemType::kTooLarge;
    case Error::Code::kUnavailable: return ProblemType::kUnavailable;
    case Error::Code::kNoSpace: return ProblemType::kNoSpace;
    case Error::Code::kTampered:
    case Error::Code::kDisagreement:
    case Error::Code::kInUse:
    case Error::Code::kIo:
    case Error::Code::kInternal: return ProblemType::kInternal;
  }
  std::unreachable();
}

Challenge ChallengeFor(const Denial& denial, ProblemType type) {
  if (denial.cause == Cause::kAbsent) return Challenge::kBare;
  const int status = TraitsOf(type).status;
  if (status == 401) return Challenge::kInvalidToken;
  return status == 403 ? Challenge::kInsufficientScope : Challenge::kNone;
}

std::string DetailOf(const Error& error, ProblemType type) {
  if (type == ProblemType::kInternal) {
    return "The request failed on this side. The log has the cause under the request id.";
  }
  if (type == ProblemType::kUnavailable) {
    return "The request may or may not have been carried out. Send it again, with the same "
           "Idempotency-Key if "
           "it makes something.";
  }
  if (type == ProblemType::kNoSpace) {
    return "The disk is full. Nothing was changed.";
  }
  std::string detail = Sentence(error.message);
  if (!error.hint.empty()) detail += " " + error.hint;
  return detail;
}

}  // namespace

Problem ProblemFor(const Denial& denial) {
  Problem problem;
  problem.type = TypeFor(denial.cause);
  problem.challenge = ChallengeFor(denial, problem.type);
  problem.cause = CauseName(denial.cause);
  problem.detail = Sentence(Explain(denial));
  if (problem.type == ProblemType::kUnknown) {
    problem.cause = CauseName(Cause::kUnknown);
    problem.detail = "A valid credential is needed: an API token or an app password.";
  }
  if (denial.proven) {
    problem.required = denial.required;
    if (TraitsOf(problem.type).status == 403) problem.granted = denial.proven->GrantedNames();
  }
  if (denial.cause == Cause::kThrottled) problem.retry_after = denial.retry_after;
  if (denial.cause == Cause::kStale) problem.retry_after = kRetryAfter;
  return problem;
}

Problem ProblemFor(const Decision& decision, const Requirement& requirement) {
  return ProblemFor(ToDenial(decision, requirement));
}

Problem ProblemFor(const Error& error) {
  Problem problem;
  problem.type = TypeFor(error.code);
  problem.detail = DetailOf(error, problem.type);
  if (problem.type == ProblemType::kPermissionDenied) {
    problem.challenge = Challenge::kInsufficientScope;
  }
  if (problem.type == ProblemType::kUnavailable) problem.retry_after = kRetryAfter;
  return problem;
}

}  // namespace latchkey
