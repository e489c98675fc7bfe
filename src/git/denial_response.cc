#include "git/denial_response.h"

#include <string>
#include <utility>
#include <vector>

#include "scope/catalogue.h"

namespace latchkey::git {
namespace {

constexpr std::string_view kStaleRetryAfter = "5";

/// First letter in upper case. Explain() starts with an ASCII letter.
std::string Capitalized(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - 'a' + 'A');
  }
  return text;
}

std::string Join(const std::vector<std::string>& names, char separator) {
  std::string joined;
  for (const std::string& name : names) {
    if (!joined.empty()) joined += separator;
    joined += name;
  }
  return joined;
}

/// Where to make a credential that holds what is needed.
std::string MakerLine(const Denial& denial, const DenialWords& words) {
  if (words.public_url.empty() || !denial.proven || denial.required.empty()) return {};
  std::string line = "\nMake one that does: ";
  line += words.public_url;
  switch (denial.proven->kind) {
    case CredentialKind::kApiToken:
      line.append("/settings/security/api-tokens/new?app=")
          .append(kBitbucketApp)
          .append("&scopes=");
      break;
    case CredentialKind::kAppPassword:
      line += "/settings/personal/app-passwords/new?permissions=";
      break;
  }
  return line + Join(denial.required, ',');
}

bool NeedsOtherScopes(Cause cause) {
  return cause == Cause::kMissingScope || cause == Cause::kWrongApp;
}

std::string Realm(const DenialWords& words) { return "realm=\"" + std::string{words.realm} + "\""; }

/// Bearer first and Basic second: git, libgit2 and JGit need Basic, and take it from the second
/// line.
void AddChallenges(const Denial& denial, const DenialWords& words, http::Fields& fields) {
  const bool sent = denial.cause != Cause::kAbsent;
  fields.Add("WWW-Authenticate",
             "Bearer " + Realm(words) + (sent ? ", error=\"invalid_token\"" : ""));
  fields.Add("WWW-Authenticate", "Basic " + Realm(words) + ", charset=\"UTF-8\"");
}

/// RFC 6750 section 3.1.
void AddScopeChallenge(const Denial& denial, const DenialWords& words, http::Fields& fields) {
  fields.Add("WWW-Authenticate", "Bearer " + Realm(words) +
                                     R"(, error="insufficient_scope", scope=")" +
                                     Join(denial.required, ' ') + "\"");
}

}  // namespace

int StatusFor(Cause cause) {
  switch (cause) {
    case Cause::kAbsent:
    case Cause::kMistyped:
    case Cause::kUnknown:
    case Cause::kWrongUser:
    case Cause::kExpired:
    case Cause::kRevoked:
    case Cause::kSuspended: return 401;
    case Cause::kWrongApp:
    case Cause::kMissingScope:
    case Cause::kNotPermitted: return 403;
    case Cause::kNotVisible: return 404;
    case Cause::kThrottled: return 429;
    case Cause::kStale: return 503;
  }
  std::unreachable();
}

http::Response MakeText(int status, std::string_view text) {
  http::Response response{.status = status, .fields = {}, .body = std::string{text} + "\n"};
  response.fields.Set("Content-Type", "text/plain; charset=utf-8");
  response.fields.Set("Cache-Control", "no-store");
  return response;
}

http::Response MakeDenial(const Denial& denial, const DenialWords& words) {
  std::string text = Capitalized(Explain(denial));
  if (NeedsOtherScopes(denial.cause)) text += MakerLine(denial, words);
  http::Response response = MakeText(StatusFor(denial.cause), text);
  if (response.status == 401) AddChallenges(denial, words, response.fields);
  if (NeedsOtherScopes(denial.cause)) AddScopeChallenge(denial, words, response.fields);
  if (denial.cause == Cause::kThrottled) {
    response.fields.Set("Retry-After", std::to_string(denial.retry_after.count()));
  }
  if (denial.cause == Cause::kStale) {
    response.fields.Set("Retry-After", std::string{kStaleRetryAfter});
  }
  return response;
}

http::Response MakeNotFound(const DenialWords& words) {
  return MakeDenial(Denial{.cause = Cause::kNotVisible}, words);
}

}  // namespace latchkey::git
