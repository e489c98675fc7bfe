#pragma once

// What went wrong with a request, and how each of the two dialects says it.
//
//     Denial ─┐                                  ┌─> application/problem+json (RFC 9457)   /api
//     Error  ─┼─> Problem: type, detail, names ──┤   and the gate
//     parsing ┘                                  └─> {"type":"error","error":{…}}          /2.0
//
// A problem's type is `urn:latchkey:problem:` and its code: stable, the same on every installation,
// and nothing to look up. The list is closed; openapi.json describes each, and a test compares
// both.
//
// Thread safety: values.

#include <array>
#include <chrono>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.h"

namespace latchkey {

enum class ProblemType : std::uint8_t {
  // A verdict of the Verifier, one for each cause; kUnknown also where no credential was sent.
  kUnknown,
  kMistyped,
  kWrongUser,
  kExpired,
  kRevoked,
  kSuspended,
  kWrongApp,
  kMissingScope,
  kNotPermitted,
  kNotVisible,
  kThrottled,
  kStale,
  // About the request itself.
  kTwoCredentials,
  kMalformed,
  kUnknownMember,
  kInvalidValue,
  kImmutableMember,
  kTooLarge,
  kUnsupportedMediaType,
  kMethodNotAllowed,
  // From the gate.
  kNoOperation,
  kUntrustedProxy,
  // From the use cases.
  kPermissionDenied,
  kNotFound,
  kConflict,
  kIdempotencyKeyReused,
  // From signing in, and from what needs it.
  kSignInFailed,
  kSecondStepFailed,
  kAttemptOver,
  kSignInRequired,
  kReauthenticationRequired,
  kCrossSite,
  kLinkOver,
  kWeakPassword,
  kSecondStepRequired,
  kKindDisabled,
  kUnavailable,
  kNoSpace,
  kInternal,
};
inline constexpr std::size_t kProblemTypeCount = 39;

/// What is the same for every problem of a type.
struct ProblemTraits {
  std::string_view code;   ///< `missing-scope`
  int status;              ///< The one table of HTTP statuses in this folder.
  std::string_view title;  ///< A few words for people.
};

[[nodiscard]] const ProblemTraits& TraitsOf(ProblemType type);
/// All types in their order.
[[nodiscard]] std::array<ProblemType, kProblemTypeCount> ProblemTypes();

/// What the `Bearer` line of WWW-Authenticate says (RFC 6750 section 3.1).
enum class Challenge : std::uint8_t {
  kNone,               ///< No WWW-Authenticate at all.
  kBare,               ///< The realm alone: no credential was sent.
  kInvalidToken,       ///< `error="invalid_token"`
  kInsufficientScope,  ///< `error="insufficient_scope"`, with the scopes that are needed.
};

struct Problem {
  ProblemType type = ProblemType::kInternal;
  /// For the client: one or two sentences, without anything secret or internal.
  std::string detail = {};
  Challenge challenge = Challenge::kNone;
  /// CauseName() of a denial; empty for anything else.
  std::string_view cause = {};
  /// What the operation needs, and what the credential has: only after the client proved that it
  /// holds it.
  std::vector<std::string> required = {};
  std::optional<std::vector<std::string>> granted = {};
  /// The member of the body, or the name in the query, that is at fault; empty if there is none.
  std::string member = {};
  std::optional<std::chrono::seconds> retry_after = {};
  /// For kMethodNotAllowed.
  std::string allow = {};
  /// Where a person makes a credential that would have passed: a link into the pages, which fills
  /// in their form; empty if there is none.
  std::string make_one = {};
};

template <typename T>
using OrProblem = std::expected<T, Problem>;

/// `return ProblemWith(ProblemType::kInvalidValue, "ttl must be positive", "ttl");`
[[nodiscard]] std::unexpected<Problem> ProblemWith(ProblemType type, std::string_view detail,
                                                   std::string member = {});

/// `text` with a capital at its front and a full stop at its end.
[[nodiscard]] std::string Sentence(std::string_view text);

/// The dialect of /api: type, title, status, detail, cause, required, granted, member,
/// make_one, request_id.
[[nodiscard]] http::Response FormatProblem(const Problem& problem, std::string_view realm,
                                           std::string_view request_id);

/// The dialect of /2.0:
/// {"type":"error","error":{"message":…,"detail":{"required":[],"granted":[],"make_one":…}}}.
[[nodiscard]] http::Response FormatBitbucketError(const Problem& problem, std::string_view realm);

}  // namespace latchkey
