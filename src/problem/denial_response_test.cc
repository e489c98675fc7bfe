#include "problem/denial_response.h"

#include <gtest/gtest.h>

#include <string>

#include "catalogue/loader.h"

namespace latchkey {
namespace {

/// A token of ann's with one scope.
class DenialResponseTest : public testing::Test {
 protected:
  [[nodiscard]] Holder Proven() const {
    const Catalogue* bitbucket = catalogues_.Find("bitbucket");
    return {.id = CredentialId{7},
            .kind = CredentialKind::kApiToken,
            .account = account_,
            .catalogue = {std::shared_ptr<const void>{}, bitbucket},
            .granted = bitbucket->ScopeSet({"read:repository:bitbucket"}).value(),
            .expires_at = ParseInstant("2026-11-02T00:00:00Z").value()};
  }

  [[nodiscard]] Denial Proof(Cause cause) const {
    return {.cause = cause, .proven = Proven(), .required = {"write:repository:bitbucket"}};
  }

  Catalogues catalogues_ = LoadBuiltInCatalogues().value();
  std::shared_ptr<const Account> account_ = std::make_shared<Account>();
};

struct StatusCase {
  Cause cause;
  int status;
  Challenge challenge;
};

TEST_F(DenialResponseTest, HasOneStatusForEachCause) {
  using enum Cause;
  using enum Challenge;
  for (const StatusCase& want :
       {StatusCase{kAbsent, 401, kBare}, StatusCase{kMistyped, 401, kInvalidToken},
        StatusCase{kUnknown, 401, kInvalidToken}, StatusCase{kWrongUser, 401, kInvalidToken},
        StatusCase{kExpired, 401, kInvalidToken}, StatusCase{kRevoked, 401, kInvalidToken},
        StatusCase{kSuspended, 401, kInvalidToken}, StatusCase{kWrongApp, 403, kInsufficientScope},
        StatusCase{kMissingScope, 403, kInsufficientScope},
        StatusCase{kNotPermitted, 403, kInsufficientScope}, StatusCase{kNotVisible, 404, kNone},
        StatusCase{kThrottled, 429, kNone}, StatusCase{kStale, 503, kNone}}) {
    const Problem problem = ProblemFor(Denial{.cause = want.cause});
    EXPECT_EQ(TraitsOf(problem.type).status, want.status) << CauseName(want.cause);
    EXPECT_EQ(problem.challenge, want.challenge) << CauseName(want.cause);
  }
}

TEST_F(DenialResponseTest, TellsTheSameWhereverNothingIsProven) {
  const Problem absent = ProblemFor(Denial{.cause = Cause::kAbsent});
  const Problem unknown = ProblemFor(Denial{.cause = Cause::kUnknown});
  EXPECT_EQ(FormatProblem(absent, "R", "1").body, FormatProblem(unknown, "R", "1").body);
}

TEST_F(DenialResponseTest, TellsTheCauseToWhoHasProvenToHoldTheSecret) {
  const Problem expired = ProblemFor(Proof(Cause::kExpired));
  EXPECT_EQ(expired.cause, "expired");
  EXPECT_EQ(expired.detail, "This API token expired on 2026-11-02T00:00:00Z.");
  EXPECT_FALSE(expired.granted.has_value());

  const Problem missing = ProblemFor(Proof(Cause::kMissingScope));
  EXPECT_EQ(missing.detail,
            "This API token needs write:repository:bitbucket; it has read:repository:bitbucket.");
  EXPECT_EQ(missing.required, std::vector<std::string>{"write:repository:bitbucket"});
  EXPECT_EQ(missing.granted, std::vector<std::string>{"read:repository:bitbucket"});
}

TEST_F(DenialResponseTest, SaysWhenToTryAgain) {
  const Denial throttled{.cause = Cause::kThrottled, .retry_after = std::chrono::seconds{41}};
  EXPECT_EQ(ProblemFor(throttled).retry_after, std::chrono::seconds{41});
  EXPECT_TRUE(ProblemFor(Denial{.cause = Cause::kStale}).retry_after.has_value());
}

struct ErrorCase {
  Error::Code code;
  int status;
};

TEST(ErrorResponseTest, HasOneStatusForEachCode) {
  using enum Error::Code;
  for (const ErrorCase& want :
       {ErrorCase{kMalformed, 400}, ErrorCase{kBadChecksum, 422}, ErrorCase{kInvalidArgument, 422},
        ErrorCase{kNotFound, 404}, ErrorCase{kAlreadyExists, 409}, ErrorCase{kConflict, 409},
        ErrorCase{kPermissionDenied, 403}, ErrorCase{kLimitExceeded, 413},
        ErrorCase{kUnavailable, 503}, ErrorCase{kNoSpace, 507}, ErrorCase{kTampered, 500},
        ErrorCase{kDisagreement, 500}, ErrorCase{kInUse, 500}, ErrorCase{kIo, 500},
        ErrorCase{kInternal, 500}}) {
    const Problem problem = ProblemFor(Error{.code = want.code, .message = "words", .hint = {}});
    EXPECT_EQ(TraitsOf(problem.type).status, want.status) << CodeName(want.code);
  }
}

TEST(ErrorResponseTest, KeepsToItselfWhatFailedInside) {
  using enum Error::Code;
  for (const Error::Code code : {kUnavailable, kNoSpace, kTampered, kIo, kInternal}) {
    const Problem problem = ProblemFor(Error{.code = code, .message = "inside", .hint = "inside"});
    EXPECT_EQ(problem.detail.find("inside"), std::string::npos) << CodeName(code);
  }
  const Error error{
      .code = kInvalidArgument, .message = "the name is empty", .hint = "Choose one."};
  EXPECT_EQ(ProblemFor(error).detail, "The name is empty. Choose one.");
}

}  // namespace
}  // namespace latchkey
