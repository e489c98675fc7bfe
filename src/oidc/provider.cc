#include "oidc/provider.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <utility>
#include <vector>

#include "base/text.h"
#include "crypto/base64.h"
#include "crypto/base64url.h"
#include "crypto/digest.h"
#include "json/strict_json.h"
#include "oidc/curl_fetcher.h"
#include "oidc/id_token.h"

namespace latchkey::oidc {
namespace {

using nlohmann::json;

constexpr std::chrono::hours kFresh{1};
constexpr std::chrono::hours kUsable{24};
constexpr std::chrono::minutes kRefreshPause{1};
constexpr std::chrono::seconds kFailurePause{10};
constexpr std::size_t kAnswerMax = 256UZ * 1024;
constexpr int kHttpOk = 200;

/// application/x-www-form-urlencoded, with %20 for a space, which both forms and URLs read.
std::string EncodeUrl(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kHex[byte >> 4U];
    encoded += kHex[byte & 0xFU];
  }
  return encoded;
}

struct Parameter {
  std::string_view name;
  std::string_view value;
};

std::string Form(std::span<const Parameter> parameters) {
  std::string form;
  for (const Parameter& parameter : parameters) {
    if (!form.empty()) form += '&';
    form += parameter.name;
    form += '=';
    std::string value = EncodeUrl(parameter.value);
    form += value;
    Wipe(value);
  }
  return form;
}

/// 43 characters, which is also what a code verifier needs at least (RFC 7636 section 4.1).
Result<std::string> Draw(Random& random) {
  std::string bytes(32, '\0');
  const Result<void> filled = random.Fill(std::as_writable_bytes(std::span{bytes}));
  if (!filled) return std::unexpected(filled.error());
  std::string text = EncodeBase64Url(bytes);
  Wipe(bytes);
  return text;
}

/// S256 of RFC 7636 section 4.2.
std::string ChallengeFor(std::string_view verifier) {
  const Digest digest = Sha256(verifier);
  return EncodeBase64Url({reinterpret_cast<const char*>(digest.data()), digest.size()});
}

std::unexpected<Error> Refuse(std::string_view why) {
  return Fail(Error::Code::kPermissionDenied, "the identity provider " + std::string{why});
}

/// What the provider says went wrong, if it is fit for a log: `invalid_grant`.
std::string ErrorName(std::string_view body) {
  const Result<json> answer = ParseStrictJson("the answer", body, kAnswerMax);
  const std::string* name = answer ? FindText(*answer, "error") : nullptr;
  const bool plain =
      name != nullptr && name->size() <= 40 &&
      std::ranges::all_of(*name, [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
  return plain ? *name : std::string{"no reason"};
}

/// The body of an answer that is 200. Errors: kPermissionDenied for a refusal, kUnavailable else.
Result<SecretString> RequireOk(Result<FetchAnswer> answer, std::string_view what) {
  if (!answer) return std::unexpected(answer.error());
  if (answer->status == kHttpOk) return std::move(answer->body);
  const std::string status = std::to_string(answer->status);
  if (answer->status >= 400 && answer->status < 500 && answer->status != 429) {
    return Refuse("refused " + std::string{what} + " with " + status + ": " +
                  ErrorName(answer->body.Expose()));
  }
  return Fail(Error::Code::kUnavailable,
              "the identity provider answered " + std::string{what} + " with " + status,
              "try again in a while");
}

/// Takes a text out of an answer and leaves nothing of it there.
SecretString TakeText(json& object, const char* name) {
  const auto found = object.find(name);
  auto* text = found == object.end() ? nullptr : found->get_ptr<std::string*>();
  if (text == nullptr) return {};
  SecretString taken{*text};
  Wipe(*text);
  return taken;
}

}  // namespace

Provider::Provider(ProviderSettings settings, Fetcher& fetcher, const Clock& clock, Random& random)
    : settings_(std::move(settings)), fetcher_(fetcher), clock_(clock), random_(random) {}

Result<std::unique_ptr<Provider>> Provider::Create(ProviderSettings settings, Fetcher& fetcher,
                                                   const Clock& clock, Random& random) {
  const bool bare_issuer = settings.issuer.find('?') == std::string::npos;
  if (!bare_issuer || !MayBeAsked(settings.issuer) || !MayBeAsked(settings.redirect_uri)) {
    return Fail(Error::Code::kInvalidArgument,
                "an identity provider's issuer and redirect address must be https",
                "http is for localhost alone");
  }
  if (settings.client_id.empty()) {
    return Fail(Error::Code::kInvalidArgument, "an identity provider needs a client_id",
                "register Latchkey there, and copy the id it was given");
  }
  return std::unique_ptr<Provider>{new Provider{std::move(settings), fetcher, clock, random}};
}

template <typename F>
std::invoke_result_t<F&> Provider::Ask(std::optional<Failure>& failure, F fetch) {
  if (failure && clock_.Now() < failure->until) return std::unexpected(failure->error);
  failure.reset();
  auto answer = fetch();
  if (!answer) failure = {.error = answer.error(), .until = clock_.Now() + kFailurePause};
  return answer;
}

Result<Metadata> Provider::FetchMetadata() {
  const Result<SecretString> text =
      RequireOk(fetcher_.Fetch({.url = DiscoveryUrl(settings_.issuer)}), "the discovery");
  if (!text) return std::unexpected(text.error());
  return ParseMetadata(text->Expose(), settings_.issuer);
}

Result<Metadata> Provider::Discover() {
  const std::lock_guard lock{mutex_};
  const Instant now = clock_.Now();
  if (metadata_ && now < metadata_at_ + kFresh) return *metadata_;
  Result<Metadata> metadata = Ask(metadata_failure_, [this] { return FetchMetadata(); });
  const bool unreachable = !metadata && metadata.error().code == Error::Code::kUnavailable;
  if (unreachable && metadata_ && now < metadata_at_ + kUsable) return *metadata_;
  if (!metadata) return metadata;
  metadata_ = *metadata;
  metadata_at_ = now;
  return metadata;
}

Result<Attempt> Provider::Begin(Prompt prompt) {
  const Result<Metadata> metadata = Discover();
  if (!metadata) return std::unexpected(metadata.error());
  Result<std::string> state = Draw(random_);
  if (!state) return std::unexpected(state.error());
  Result<std::string> nonce = Draw(random_);
  if (!nonce) return std::unexpected(nonce.error());
  Result<std::string> verifier = Draw(random_);
  if (!verifier) return std::unexpected(verifier.error());
  const std::string challenge = ChallengeFor(*verifier);
  const std::array<Parameter, 8> parameters{{{"response_type", "code"},
                                             {"client_id", settings_.client_id},
                                             {"redirect_uri", settings_.redirect_uri},
                                             {"scope", settings_.scope},
                                             {"state", *state},
                                             {"nonce", *nonce},
                                             {"code_challenge", challenge},
                                             {"code_challenge_method", "S256"}}};
  const std::string& endpoint = metadata->authorization_endpoint;
  const char separator = endpoint.find('?') == std::string::npos ? '?' : '&';
  Attempt attempt{.url = endpoint + separator + Form(parameters),
                  .state = std::move(*state),
                  .nonce = std::move(*nonce),
                  .code_verifier = SecretString{std::move(*verifier)}};
  if (prompt == Prompt::kProveAgain) {
    attempt.url += "&prompt=login&max_age=0";
    attempt.proof_since = clock_.Now();
  }
  return attempt;
}

Result<Identity> Provider::Complete(const Callback& callback, const Attempt& attempt) {
  const Result<Metadata> metadata = Discover();
  if (!metadata) return std::unexpected(metadata.error());
  // RFC 9207 section 2.4: an answer of another provider's, given to us in its name.
  if (callback.issuer ? *callback.issuer != settings_.issuer : metadata->sends_issuer) {
    return Refuse("is not the one that this sign-in began with");
  }
  const Result<Tokens> tokens = Exchange(*metadata, callback, attempt);
  if (!tokens) return std::unexpected(tokens.error());
  Result<Identity> identity = Verify(*metadata, tokens->id_token, attempt);
  if (!identity) return identity;
  if (identity->email.empty() && !metadata->userinfo_endpoint.empty()) {
    const Result<void> added = AddUserInfo(*metadata, tokens->access_token, *identity);
    if (!added) return std::unexpected(added.error());
  }
  return identity;
}

FetchRequest Provider::TokenRequest(const Metadata& metadata, const Callback& callback,
                                    const Attempt& attempt) const {
  std::vector<Parameter> parameters{{"grant_type", "authorization_code"},
                                    {"code", callback.code.Expose()},
                                    {"redirect_uri", settings_.redirect_uri},
                                    {"code_verifier", attempt.code_verifier.Expose()}};
  const std::string_view secret = settings_.client_secret.Expose();
  FetchRequest request{.url = metadata.token_endpoint};
  if (!secret.empty() && metadata.client_authentication == ClientAuthentication::kBasic) {
    // RFC 6749 section 2.3.1: each is encoded before they are joined.
    std::string pair = EncodeUrl(settings_.client_id) + ':' + EncodeUrl(secret);
    std::string field = "Authorization: Basic ";
    field += EncodeBase64(pair).Expose();
    Wipe(pair);
    request.fields.emplace_back(std::move(field));
  } else {
    parameters.push_back({"client_id", settings_.client_id});
    if (!secret.empty()) parameters.push_back({"client_secret", secret});
  }
  request.form = SecretString{Form(parameters)};
  return request;
}

Result<Provider::Tokens> Provider::Exchange(const Metadata& metadata, const Callback& callback,
                                            const Attempt& attempt) {
  const Result<SecretString> body =
      RequireOk(fetcher_.Fetch(TokenRequest(metadata, callback, attempt)), "the code");
  if (!body) return std::unexpected(body.error());
  Result<json> answer =
      ParseStrictJson("the identity provider's token answer", body->Expose(), kAnswerMax);
  if (!answer) return std::unexpected(answer.error());
  const std::string* type = FindText(*answer, "token_type");
  const std::string* id_token = FindText(*answer, "id_token");
  if (type == nullptr || !EqualsIgnoringCase(*type, "Bearer") || id_token == nullptr) {
    return Fail(Error::Code::kMalformed, "the identity provider's token answer has no ID token",
                "check that the client there may ask for the scope openid");
  }
  std::string token = *id_token;
  return Tokens{.id_token = std::move(token), .access_token = TakeText(*answer, "access_token")};
}

Result<Identity> Provider::Verify(const Metadata& metadata, const std::string& id_token,
                                  const Attempt& attempt) {
  const auto verify = [&](const std::string& keys) {
    return VerifyIdToken(id_token, keys,
                         {.issuer = settings_.issuer,
                          .client_id = settings_.client_id,
                          .nonce = attempt.nonce,
                          .now = clock_.Now(),
                          .authenticated_since = attempt.proof_since});
  };
  Result<std::shared_ptr<const std::string>> keys = Keys(metadata, /*refresh=*/false);
  if (!keys) return std::unexpected(keys.error());
  Result<Claims> claims = verify(**keys);
  if (!claims && claims.error().code == Error::Code::kNotFound) {
    keys = Keys(metadata, /*refresh=*/true);
    if (!keys) return std::unexpected(keys.error());
    claims = verify(**keys);
  }
  if (!claims && claims.error().code == Error::Code::kNotFound) {
    return Refuse("signed with a key that it does not publish");
  }
  if (!claims) return std::unexpected(claims.error());
  return Identity{.issuer = settings_.issuer,
                  .subject = std::move(claims->subject),
                  .email = std::move(claims->email),
                  .email_verified = claims->email_verified,
                  .name = std::move(claims->name)};
}

Result<std::shared_ptr<const std::string>> Provider::FetchKeys(const Metadata& metadata) {
  const Result<SecretString> text =
      RequireOk(fetcher_.Fetch({.url = metadata.jwks_uri}), "the question for its keys");
  if (!text) return std::unexpected(text.error());
  return std::make_shared<const std::string>(text->Expose());
}

Result<std::shared_ptr<const std::string>> Provider::Keys(const Metadata& metadata, bool refresh) {
  const std::lock_guard lock{mutex_};
  const Instant now = clock_.Now();
  const Instant good_until =
      keys_at_ + (refresh ? std::chrono::seconds{kRefreshPause} : std::chrono::seconds{kFresh});
  if (keys_ && now < good_until) return keys_;
  auto keys = Ask(keys_failure_, [&] { return FetchKeys(metadata); });
  const bool unreachable = !keys && keys.error().code == Error::Code::kUnavailable;
  if (unreachable && keys_ && now < keys_at_ + kUsable) return keys_;
  if (!keys) return keys;
  keys_ = *std::move(keys);
  keys_at_ = now;
  return keys_;
}

Result<void> Provider::AddUserInfo(const Metadata& metadata, const SecretString& access_token,
                                   Identity& identity) {
  FetchRequest request{.url = metadata.userinfo_endpoint};
  const std::string_view token = access_token.Expose();
  // It becomes a line of the request.
  const bool plain =
      !token.empty() && std::ranges::all_of(token, [](char c) { return c > ' ' && c <= '~'; });
  if (!plain) return Refuse("gave no access token that can be used");
  std::string field = "Authorization: Bearer ";
  field += token;
  request.fields.emplace_back(std::move(field));
  const Result<SecretString> body =
      RequireOk(fetcher_.Fetch(request), "the question who signed in");
  if (!body) return std::unexpected(body.error());
  const Result<json> answer =
      ParseStrictJson("the identity provider's user information", body->Expose(), kAnswerMax);
  if (!answer) return std::unexpected(answer.error());
  Claims claims = ReadClaims(*answer);
  // Core section 5.3.2: else it may be about anybody.
  if (claims.subject != identity.subject) return Refuse("speaks of somebody else");
  identity.email = std::move(claims.email);
  identity.email_verified = claims.email_verified;
  if (identity.name.empty()) identity.name = std::move(claims.name);
  return {};
}

}  // namespace latchkey::oidc
