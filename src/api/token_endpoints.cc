#include "api/token_endpoints.h"

#include <chrono>
#include <string>
#include <utility>

#include "api/form_body.h"
#include "credential/authorization.h"
#include "problem/denial_response.h"
#include "problem/json_text.h"

namespace latchkey::api {
namespace {

Outcome NoStore(int status, const Json& json) {
  Answer answer{.response = JsonResponse(status, json)};
  answer.response.fields.Set("Cache-Control", "no-store");
  answer.response.fields.Set("Pragma", "no-cache");
  return answer;
}

/// Whole seconds since 1970 (RFC 7519 section 2, NumericDate).
std::int64_t NumericDate(Instant instant) {
  return std::chrono::floor<std::chrono::seconds>(instant).time_since_epoch().count();
}

/// Without the white space around it: curl sends the line break at a file's end along.
std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// The verdict on a credential's text alone: whoever asks need not know whose it is.
Verdict VerifyText(const Verifier& verifier, const SecretString& text,
                   std::string_view client_address, Instant now, const Requirement& any) {
  const std::optional<Presented> presented{
      Presented{.form = Presented::Form::kSecretAlone,
                .user = std::nullopt,
                .secret = SecretString{Trimmed(text.Expose())}}};
  return verifier.Verify({.presented = presented, .client_address = client_address, .now = now},
                         any);
}

/// Of the credential whose secret was sent, in force or not; null if it is none. Lives as long as
/// the verdict.
const Holder* ProvenHolder(const Verdict& verdict) {
  if (verdict) return &verdict->holder();
  return verdict.error().proven ? &*verdict.error().proven : nullptr;
}

/// Whoever has a credential's secret. The secret itself is the leave: nobody's rights are asked
/// about; but who asks with a credential of the same account does so as its owner.
Caller ReporterOf(const http::RequestHead& head, const Holder& proven, const Grant* asker) {
  Caller caller{.actor = "credential:" + (asker ? asker->holder().id : proven.id).text(),
                .origin = head.client_address,
                .request_id = head.request_id};
  if (asker != nullptr && asker->holder().account->id == proven.account->id) {
    caller.account = proven.account->id;
  }
  return caller;
}

/// Whether it says nothing about the credential that was sent.
bool IsNoAnswer(Cause cause) { return cause == Cause::kThrottled || cause == Cause::kStale; }

std::string JoinWithSpaces(const std::vector<std::string>& names) {
  std::string text;
  for (const std::string& name : names) text += (text.empty() ? "" : " ") + name;
  return text;
}

Outcome MissingToken() {
  return OAuthError("invalid_request",
                    "send the credential as the parameter token, once, in a form of at most 16 "
                    "parameters");
}

}  // namespace

Outcome TokenEndpoints::Describe(const Holder& holder) const {
  const Result<CredentialRecord> record = parts_.authority.Show(holder.id, Caller{});
  if (!record) return std::unexpected(ProblemFor(record.error()));
  const bool api_token = holder.kind == CredentialKind::kApiToken;
  Json json;
  json["active"] = true;
  json["scope"] = JoinWithSpaces(holder.GrantedNames());
  json["client_id"] = holder.id.text();
  json["username"] = holder.account->username;
  json["token_type"] = api_token ? "Bearer" : "Basic";
  if (holder.expires_at) json["exp"] = NumericDate(*holder.expires_at);
  json["iat"] = NumericDate(record->created_at);
  json["sub"] = holder.account->id;
  json["aud"] = holder.catalogue->app();
  json["iss"] = parts_.settings.public_url;
  json["jti"] = holder.id.text();
  json["kind"] = KindName(holder.kind);
  return NoStore(200, json);
}

http::Awaitable<Outcome> TokenEndpoints::Introspect(const Call& call) const {
  const OrProblem<Grant> grant =
      parts_.guard.Admit(call.exchange, parts_.introspect, "credential.introspect");
  if (!grant) co_return std::unexpected(grant.error());
  const OrProblem<std::optional<FormBody>> form =
      co_await ReadFormBody(call.exchange, parts_.settings.body_size_max);
  if (!form) co_return std::unexpected(form.error());
  const SecretString* token = *form ? (*form)->Find("token") : nullptr;
  if (token == nullptr) co_return MissingToken();
  const Verdict verdict =
      VerifyText(parts_.introspector, *token, "introspection", parts_.clock.Now(), parts_.any);
  if (!verdict) {
    // Nobody can tell at present: an answer would be a guess.
    if (verdict.error().cause == Cause::kStale) {
      co_return std::unexpected(ProblemFor(verdict.error()));
    }
    Json json;
    json["active"] = false;
    co_return NoStore(200, json);
  }
  call.exchange.Annotate("subject", verdict->holder().id.text());
  const auto describe = [&] { return Describe(verdict->holder()); };
  Outcome outcome = co_await http::RunBlocking(parts_.pool, describe);
  co_return outcome;
}

Verdict TokenEndpoints::Recognise(const SecretString& token, std::string_view address) const {
  const Instant now = parts_.clock.Now();
  Verdict verdict = VerifyText(parts_.introspector, token, address, now, parts_.any);
  if (ProvenHolder(verdict) != nullptr) return verdict;
  return VerifyText(parts_.verifier, token, address, now, parts_.any);
}

http::Awaitable<Outcome> TokenEndpoints::Revoke(const Call& call) const {
  const http::RequestHead& head = call.exchange.head();
  std::optional<Grant> asker;
  if (head.fields.Count("Authorization") > 0) {
    OrProblem<Grant> grant = parts_.guard.Admit(call.exchange, parts_.any, "credential.revoke");
    if (!grant) co_return std::unexpected(grant.error());
    asker = std::move(*grant);
  }
  const OrProblem<std::optional<FormBody>> form =
      co_await ReadFormBody(call.exchange, parts_.settings.body_size_max);
  if (!form) co_return std::unexpected(form.error());
  const SecretString* token = *form ? (*form)->Find("token") : nullptr;
  if (token == nullptr) co_return MissingToken();
  const Verdict verdict = Recognise(*token, head.client_address);
  if (!verdict && IsNoAnswer(verdict.error().cause)) {
    co_return std::unexpected(ProblemFor(verdict.error()));
  }
  // Nothing would be revoked, and who asked would think it was.
  if (!verdict && verdict.error().cause == Cause::kMistyped) {
    co_return OAuthError("invalid_request", "nothing was revoked: " + verdict.error().detail);
  }
  if (const Holder* proven = ProvenHolder(verdict)) {
    call.exchange.Annotate("action", "credential.revoke");
    call.exchange.Annotate("subject", proven->id.text());
    const Caller caller = ReporterOf(head, *proven, asker ? &*asker : nullptr);
    const auto revoke = [&] {
      return parts_.authority.Revoke(proven->id, "revoked by its holder", caller);
    };
    const Result<CredentialRecord> revoked = co_await http::RunBlocking(parts_.pool, revoke);
    if (!revoked) co_return std::unexpected(ProblemFor(revoked.error()));
  }
  Answer answer;
  answer.response.fields.Set("Cache-Control", "no-store");
  answer.revocation = true;
  co_return answer;
}

}  // namespace latchkey::api
