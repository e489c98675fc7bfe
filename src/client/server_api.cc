#include "client/server_api.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/text.h"
#include "credential/authorization.h"
#include "credential/credential.h"
#include "json/strict_json.h"

namespace latchkey::client {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kAnswerSizeMax = std::size_t{256} << 10U;
constexpr std::size_t kLineSizeMax = 400;

std::string TextOf(const Json& object, std::string_view name) {
  const std::string* text = FindText(object, name);
  return text == nullptr ? std::string{} : *text;
}

/// A text of the server's that becomes part of what git reads, or of a line for people.
bool IsPlain(std::string_view text) {
  return IsUtf8(text) && std::ranges::none_of(text, [](char c) {
           return static_cast<unsigned char>(c) < 0x20 || c == '\x7F';
         });
}

std::optional<Identity> ReadCredential(const Json& json) {
  Identity identity;
  identity.id = TextOf(json, "id");
  identity.kind = TextOf(json, "kind");
  identity.app = TextOf(json, "app");
  const auto grants = json.find(identity.kind == "api-token" ? "scopes" : "permissions");
  if (!ParseKindName(identity.kind) || grants == json.end() || !grants->is_array()) {
    return std::nullopt;
  }
  for (const Json& grant : *grants) {
    if (grant.is_string()) identity.grants.push_back(grant.get<std::string>());
  }
  if (const std::string* text = FindText(json, "expires_at")) {
    const Result<Instant> end = ParseInstant(*text);
    if (!end) return std::nullopt;
    identity.expires_at = *end;
  }
  if (!CredentialId::Parse(identity.id)) return std::nullopt;
  return identity;
}

std::optional<Identity> ReadIdentity(std::string_view body) {
  const Result<Json> json = ParseStrictJson("the server's answer", body, kAnswerSizeMax);
  if (!json) return std::nullopt;
  const auto account = json->find("account");
  const auto credential = json->find("credential");
  if (account == json->end() || credential == json->end() || !account->is_object() ||
      !credential->is_object()) {
    return std::nullopt;
  }
  std::optional<Identity> identity = ReadCredential(*credential);
  if (!identity) return std::nullopt;
  identity->username = TextOf(*account, "username");
  identity->email = TextOf(*account, "email");
  if (identity->username.empty() || !IsPlain(identity->username) || !IsPlain(identity->email)) {
    return std::nullopt;
  }
  return identity;
}

std::optional<Successor> ReadSuccessor(std::string_view body) {
  Result<Json> json = ParseStrictJson("the server's answer", body, kAnswerSizeMax);
  if (!json) return std::nullopt;
  const auto secret = json->find("secret");
  std::optional<Identity> identity = ReadCredential(*json);
  const Result<Instant> created = ParseInstant(TextOf(*json, "created_at"));
  if (secret == json->end() || !secret->is_string() || !identity || !created) return std::nullopt;
  identity->username = TextOf(*json, "account");
  // Taken out, so that nothing of it stays in the document.
  return Successor{.secret = SecretString{std::move(secret->get_ref<std::string&>())},
                   .identity = *std::move(identity),
                   .created_at = *created};
}

/// What git prints: what is wrong on the first line, and below it perhaps an address.
void ReadPlain(std::string_view body, Refusal& refusal) {
  const std::size_t end = std::min(body.find('\n'), body.size());
  refusal.detail = body.substr(0, end);
  const std::size_t address = body.find("http", end);
  if (address == std::string_view::npos) return;
  const std::string_view rest = body.substr(address);
  refusal.make_one = rest.substr(0, rest.find_first_of(" \r\n"));
}

/// Problem JSON (RFC 9457), or the shape of the paths under /2.0.
void ReadProblem(const Json& json, Refusal& refusal) {
  refusal.cause = TextOf(json, "cause");
  refusal.detail = TextOf(json, "detail");
  refusal.make_one = TextOf(json, "make_one");
  const auto error = json.find("error");
  if (error == json.end() || !error->is_object()) return;
  refusal.detail = TextOf(*error, "message");
  const auto more = error->find("detail");
  if (more == error->end() || !more->is_object()) return;
  const auto required = more->find("required");
  if (required == more->end() || !required->is_array()) return;
  std::vector<std::string> names;
  for (const Json& name : *required) {
    if (name.is_string()) names.push_back(name.get<std::string>());
  }
  if (!names.empty()) refusal.detail += " It needs " + JoinNames(names);
}

Fault NotUnderstood() {
  return {.kind = Fault::Kind::kOther, .text = "the server's answer is of an unknown form"};
}

HttpRequest RequestTo(const ServerAddress& server, std::string_view path) {
  return {.url = server.url + std::string{path}, .ca_file = server.ca_file};
}

HttpRequest Authorized(const ServerAddress& server, std::string_view path,
                       const SecretString& authorization) {
  HttpRequest request = RequestTo(server, path);
  request.authorization = SecretString{authorization.Expose()};
  return request;
}

template <typename T, typename Read>
Answer<T> Ask(Transport& transport, const HttpRequest& request, int status, Read read) {
  const std::expected<HttpAnswer, Fault> answer = transport.Send(request);
  if (!answer) return answer.error();
  if (answer->status != status) return ReadRefusal(*answer);
  std::optional<T> value = read(answer->body.Expose());
  if (!value) return NotUnderstood();
  return *std::move(value);
}

/// In one buffer, so that no copy is left behind.
SecretString Join(std::string_view start, const SecretString& secret) {
  std::string text;
  text.reserve(start.size() + secret.size());
  text.append(start).append(secret.Expose());
  return SecretString{std::move(text)};
}

std::optional<bool> Done(std::string_view /*body*/) { return true; }

}  // namespace

SecretString AuthorizationFor(std::string_view kind, std::string_view username,
                              const SecretString& secret) {
  if (kind == "api-token") return Join("Bearer ", secret);
  return Join("Basic ", EncodeBasic(username, secret));
}

Answer<Identity> AskWhoAmI(Transport& transport, const ServerAddress& server,
                           const SecretString& authorization) {
  return Ask<Identity>(transport, Authorized(server, "/api/v1/me", authorization), 200,
                       ReadIdentity);
}

Answer<Successor> AskForSuccessor(Transport& transport, const ServerAddress& server,
                                  const SecretString& authorization, const std::string& key) {
  HttpRequest request = Authorized(server, "/api/v1/credentials/self/rotate", authorization);
  request.method = "POST";
  request.fields.emplace_back("Idempotency-Key", key);
  return Ask<Successor>(transport, request, 201, ReadSuccessor);
}

Answer<bool> TellArrival(Transport& transport, const ServerAddress& server,
                         const SecretString& authorization, const std::string& replaces) {
  HttpRequest request = Authorized(server, "/api/v1/credentials/self/activate", authorization);
  request.method = "POST";
  request.fields.emplace_back("Content-Type", "application/json");
  request.body = SecretString{Json{{"replaces", replaces}}.dump()};
  return Ask<bool>(transport, request, 200, Done);
}

Answer<bool> AskToRevoke(Transport& transport, const ServerAddress& server,
                         const SecretString& secret) {
  HttpRequest request = RequestTo(server, "/api/v1/revoke");
  request.method = "POST";
  request.fields.emplace_back("Content-Type", "application/x-www-form-urlencoded");
  // Letters, digits and `_` need no escaping.
  request.body = Join("token=", secret);
  return Ask<bool>(transport, request, 200, Done);
}

Result<void> FindServer(Transport& transport, const ServerAddress& server) {
  const std::expected<HttpAnswer, Fault> answer = transport.Send(RequestTo(server, "/api/v1/me"));
  if (!answer) return Fail(Error::Code::kUnavailable, server.url + ": " + answer.error().text);
  if (answer->status == 401 && ReadRefusal(*answer).cause == "unknown") return {};
  return Fail(Error::Code::kNotFound,
              "no Latchkey answers at " + server.url + " (status " +
                  std::to_string(answer->status) + " for /api/v1/me)",
              "Give the address that the server's pages have.");
}

Refusal ReadRefusal(const HttpAnswer& answer) {
  Refusal refusal{.status = answer.status};
  const std::string_view body = answer.body.Expose();
  const std::string_view type = answer.content_type;
  if (type.starts_with("text/plain")) {
    ReadPlain(body, refusal);
  } else if (type.starts_with("application/problem+json") || type.starts_with("application/json")) {
    const Result<Json> json = ParseStrictJson("the problem", body, kAnswerSizeMax);
    if (json) ReadProblem(*json, refusal);
  }
  if (!IsPlain(refusal.make_one)) refusal.make_one.clear();
  return refusal;
}

std::string Explain(const Refusal& refusal) {
  std::string text = refusal.detail.empty()
                         ? "the server answered with status " + std::to_string(refusal.status)
                         : EscapeForTerminal(refusal.detail, kLineSizeMax);
  while (text.ends_with('.')) text.pop_back();
  return text;
}

std::string Explain(const Fault& fault) { return EscapeForTerminal(fault.text, kLineSizeMax); }

}  // namespace latchkey::client
