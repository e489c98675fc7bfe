#include "api/issue_request.h"

#include <array>
#include <utility>

#include "api/credential_json.h"

namespace latchkey::api {
namespace {

/// Some 300 years: far above any policy, far below what an Instant holds.
constexpr std::int64_t kTtlMax = 10'000'000'000;

constexpr std::string_view kExpiryForms =
    "expires_at must be a date like 2027-03-31 or an RFC 3339 time like 2027-03-31T12:00:00Z";

OrProblem<void> ReadTtl(std::int64_t ttl, Instant now, IssueRequest& request) {
  if (ttl <= 0 || ttl > kTtlMax) {
    return ProblemWith(ProblemType::kInvalidValue,
                       "ttl must be a number of seconds from 1 to " + std::to_string(kTtlMax),
                       "ttl");
  }
  request.asked_at = now;
  request.expires_at = now + std::chrono::seconds{ttl};
  request.expiry_as_asked = "ttl " + std::to_string(ttl);
  return {};
}

OrProblem<void> ReadExpiresAt(const std::string& text, Instant now, IssueRequest& request) {
  // ParseExpiry also knows spans, `90d`: those are ttl's.
  const bool span = text.find('-') == std::string::npos;
  const Result<Instant> expires_at = ParseExpiry(text, now);
  if (span || !expires_at) {
    return ProblemWith(ProblemType::kInvalidValue, kExpiryForms, "expires_at");
  }
  request.expires_at = *expires_at;
  request.expiry_as_asked = "at " + text;
  return {};
}

OrProblem<void> ReadExpiry(const JsonBody& body, Instant now, IssueRequest& request) {
  if (body.Has("ttl") && body.Has("expires_at")) {
    return ProblemWith(ProblemType::kInvalidValue, "send either ttl or expires_at, not both",
                       "ttl");
  }
  const OrProblem<std::optional<std::int64_t>> ttl = body.FindInteger("ttl");
  if (!ttl) return std::unexpected(ttl.error());
  if (*ttl) return ReadTtl(**ttl, now, request);
  const OrProblem<std::optional<std::string>> expires_at = body.FindText("expires_at");
  if (!expires_at) return std::unexpected(expires_at.error());
  if (*expires_at) return ReadExpiresAt(**expires_at, now, request);
  return {};
}

}  // namespace

OrProblem<IssueRequest> ReadIssueRequest(const JsonBody& body, const http::Fields& fields,
                                         CredentialKind kind, const AccountId& account,
                                         Instant now) {
  const std::string_view grants_member = GrantsMember(kind);
  const std::array<std::string_view, 5> members{"name", "app", grants_member, "expires_at", "ttl"};
  if (const OrProblem<void> known = body.RequireOnly(members); !known) {
    return std::unexpected(known.error());
  }
  OrProblem<std::string> name = body.RequireText("name");
  if (!name) return std::unexpected(name.error());
  OrProblem<std::optional<std::string>> app = body.FindText("app");
  if (!app) return std::unexpected(app.error());
  OrProblem<std::vector<std::string>> grants = body.RequireTexts(grants_member);
  if (!grants) return std::unexpected(grants.error());

  IssueRequest request{.kind = kind,
                       .account = account,
                       .app = std::move(*app).value_or(std::string{kBitbucketApp}),
                       .name = std::move(*name),
                       .grants = std::move(*grants)};
  if (const OrProblem<void> expiry = ReadExpiry(body, now, request); !expiry) {
    return std::unexpected(expiry.error());
  }
  if (fields.Count("Idempotency-Key") > 1) {
    return ProblemWith(ProblemType::kMalformed,
                       "the request has more than one Idempotency-Key field: send one");
  }
  if (const auto key = fields.Find("Idempotency-Key")) request.idempotency_key = std::string{*key};
  return request;
}

}  // namespace latchkey::api
