#include "oidc/metadata.h"

#include <algorithm>
#include <cstddef>

#include "json/strict_json.h"
#include "oidc/curl_fetcher.h"

namespace latchkey::oidc {
namespace {

using nlohmann::json;

constexpr std::size_t kDocumentMax = 256UZ * 1024;

std::unexpected<Error> Unfit(std::string_view why) {
  return Fail(Error::Code::kPermissionDenied,
              "the identity provider's discovery document " + std::string{why},
              "check that the issuer is written exactly as the provider writes it");
}

/// Whether the list `name` has `entry`; `otherwise` if there is no such list.
bool Lists(const json& document, const char* name, std::string_view entry, bool otherwise) {
  const auto found = document.find(name);
  if (found == document.end() || !found->is_array()) return otherwise;
  return std::ranges::any_of(*found, [entry](const json& value) { return value == entry; });
}

/// Empty if it is missing or may not be asked.
std::string Endpoint(const json& document, std::string_view name) {
  const std::string* url = FindText(document, name);
  return url != nullptr && MayBeAsked(*url) ? *url : std::string{};
}

}  // namespace

std::string DiscoveryUrl(std::string_view issuer) {
  if (issuer.ends_with('/')) issuer.remove_suffix(1);
  return std::string{issuer} + "/.well-known/openid-configuration";
}

Result<Metadata> ParseMetadata(std::string_view text, std::string_view issuer) {
  const Result<json> document =
      ParseStrictJson("the identity provider's discovery document", text, kDocumentMax);
  if (!document) return std::unexpected(document.error());
  const std::string* said = FindText(*document, "issuer");
  if (said == nullptr || *said != issuer) return Unfit("is another issuer's");
  Metadata metadata{.issuer = *said,
                    .authorization_endpoint = Endpoint(*document, "authorization_endpoint"),
                    .token_endpoint = Endpoint(*document, "token_endpoint"),
                    .jwks_uri = Endpoint(*document, "jwks_uri"),
                    .userinfo_endpoint = Endpoint(*document, "userinfo_endpoint")};
  if (metadata.authorization_endpoint.empty() || metadata.token_endpoint.empty() ||
      metadata.jwks_uri.empty()) {
    return Unfit("lacks an endpoint, or has one that is not https");
  }
  if (!Lists(*document, "response_types_supported", "code", false))
    return Unfit("has no code flow");
  // Some that know S256 do not say so.
  if (!Lists(*document, "code_challenge_methods_supported", "S256", true)) {
    return Unfit("does not know PKCE with S256");
  }
  constexpr const char* kAlgorithms = "id_token_signing_alg_values_supported";
  if (!Lists(*document, kAlgorithms, "RS256", true) &&
      !Lists(*document, kAlgorithms, "ES256", false)) {
    return Unfit("signs with neither RS256 nor ES256");
  }
  const bool basic =
      Lists(*document, "token_endpoint_auth_methods_supported", "client_secret_basic", true);
  metadata.client_authentication =
      basic ? ClientAuthentication::kBasic : ClientAuthentication::kPost;
  metadata.sends_issuer =
      document->value("authorization_response_iss_parameter_supported", json(false)) == json(true);
  return metadata;
}

}  // namespace latchkey::oidc
