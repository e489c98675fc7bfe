#include "oidc/id_token.h"

#include <cjose/cjose.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <memory>
#include <optional>
#include <vector>

#include "base/text.h"
#include "crypto/base64url.h"
#include "crypto/digest.h"
#include "json/strict_json.h"

namespace latchkey::oidc {
namespace {

using nlohmann::json;

constexpr std::size_t kTokenMax = 16UZ * 1024;
constexpr std::size_t kKeySetMax = 256UZ * 1024;
constexpr std::size_t kRsaBitsMin = 2048;
constexpr std::size_t kRsaBitsMax = 8192;  // Above it, one signature takes long.
constexpr std::size_t kSubjectMax = 255;   // OpenID Connect Core section 2
constexpr std::size_t kEmailMax = 254;
constexpr std::size_t kNameMax = 200;
constexpr std::chrono::minutes kClockDifference{1};
constexpr std::chrono::minutes kAgeMax{10};  // It was issued for the code of just now.

std::unexpected<Error> Refuse(std::string_view why) {
  return Fail(Error::Code::kPermissionDenied,
              "the identity provider's ID token " + std::string{why});
}

std::unexpected<Error> Malformed() {
  return Fail(Error::Code::kMalformed, "the identity provider's ID token cannot be read");
}

struct Key {
  struct Release {
    void operator()(cjose_jwk_t* key) const { cjose_jwk_release(key); }
  };
  std::unique_ptr<cjose_jwk_t, Release> handle;
};

struct Signature {
  struct Release {
    void operator()(cjose_jws_t* signature) const { cjose_jws_release(signature); }
  };
  std::unique_ptr<cjose_jws_t, Release> handle;
};

struct Parts {
  json header;
  std::string payload;
};

/// Header and payload, decoded. What the payload says counts only once the signature was verified.
Result<Parts> Split(std::string_view token) {
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first + 1);
  if (token.size() > kTokenMax || first == std::string_view::npos ||
      second == std::string_view::npos || token.find('.', second + 1) != std::string_view::npos) {
    return Malformed();
  }
  const Result<std::string> header = DecodeBase64Url(token.substr(0, first));
  Result<std::string> payload = DecodeBase64Url(token.substr(first + 1, second - first - 1));
  if (!header || !payload) return Malformed();
  Result<json> read = ParseStrictJson("the ID token's header", *header, kTokenMax);
  if (!read) return std::unexpected(read.error());
  return Parts{.header = std::move(*read), .payload = std::move(*payload)};
}

/// The key type that the header's algorithm needs (RFC 7518 section 3.1). No other is accepted:
/// neither none, nor an HMAC, for which a public key would do as the secret.
Result<std::string_view> KeyTypeFor(const json& header) {
  const std::string* algorithm = FindText(header, "alg");
  const std::string* type = FindText(header, "typ");
  if (algorithm == nullptr) return Malformed();
  if (header.contains("crit")) return Refuse("asks for an extension");
  // An access token has another type (RFC 9068).
  if (type != nullptr && !EqualsIgnoringCase(*type, "JWT")) return Refuse("is of another type");
  if (*algorithm == "RS256") return "RSA";
  if (*algorithm == "ES256") return "EC";
  return Refuse("is signed with neither RS256 nor ES256");
}

/// Whether a member is missing or says this.
bool IsUnlessElse(const json& key, std::string_view name, std::string_view wanted) {
  if (!key.contains(name)) return true;
  const std::string* said = FindText(key, name);
  return said != nullptr && *said == wanted;
}

bool Fits(const json& key, const json& header, std::string_view type) {
  const std::string* key_type = FindText(key, "kty");
  const std::string* wanted_id = FindText(header, "kid");
  if (key_type == nullptr || *key_type != type) return false;
  if (wanted_id != nullptr) {
    const std::string* id = FindText(key, "kid");
    if (id == nullptr || *id != *wanted_id) return false;
  }
  return IsUnlessElse(key, "use", "sig") && IsUnlessElse(key, "alg", *FindText(header, "alg")) &&
         (type != "EC" || (key.contains("crv") && key["crv"] == "P-256"));
}

/// What stands there is base64url of something. cjose ends the program over what it cannot decode.
bool IsBase64Url(std::string_view text) {
  const Result<std::string> decoded = DecodeBase64Url(text);
  return decoded && !decoded->empty();
}

/// The members that the type needs (RFC 7518 section 6), without x5c and the like, which cjose need
/// not read; nothing if they are not all there.
std::optional<json> PublicPart(const json& key, std::string_view type) {
  const bool rsa = type == "RSA";
  json part{{"kty", type}};
  if (!rsa) part["crv"] = key["crv"];
  for (const char* name : {rsa ? "n" : "x", rsa ? "e" : "y"}) {
    const std::string* text = FindText(key, name);
    if (text == nullptr || !IsBase64Url(*text)) return std::nullopt;
    part[name] = *text;
  }
  return part;
}

bool IsStrong(const cjose_jwk_t* key) {
  cjose_err error{};
  switch (cjose_jwk_get_kty(key, &error)) {
    case CJOSE_JWK_KTY_RSA: {
      const std::size_t bits = cjose_jwk_get_keysize(key, &error);
      return bits >= kRsaBitsMin && bits <= kRsaBitsMax;
    }
    case CJOSE_JWK_KTY_EC: return cjose_jwk_EC_get_curve(key, &error) == CJOSE_JWK_EC_P_256;
    case CJOSE_JWK_KTY_OCT: return false;
  }
  return false;
}

Result<Key> FindKey(std::string_view keys, const json& header, std::string_view type) {
  const Result<json> set = ParseStrictJson("the identity provider's key set", keys, kKeySetMax);
  if (!set) return std::unexpected(set.error());
  const auto list = set->find("keys");
  if (list == set->end() || !list->is_array()) return Refuse("comes without a key set");
  const json* fitting = nullptr;
  for (const json& key : *list) {
    if (!key.is_object() || !Fits(key, header, type)) continue;
    if (fitting != nullptr) return Refuse("does not say which key signed it");
    fitting = &key;
  }
  if (fitting == nullptr) {
    return Fail(Error::Code::kNotFound, "no key of the identity provider's fits its ID token");
  }
  const std::optional<json> part = PublicPart(*fitting, type);
  if (!part) return Refuse("is signed with a key that cannot be read");
  const std::string text = part->dump();
  cjose_err error{};
  Key key{decltype(Key::handle){cjose_jwk_import(text.data(), text.size(), &error)}};
  if (!key.handle || !IsStrong(key.handle.get())) return Refuse("is signed with an unfit key");
  return key;
}

bool IsSigned(std::string_view token, const Key& key) {
  if (!IsBase64Url(token.substr(token.rfind('.') + 1))) return false;
  cjose_err error{};
  const Signature signature{
      decltype(Signature::handle){cjose_jws_import(token.data(), token.size(), &error)}};
  return signature.handle && cjose_jws_verify(signature.handle.get(), key.handle.get(), &error);
}

/// A NumericDate (RFC 7519 section 2); nothing if it is none, or beyond the year 9999.
std::optional<Instant> ReadTime(const json& claims, std::string_view name) {
  constexpr double kSecondsMax = 253'402'300'799;
  const auto found = claims.find(name);
  if (found == claims.end() || !found->is_number()) return std::nullopt;
  const auto seconds = found->get<double>();
  if (!std::isfinite(seconds) || seconds < 0 || seconds > kSecondsMax) return std::nullopt;
  return Instant{std::chrono::milliseconds{static_cast<std::int64_t>(seconds * 1000)}};
}

/// Section 3.1.3.7 steps 9 to 10.
Result<void> CheckTimes(const json& claims, Instant now) {
  const std::optional<Instant> expires_at = ReadTime(claims, "exp");
  const std::optional<Instant> issued_at = ReadTime(claims, "iat");
  if (!expires_at || !issued_at) return Refuse("does not say when it was issued and expires");
  if (now >= *expires_at + kClockDifference) return Refuse("has expired");
  if (*issued_at > now + kClockDifference) return Refuse("is from the future: check both clocks");
  if (*issued_at < now - kAgeMax - kClockDifference) return Refuse("is old: check both clocks");
  if (!claims.contains("nbf")) return {};
  const std::optional<Instant> not_before = ReadTime(claims, "nbf");
  if (!not_before || *not_before > now + kClockDifference) return Refuse("is not valid yet");
  return {};
}

/// Section 3.1.3.7 step 13.
Result<void> CheckAuthentication(const json& claims, std::optional<Instant> since) {
  if (!since) return {};
  const std::optional<Instant> at = ReadTime(claims, "auth_time");
  if (!at) return Refuse("does not say when its person proved who it is");
  if (*at < *since - kClockDifference) return Refuse("is of a proof from before it was asked for");
  return {};
}

/// Section 3.1.3.7 steps 3 to 5: it is for us, and for us alone.
Result<void> CheckAudience(const json& claims, std::string_view client_id) {
  const auto audience = claims.find("aud");
  if (audience == claims.end()) return Refuse("is for nobody");
  const bool list = audience->is_array();
  const bool ours =
      list ? std::ranges::any_of(*audience,
                                 [client_id](const json& entry) { return entry == client_id; })
           : *audience == client_id;
  if (!ours) return Refuse("is for another client");
  const bool has_party = claims.contains("azp");
  if (list && audience->size() > 1 && !has_party) return Refuse("is for others too");
  if (has_party && claims["azp"] != client_id) return Refuse("was issued to another client");
  return {};
}

bool IsSubject(const std::string* subject) {
  return subject != nullptr && !subject->empty() && subject->size() <= kSubjectMax &&
         std::ranges::all_of(*subject, [](char c) { return c >= ' ' && c <= '~'; });
}

/// A text for people; empty if it is none.
std::string Shown(const json& claims, std::string_view name, std::size_t size_max) {
  const std::string* text = FindText(claims, name);
  if (text == nullptr || !ValidateDisplayText(name, *text, size_max)) return {};
  return *text;
}

}  // namespace

Claims ReadClaims(const json& claims) {
  const auto verified = claims.find("email_verified");
  const std::string* subject = FindText(claims, "sub");
  return {.subject = IsSubject(subject) ? *subject : std::string{},
          .email = Shown(claims, "email", kEmailMax),
          // Some write it as a text.
          .email_verified = verified != claims.end() && (*verified == true || *verified == "true"),
          .name = Shown(claims, "name", kNameMax)};
}

Result<Claims> VerifyIdToken(std::string_view token, std::string_view keys,
                             const Expectation& expected) {
  const Result<Parts> parts = Split(token);
  if (!parts) return std::unexpected(parts.error());
  const Result<std::string_view> type = KeyTypeFor(parts->header);
  if (!type) return std::unexpected(type.error());
  const Result<Key> key = FindKey(keys, parts->header, *type);
  if (!key) return std::unexpected(key.error());
  if (!IsSigned(token, *key)) return Refuse("has a signature that is not the provider's");

  const Result<json> claims = ParseStrictJson("the ID token", parts->payload, kTokenMax);
  if (!claims) return std::unexpected(claims.error());
  const std::string* issuer = FindText(*claims, "iss");
  if (issuer == nullptr || *issuer != expected.issuer) return Refuse("is another issuer's");
  if (const Result<void> ours = CheckAudience(*claims, expected.client_id); !ours) {
    return std::unexpected(ours.error());
  }
  if (const Result<void> timely = CheckTimes(*claims, expected.now); !timely) {
    return std::unexpected(timely.error());
  }
  if (const Result<void> proven = CheckAuthentication(*claims, expected.authenticated_since);
      !proven) {
    return std::unexpected(proven.error());
  }
  const std::string* nonce = FindText(*claims, "nonce");
  if (expected.nonce.empty() || nonce == nullptr ||
      !EqualInConstantTime(AsBytes(*nonce), AsBytes(expected.nonce))) {
    return Refuse("is for another attempt to sign in");
  }
  Claims read = ReadClaims(*claims);
  if (read.subject.empty()) return Refuse("does not say who signed in");
  return read;
}

}  // namespace latchkey::oidc
