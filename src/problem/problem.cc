#include "problem/problem.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "problem/json_text.h"

namespace latchkey {
namespace {

// In the order of ProblemType.
constexpr std::array<ProblemTraits, kProblemTypeCount> kTraits{{
    {"unknown", 401, "A valid credential is needed"},
    {"mistyped", 401, "The credential is mistyped"},
    {"wrong-user", 401, "The user part does not fit the credential"},
    {"expired", 401, "The credential has expired"},
    {"revoked", 401, "The credential was revoked"},
    {"suspended", 401, "The account is suspended"},
    {"wrong-app", 403, "The credential is for another app"},
    {"missing-scope", 403, "The credential lacks a scope or permission"},
    {"not-permitted", 403, "The account may not do this"},
    {"not-visible", 404, "Not found"},
    {"throttled", 429, "Too many failed attempts"},
    {"stale", 503, "Credentials cannot be checked at present"},
    {"two-credentials", 400, "More than one credential was sent"},
    {"malformed", 400, "The request cannot be read"},
    {"unknown-member", 400, "The request has an unknown member"},
    {"invalid-value", 422, "A value is not acceptable"},
    {"immutable-member", 403, "A member cannot be changed"},
    {"too-large", 413, "The request is too large"},
    {"unsupported-media-type", 415, "The body is not of a supported type"},
    {"method-not-allowed", 405, "The method is not allowed here"},
    {"no-operation", 404, "The app has no such operation"},
    {"untrusted-proxy", 403, "Only a trusted proxy may ask"},
    {"permission-denied", 403, "The credential may not do this"},
    {"not-found", 404, "Not found"},
    {"conflict", 409, "The request conflicts with what there is"},
    {"idempotency-key-reused", 422, "The idempotency key was used for another request"},
    {"sign-in-failed", 401, "Signing in did not work"},
    {"second-step-failed", 401, "The second step did not work"},
    {"attempt-over", 401, "Signing in has to begin again"},
    {"sign-in-required", 401, "Signing in is needed"},
    {"reauthentication-required", 403, "Another proof of who you are is needed"},
    {"cross-site", 403, "The request came from another site"},
    {"link-over", 404, "The link is not good any more"},
    {"weak-password", 422, "The password is too easy to guess"},
    {"second-step-required", 403, "A second step has to be set up first"},
    {"kind-disabled", 403, "This kind of credential is not issued"},
    {"unavailable", 503, "The service is not available at present"},
    {"no-space", 507, "There is no space left"},
    {"internal", 500, "Something went wrong on this side"},
}};

/// What RFC 6750 section 3 allows in error_description.
std::string DescriptionOf(std::string_view detail) {
  std::string text;
  for (const char c : detail) {
    if (c == '"') {
      text += '\'';
    } else {
      text += c >= ' ' && c <= '~' && c != '\\' ? c : '?';
    }
  }
  return text;
}

std::string JoinWithSpaces(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) {
    if (!text.empty()) text += ' ';
    text += name;
  }
  return text;
}

void AddChallenges(const Problem& problem, std::string_view realm, http::Fields& fields) {
  if (problem.challenge == Challenge::kNone) return;
  const std::string quoted_realm = "realm=\"" + std::string{realm} + "\"";
  std::string bearer = "Bearer " + quoted_realm;
  if (problem.challenge != Challenge::kBare) {
    const bool invalid = problem.challenge == Challenge::kInvalidToken;
    bearer += invalid ? ", error=\"invalid_token\"" : ", error=\"insufficient_scope\"";
    bearer += ", error_description=\"" + DescriptionOf(problem.detail) + "\"";
    if (!problem.required.empty()) {
      bearer += ", scope=\"" + JoinWithSpaces(problem.required) + "\"";
    }
  }
  // Two lines, Bearer first: git, libgit2 and JGit need the Basic one and read it only so.
  fields.Add("WWW-Authenticate", bearer);
  fields.Add("WWW-Authenticate", "Basic " + quoted_realm + ", charset=\"UTF-8\"");
}

http::Response MakeResponse(const Problem& problem, std::string_view realm,
                            std::string_view content_type, const Json& body) {
  http::Response response;
  response.status = TraitsOf(problem.type).status;
  response.fields.Set("Content-Type", std::string{content_type});
  response.fields.Set("Cache-Control", "no-store");
  AddChallenges(problem, realm, response.fields);
  if (problem.retry_after) {
    response.fields.Set("Retry-After", std::to_string(problem.retry_after->count()));
  }
  if (problem.type == ProblemType::kMethodNotAllowed) {
    response.fields.Set("Allow", problem.allow);
  }
  response.body = FormatJson(body);
  return response;
}

}  // namespace

const ProblemTraits& TraitsOf(ProblemType type) {
  return kTraits.at(static_cast<std::size_t>(type));
}

std::array<ProblemType, kProblemTypeCount> ProblemTypes() {
  std::array<ProblemType, kProblemTypeCount> types{};
  for (std::size_t i = 0; i < types.size(); ++i) types.at(i) = static_cast<ProblemType>(i);
  return types;
}

std::unexpected<Problem> ProblemWith(ProblemType type, std::string_view detail,
                                     std::string member) {
  return std::unexpected(
      Problem{.type = type, .detail = Sentence(detail), .member = std::move(member)});
}

std::string Sentence(std::string_view text) {
  std::string sentence{text};
  if (sentence.empty()) return sentence;
  char& first = sentence.front();
  if (first >= 'a' && first <= 'z') first = static_cast<char>(first - 'a' + 'A');
  if (std::string_view{".!?"}.find(sentence.back()) == std::string_view::npos) sentence += '.';
  return sentence;
}

http::Response FormatProblem(const Problem& problem, std::string_view realm,
                             std::string_view request_id) {
  const ProblemTraits& traits = TraitsOf(problem.type);
  Json body;
  body["type"] = "urn:latchkey:problem:" + std::string{traits.code};
  body["title"] = traits.title;
  body["status"] = traits.status;
  body["detail"] = problem.detail;
  if (!problem.cause.empty()) body["cause"] = problem.cause;
  if (!problem.required.empty()) body["required"] = problem.required;
  if (problem.granted) body["granted"] = *problem.granted;
  if (!problem.member.empty()) body["member"] = problem.member;
  if (!problem.make_one.empty()) body["make_one"] = problem.make_one;
  body["request_id"] = request_id;
  return MakeResponse(problem, realm, "application/problem+json", body);
}

http::Response FormatBitbucketError(const Problem& problem, std::string_view realm) {
  Json error;
  error["message"] = problem.detail;
  if (problem.granted) {
    error["detail"]["required"] = problem.required;
    error["detail"]["granted"] = *problem.granted;
    if (!problem.make_one.empty()) error["detail"]["make_one"] = problem.make_one;
  }
  Json body;
  body["type"] = "error";
  body["error"] = std::move(error);
  return MakeResponse(problem, realm, "application/json; charset=utf-8", body);
}

}  // namespace latchkey
