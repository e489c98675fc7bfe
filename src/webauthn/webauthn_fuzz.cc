// What a browser sends of an authenticator, `client data NUL attestation or authenticator data`: a
// registration that is taken answers our challenge from our origin and has a key of a kind that was
// offered; and an assertion that nobody signed is not believed.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "crypto/base64url.h"
#include "webauthn/public_key.h"
#include "webauthn/webauthn.h"

namespace {

using namespace latchkey::webauthn;
using latchkey::EncodeBase64Url;
using nlohmann::json;

constexpr std::string_view kId = "credential-of-ana";

void Require(bool holds) {
  if (!holds) std::abort();
}

/// The one of the stored answers in testdata/webauthn: the bytes 0 to 31.
std::string Challenge() {
  std::string challenge;
  for (int byte = 0; byte < 32; ++byte) challenge += static_cast<char>(byte);
  return challenge;
}

json Credential(json response) {
  const std::string id = EncodeBase64Url(kId);
  return {{"id", id}, {"rawId", id}, {"type", "public-key"}, {"response", std::move(response)}};
}

void CheckTaken(const Registration& made, std::string_view client_data, const RelyingParty& party) {
  // Read once more by a parser that is less strict than ours.
  const json said = json::parse(client_data, nullptr, /*allow_exceptions=*/false);
  Require(said.is_object() && said.at("type") == "webauthn.create");
  Require(said.at("challenge") == EncodeBase64Url(Challenge()));
  Require(said.at("origin") == party.origin);
  Require(made.id == kId && made.user_verified);
  Require(made.backup_eligible || !made.backed_up);
  Require(AlgorithmOf(made.public_key).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes{reinterpret_cast<const char*>(data), size};
  const std::string_view client_data = bytes.substr(0, bytes.find('\0'));
  const std::string_view rest = bytes.substr(std::min(client_data.size() + 1, bytes.size()));
  const RelyingParty party{
      .id = "latchkey.example.org", .name = "L", .origin = "https://latchkey.example.org"};
  const Ceremony ceremony{.challenge = Challenge()};

  const auto made = VerifyRegistration(
      party, ceremony,
      Credential({{"clientDataJSON", EncodeBase64Url(client_data)},
                  {"attestationObject", EncodeBase64Url(rest)},
                  {"transports", json::array({"usb", EncodeBase64Url(rest.substr(0, 8)), 1})}}));
  if (made) CheckTaken(*made, client_data, party);

  const auto assertion =
      ParseAssertion(Credential({{"clientDataJSON", EncodeBase64Url(client_data)},
                                 {"authenticatorData", EncodeBase64Url(rest)},
                                 {"signature", EncodeBase64Url(rest)},
                                 {"userHandle", EncodeBase64Url("account-of-ana")}}));
  if (!assertion) return 0;
  Require(assertion->client_data == client_data && assertion->authenticator_data == rest);
  const std::string key = made ? made->public_key : std::string{rest};
  Require(!VerifyAssertion(
      party, ceremony,
      {.id = kId, .public_key = key, .sign_count = 0, .user_handle = "account-of-ana"},
      *assertion));
  return 0;
}
