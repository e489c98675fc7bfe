#include "oidc/metadata.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>
#include <string>

#include "testing/matchers.h"

namespace latchkey::oidc {
namespace {

using enum Error::Code;
using nlohmann::json;

constexpr std::string_view kIssuer = "https://id.example.org";

json Good() {
  return {{"issuer", kIssuer},
          {"authorization_endpoint", "https://id.example.org/auth"},
          {"token_endpoint", "https://id.example.org/token"},
          {"jwks_uri", "https://id.example.org/keys"},
          {"userinfo_endpoint", "https://id.example.org/me"},
          {"response_types_supported", {"code", "id_token"}},
          {"code_challenge_methods_supported", {"S256"}},
          {"id_token_signing_alg_values_supported", {"RS256"}},
          {"token_endpoint_auth_methods_supported", {"client_secret_basic", "client_secret_post"}},
          {"authorization_response_iss_parameter_supported", true}};
}

Result<Metadata> Parse(const json& document) { return ParseMetadata(document.dump(), kIssuer); }

Result<Metadata> With(const char* name, const json& value) {
  json document = Good();
  document[name] = value;
  return Parse(document);
}

Result<Metadata> Without(const char* name) {
  json document = Good();
  document.erase(name);
  return Parse(document);
}

TEST(MetadataTest, ReadsWhatIsNeeded) {
  const Result<Metadata> metadata = Parse(Good());
  ASSERT_THAT(metadata, IsOk());
  EXPECT_EQ(metadata->issuer, kIssuer);
  EXPECT_EQ(metadata->authorization_endpoint, "https://id.example.org/auth");
  EXPECT_EQ(metadata->token_endpoint, "https://id.example.org/token");
  EXPECT_EQ(metadata->jwks_uri, "https://id.example.org/keys");
  EXPECT_EQ(metadata->userinfo_endpoint, "https://id.example.org/me");
  EXPECT_EQ(metadata->client_authentication, ClientAuthentication::kBasic);
  EXPECT_TRUE(metadata->sends_issuer);
}

TEST(MetadataTest, TakesTheDefaultsOfTheSpecification) {
  EXPECT_EQ(Without("token_endpoint_auth_methods_supported")->client_authentication,
            ClientAuthentication::kBasic);
  EXPECT_EQ(
      With("token_endpoint_auth_methods_supported", {"client_secret_post"})->client_authentication,
      ClientAuthentication::kPost);
  EXPECT_FALSE(Without("authorization_response_iss_parameter_supported")->sends_issuer);
  EXPECT_THAT(Without("code_challenge_methods_supported"), IsOk());
  EXPECT_EQ(Without("userinfo_endpoint")->userinfo_endpoint, "");
  EXPECT_EQ(With("userinfo_endpoint", "http://id.example.org/me")->userinfo_endpoint, "");
}

TEST(MetadataTest, RefusesAnotherIssuersAndWhatIsUnsafe) {
  for (const char* issuer : {"https://evil.example", "https://id.example.org/", ""}) {
    EXPECT_THAT(With("issuer", issuer), FailsWith(kPermissionDenied)) << issuer;
  }
  for (const char* name : {"issuer", "authorization_endpoint", "token_endpoint", "jwks_uri",
                           "response_types_supported"}) {
    EXPECT_THAT(Without(name), FailsWith(kPermissionDenied)) << name;
  }
  for (const char* name : {"authorization_endpoint", "token_endpoint", "jwks_uri"}) {
    for (const char* url : {"http://id.example.org/x", "javascript:alert(1)", "file:///etc/passwd",
                            "https://a@id.example.org/", "//id.example.org"}) {
      EXPECT_THAT(With(name, url), FailsWith(kPermissionDenied)) << name << url;
    }
  }
  EXPECT_THAT(With("response_types_supported", {"id_token"}), FailsWith(kPermissionDenied));
  EXPECT_THAT(With("code_challenge_methods_supported", {"plain"}), FailsWith(kPermissionDenied));
  EXPECT_THAT(With("id_token_signing_alg_values_supported", {"HS256", "none"}),
              FailsWith(kPermissionDenied));
  EXPECT_THAT(ParseMetadata("<html>", kIssuer), FailsWith(kMalformed));
}

TEST(MetadataTest, FindsTheDocument) {
  EXPECT_EQ(DiscoveryUrl("https://a.example"),
            "https://a.example/.well-known/openid-configuration");
  EXPECT_EQ(DiscoveryUrl("https://a.example/b/"),
            "https://a.example/b/.well-known/openid-configuration");
}

}  // namespace
}  // namespace latchkey::oidc
