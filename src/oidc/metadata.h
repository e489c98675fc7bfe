#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace latchkey::oidc {

enum class ClientAuthentication : std::uint8_t { kBasic, kPost };

/// What we need of a provider's discovery document (OpenID Connect Discovery 1.0 section 3).
struct Metadata {
  std::string issuer;
  std::string authorization_endpoint;
  std::string token_endpoint;
  std::string jwks_uri;
  std::string userinfo_endpoint;  ///< Empty: none.
  ClientAuthentication client_authentication = ClientAuthentication::kBasic;
  bool sends_issuer = false;  ///< authorization_response_iss_parameter_supported (RFC 9207).
};

/// ISSUER/.well-known/openid-configuration.
[[nodiscard]] std::string DiscoveryUrl(std::string_view issuer);

/// Errors: kMalformed for what is no such document; kPermissionDenied for another issuer's
/// (section 4.3), for endpoints that may not be asked, and for a provider without code flow or
/// S256.
[[nodiscard]] Result<Metadata> ParseMetadata(std::string_view text, std::string_view issuer);

}  // namespace latchkey::oidc
