#include "webauthn/webauthn.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <utility>

#include "base/text.h"
#include "crypto/base64url.h"
#include "crypto/digest.h"
#include "json/strict_json.h"
#include "webauthn/authenticator_data.h"
#include "webauthn/cbor.h"
#include "webauthn/public_key.h"

namespace latchkey::webauthn {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

constexpr std::size_t kChallengeSize = 32;
constexpr std::size_t kAttestationMax = 16UZ * 1024;
constexpr std::size_t kPartMax = 4UZ * 1024;
constexpr std::array kTransports{"ble", "cable", "hybrid", "internal", "nfc", "smart-card", "usb"};
constexpr std::size_t kTransportsMax = 8;

std::unexpected<Error> Refuse(std::string_view why) {
  return Fail(Error::Code::kPermissionDenied, "the passkey's answer " + std::string{why});
}

std::unexpected<Error> Malformed(std::string_view what) {
  return Fail(Error::Code::kMalformed,
              "the passkey's answer has no " + std::string{what} + " that can be read");
}

ordered_json DescriptorList(std::span<const Descriptor> descriptors) {
  ordered_json list = ordered_json::array();
  for (const Descriptor& descriptor : descriptors) {
    ordered_json entry{{"type", "public-key"}, {"id", EncodeBase64Url(descriptor.id)}};
    if (!descriptor.transports.empty()) entry["transports"] = descriptor.transports;
    list.push_back(std::move(entry));
  }
  return list;
}

std::string_view VerificationName(UserVerification user_verification) {
  switch (user_verification) {
    case UserVerification::kPreferred: return "preferred";
    case UserVerification::kRequired: return "required";
  }
  std::unreachable();
}

/// A member that is base64url, decoded.
Result<std::string> DecodeMember(const json& object, std::string_view name, std::size_t size_max) {
  const std::string* text = FindText(object, name);
  if (text == nullptr) return Malformed(name);
  if (text->size() > (size_max * 4 + 2) / 3) {
    return Fail(Error::Code::kLimitExceeded, "the passkey's " + std::string{name} +
                                                 " has more than " + std::to_string(size_max) +
                                                 " bytes");
  }
  Result<std::string> bytes = DecodeBase64Url(*text);
  if (!bytes) return Malformed(name);
  return bytes;
}

/// The id, which stands there twice, and that it is a public key's.
Result<std::string> ReadId(const json& credential) {
  Result<std::string> id = DecodeMember(credential, "id", kPartMax);
  if (!id) return id;
  const Result<std::string> raw = DecodeMember(credential, "rawId", kPartMax);
  if (!raw) return raw;
  const std::string* type = FindText(credential, "type");
  if (type == nullptr || *type != "public-key") return Malformed("type");
  if (id->empty() || *raw != *id) return Malformed("id");
  return id;
}

/// The empty object if there is none: each member is then missing.
const json& ResponseOf(const json& credential) {
  static const json kNone = json::object();
  if (!credential.is_object()) return kNone;
  const auto found = credential.find("response");
  return found == credential.end() || !found->is_object() ? kNone : *found;
}

bool SameBytes(std::string_view left, std::string_view right) {
  return EqualInConstantTime(AsBytes(left), AsBytes(right));
}

/// Sections 7.1 steps 5 to 11 and 7.2 steps 10 to 14.
Result<void> CheckClientData(std::string_view client_data, std::string_view type,
                             const RelyingParty& party, const Ceremony& ceremony) {
  const Result<json> read = ParseStrictJson("the client data", client_data, kPartMax);
  if (!read) return std::unexpected(read.error());
  const std::string* said_type = FindText(*read, "type");
  const std::string* challenge = FindText(*read, "challenge");
  const std::string* origin = FindText(*read, "origin");
  if (said_type == nullptr || *said_type != type) return Refuse("is of another type");
  if (ceremony.challenge.size() != kChallengeSize || challenge == nullptr ||
      !SameBytes(*challenge, EncodeBase64Url(ceremony.challenge))) {
    return Refuse("is to another challenge");
  }
  if (origin == nullptr || *origin != party.origin) return Refuse("is from another origin");
  // We are never in a frame of another origin.
  const auto crossed = read->find("crossOrigin");
  const bool own_frame = crossed == read->end() || *crossed == json(false);
  if (!own_frame || read->contains("topOrigin")) return Refuse("is from a frame of another origin");
  return {};
}

/// Sections 7.1 steps 14 to 18 and 7.2 steps 15 to 19.
Result<void> CheckAuthenticatorData(const AuthenticatorData& data, const RelyingParty& party,
                                    const Ceremony& ceremony) {
  const Digest party_id_hash = Sha256(party.id);
  if (!EqualInConstantTime(AsBytes(data.party_id_hash), party_id_hash)) {
    return Refuse("is for another site");
  }
  if (!data.user_present) return Refuse("came without anybody's touch");
  if (ceremony.user_verification == UserVerification::kRequired && !data.user_verified) {
    return Refuse("came without PIN, finger or face");
  }
  if (data.backed_up && !data.backup_eligible) return Refuse("contradicts itself about its backup");
  return {};
}

/// The authenticator data of an attestation object: {fmt, attStmt, authData}.
Result<std::string_view> FindAuthenticatorData(std::string_view attestation) {
  const auto refuse = [] { return Malformed("attestation object"); };
  CborReader reader{attestation};
  const std::optional<std::size_t> members = reader.ReadMapSize();
  if (!members || *members != 3) return refuse();
  bool has_format = false;
  bool has_statement = false;
  std::optional<std::string_view> data;
  for (std::size_t i = 0; i < *members; ++i) {
    const std::string_view name = reader.ReadText().value_or("");
    bool read = false;
    if (name == "fmt") read = has_format = reader.ReadText().has_value();
    if (name == "attStmt") {
      read = has_statement = CborReader{reader}.ReadMapSize() && reader.ReadItem();
    }
    if (name == "authData") {
      data = reader.ReadBytes();
      read = data.has_value();
    }
    if (!read) return refuse();
  }
  if (!has_format || !has_statement || !data || !reader.rest().empty()) return refuse();
  return *data;
}

/// What the browser says of how the authenticator is reached: a hint, so what is unknown is left
/// out.
std::vector<std::string> ReadTransports(const json& response) {
  std::vector<std::string> transports;
  const auto found = response.find("transports");
  if (found == response.end() || !found->is_array()) return transports;
  for (const json& entry : *found) {
    const auto* name = entry.get_ptr<const std::string*>();
    if (name == nullptr || std::ranges::find(kTransports, *name) == kTransports.end()) continue;
    if (std::ranges::find(transports, *name) != transports.end()) continue;
    if (transports.size() < kTransportsMax) transports.push_back(*name);
  }
  return transports;
}

/// Section 7.2 steps 5 and 6: it is a credential that was asked for, of the account that it names.
Result<void> CheckOwner(const Ceremony& ceremony, const Known& known, const Assertion& assertion) {
  if (!SameBytes(assertion.id, known.id)) return Refuse("is by another passkey");
  if (!ceremony.allowed.empty() &&
      std::ranges::find(ceremony.allowed, assertion.id) == ceremony.allowed.end()) {
    return Refuse("is by a passkey that was not asked for");
  }
  if (ceremony.allowed.empty() && !assertion.user_handle) return Refuse("does not say whose it is");
  if (assertion.user_handle && *assertion.user_handle != known.user_handle) {
    return Refuse("is somebody else's");
  }
  return {};
}

/// The host of an origin that browsers offer passkeys at; empty else.
std::string_view PasskeyHost(std::string_view origin) {
  const bool secure = origin.starts_with("https://");
  if (!secure && !origin.starts_with("http://")) return {};
  const std::string_view authority = origin.substr(origin.find("//") + 2);
  if (authority.find_first_of("@?#[]/") != std::string_view::npos) return {};
  const std::string_view host = authority.substr(0, authority.find(':'));
  if (!secure && host != "localhost" && !host.ends_with(".localhost")) return {};
  // An IPv4 address ends in a digit, and no top level domain does.
  const bool name = !host.empty() && (host.back() < '0' || host.back() > '9');
  return name ? host : std::string_view{};
}

/// As browsers write an origin: lower case, and no port where it is the scheme's own.
std::string OriginOf(std::string_view url) {
  const std::size_t authority = url.find("//");
  if (authority == std::string_view::npos) return {};
  std::string origin = FoldAscii(url.substr(0, url.find('/', authority + 2)));
  const std::string_view port = origin.starts_with("https:") ? ":443" : ":80";
  if (origin.ends_with(port)) origin.resize(origin.size() - port.size());
  return origin;
}

}  // namespace

Result<RelyingParty> RelyingPartyOf(std::string_view public_url, std::string_view name) {
  const std::string origin = OriginOf(public_url);
  const std::string_view host = PasskeyHost(origin);
  if (host.empty()) {
    return Fail(Error::Code::kInvalidArgument,
                "browsers offer no passkeys at " + EscapeForTerminal(public_url),
                "use https and a host name; http works at localhost alone");
  }
  return RelyingParty{.id = std::string{host}, .name = std::string{name}, .origin = origin};
}

Result<Ceremony> BeginCeremony(UserVerification user_verification, Random& random,
                               std::vector<std::string> allowed) {
  std::string challenge(kChallengeSize, '\0');
  const Result<void> filled = random.Fill(std::as_writable_bytes(std::span{challenge}));
  if (!filled) return std::unexpected(filled.error());
  return Ceremony{.challenge = std::move(challenge),
                  .user_verification = user_verification,
                  .allowed = std::move(allowed)};
}

ordered_json CreationOptions(const RelyingParty& party, const Ceremony& ceremony, const User& user,
                             std::span<const Descriptor> existing,
                             std::chrono::milliseconds timeout) {
  ordered_json algorithms = ordered_json::array();
  for (const Algorithm algorithm : {Algorithm::kEs256, Algorithm::kEdDsa, Algorithm::kRs256}) {
    algorithms.push_back({{"type", "public-key"}, {"alg", static_cast<int>(algorithm)}});
  }
  return {
      {"rp", {{"id", party.id}, {"name", party.name}}},
      {"user",
       {{"id", EncodeBase64Url(user.handle)},
        {"name", user.name},
        {"displayName", user.display_name}}},
      {"challenge", EncodeBase64Url(ceremony.challenge)},
      {"pubKeyCredParams", std::move(algorithms)},
      {"timeout", timeout.count()},
      {"excludeCredentials", DescriptorList(existing)},
      {"authenticatorSelection",
       {{"residentKey", "preferred"},
        {"requireResidentKey", false},
        {"userVerification", VerificationName(ceremony.user_verification)}}},
      {"attestation", "none"},
  };
}

ordered_json RequestOptions(const RelyingParty& party, const Ceremony& ceremony,
                            std::span<const Descriptor> allowed,
                            std::chrono::milliseconds timeout) {
  return {
      {"challenge", EncodeBase64Url(ceremony.challenge)},
      {"timeout", timeout.count()},
      {"rpId", party.id},
      {"allowCredentials", DescriptorList(allowed)},
      {"userVerification", VerificationName(ceremony.user_verification)},
  };
}

Result<Registration> VerifyRegistration(const RelyingParty& party, const Ceremony& ceremony,
                                        const json& credential) {
  Result<std::string> id = ReadId(credential);
  if (!id) return std::unexpected(id.error());
  const json& response = ResponseOf(credential);
  const Result<std::string> client_data = DecodeMember(response, "clientDataJSON", kPartMax);
  if (!client_data) return std::unexpected(client_data.error());
  const Result<std::string> attestation =
      DecodeMember(response, "attestationObject", kAttestationMax);
  if (!attestation) return std::unexpected(attestation.error());

  const Result<void> asked = CheckClientData(*client_data, "webauthn.create", party, ceremony);
  if (!asked) return std::unexpected(asked.error());
  const Result<std::string_view> bytes = FindAuthenticatorData(*attestation);
  if (!bytes) return std::unexpected(bytes.error());
  const Result<AuthenticatorData> data = ParseAuthenticatorData(*bytes);
  if (!data) return std::unexpected(data.error());
  const Result<void> ours = CheckAuthenticatorData(*data, party, ceremony);
  if (!ours) return std::unexpected(ours.error());
  if (!data->credential) return Malformed("credential");
  if (data->credential->id != *id) return Refuse("has two ids");
  // Step 20: one of the algorithms that were offered.
  const Result<Algorithm> algorithm = AlgorithmOf(data->credential->public_key);
  if (!algorithm) return std::unexpected(algorithm.error());
  return Registration{.id = std::move(*id),
                      .public_key = std::string{data->credential->public_key},
                      .sign_count = data->sign_count,
                      .user_verified = data->user_verified,
                      .backup_eligible = data->backup_eligible,
                      .backed_up = data->backed_up,
                      .transports = ReadTransports(response)};
}

Result<Assertion> ParseAssertion(const json& credential) {
  Result<std::string> id = ReadId(credential);
  if (!id) return std::unexpected(id.error());
  const json& response = ResponseOf(credential);
  Result<std::string> data = DecodeMember(response, "authenticatorData", kPartMax);
  if (!data) return std::unexpected(data.error());
  Result<std::string> client_data = DecodeMember(response, "clientDataJSON", kPartMax);
  if (!client_data) return std::unexpected(client_data.error());
  Result<std::string> signature = DecodeMember(response, "signature", kPartMax);
  if (!signature) return std::unexpected(signature.error());
  Assertion assertion{.id = std::move(*id),
                      .user_handle = std::nullopt,
                      .authenticator_data = std::move(*data),
                      .client_data = std::move(*client_data),
                      .signature = std::move(*signature)};
  const auto handle = response.find("userHandle");
  if (handle == response.end() || handle->is_null()) return assertion;
  Result<std::string> user_handle = DecodeMember(response, "userHandle", kPartMax);
  if (!user_handle) return std::unexpected(user_handle.error());
  assertion.user_handle = std::move(*user_handle);
  return assertion;
}

Result<Proof> VerifyAssertion(const RelyingParty& party, const Ceremony& ceremony,
                              const Known& known, const Assertion& assertion) {
  const Result<void> owned = CheckOwner(ceremony, known, assertion);
  if (!owned) return std::unexpected(owned.error());
  const Result<void> asked =
      CheckClientData(assertion.client_data, "webauthn.get", party, ceremony);
  if (!asked) return std::unexpected(asked.error());
  const Result<AuthenticatorData> data = ParseAuthenticatorData(assertion.authenticator_data);
  if (!data) return std::unexpected(data.error());
  const Result<void> ours = CheckAuthenticatorData(*data, party, ceremony);
  if (!ours) return std::unexpected(ours.error());
  if (known.backup_eligible.value_or(data->backup_eligible) != data->backup_eligible) {
    return Refuse("contradicts what it was when it was added");
  }

  const Digest hash = Sha256(assertion.client_data);
  const Result<void> is_signed = VerifySignature(
      known.public_key,
      {.party_id = party.id,
       .authenticator_data = assertion.authenticator_data,
       .client_data_hash = {reinterpret_cast<const char*>(hash.data()), hash.size()},
       .signature = assertion.signature,
       .user_verification_required = ceremony.user_verification == UserVerification::kRequired});
  if (!is_signed) return std::unexpected(is_signed.error());
  // Step 22. Authenticators that do not count always say zero.
  const bool counts = data->sign_count != 0 || known.sign_count != 0;
  if (counts && data->sign_count <= known.sign_count) {
    return Fail(Error::Code::kTampered, "the passkey's counter went back: there may be a clone",
                "remove the passkey, and add it again once it is known to be one of a kind");
  }
  return Proof{.sign_count = data->sign_count,
               .user_verified = data->user_verified,
               .backed_up = data->backed_up};
}

}  // namespace latchkey::webauthn
