// ID tokens and key sets, `token LF key set`: whatever is believed is for us, from the issuer, for
// this attempt and signed in a way that we take; and whatever a provider says of a person can be
// shown.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "base/text.h"
#include "crypto/base64url.h"
#include "oidc/id_token.h"
#include "testing/manual_clock.h"

namespace {

using namespace latchkey::oidc;
using nlohmann::json;

void Require(bool holds) {
  if (!holds) std::abort();
}

json PartOf(std::string_view text) {
  const auto decoded = latchkey::DecodeBase64Url(text);
  return decoded ? json::parse(*decoded, nullptr, /*allow_exceptions=*/false) : json{};
}

void CheckShown(const Claims& claims) {
  constexpr std::size_t kSizeMax = 4096;
  for (const std::string* text : {&claims.subject, &claims.email, &claims.name}) {
    Require(text->empty() || latchkey::ValidateDisplayText("it", *text, kSizeMax).has_value());
  }
}

void CheckBelieved(std::string_view token, const Claims& claims, const Expectation& expected) {
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first + 1);
  const json head = PartOf(token.substr(0, first));
  const json payload = PartOf(token.substr(first + 1, second - first - 1));
  Require(head.at("alg") == "RS256" || head.at("alg") == "ES256");
  Require(payload.at("iss") == expected.issuer && payload.at("nonce") == expected.nonce);
  const json& audience = payload.at("aud");
  Require(audience == expected.client_id ||
          (audience.is_array() &&
           std::find(audience.begin(), audience.end(), expected.client_id) != audience.end()));
  Require(payload.at("sub") == claims.subject && !claims.subject.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const std::string_view token = bytes.substr(0, bytes.find('\n'));
  const std::string_view keys = bytes.substr(std::min(token.size() + 1, bytes.size()));
  const Expectation expected{.issuer = "https://id.example.org",
                             .client_id = "latchkey",
                             .nonce = "n-0S6_WzA2Mj",
                             .now = latchkey::ManualClock::kStart};
  const auto claims = VerifyIdToken(token, keys, expected);
  if (claims) {
    CheckShown(*claims);
    CheckBelieved(token, *claims, expected);
  } else {
    Require(token.size() < 20 || !Describe(claims.error()).contains(token));
  }
  const json said = json::parse(keys, nullptr, /*allow_exceptions=*/false);
  if (said.is_object()) CheckShown(ReadClaims(said));
  return 0;
}
