#include "webauthn/public_key.h"

#include <fido.h>
#include <fido/eddsa.h>
#include <fido/es256.h>
#include <fido/rs256.h>

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "webauthn/cbor.h"

namespace latchkey::webauthn {
namespace {

template <auto kFree>
struct Deleter {
  template <typename T>
  void operator()(T* object) const {
    kFree(&object);
  }
};
using Es256Key = std::unique_ptr<es256_pk_t, Deleter<es256_pk_free>>;
using Rs256Key = std::unique_ptr<rs256_pk_t, Deleter<rs256_pk_free>>;
using EdDsaKey = std::unique_ptr<eddsa_pk_t, Deleter<eddsa_pk_free>>;
using Assert = std::unique_ptr<fido_assert_t, Deleter<fido_assert_free>>;

constexpr std::size_t kPointSize = 32;
constexpr std::size_t kModulusSize = 256;

struct Key {
  Algorithm algorithm;
  std::variant<Es256Key, EdDsaKey, Rs256Key> key;

  [[nodiscard]] const void* pointer() const {
    return std::visit([](const auto& owned) -> const void* { return owned.get(); }, key);
  }
};

/// The members of a COSE_Key: integers and byte strings, by label.
class Members {
 public:
  static std::optional<Members> Parse(std::string_view cose_key) {
    CborReader reader{cose_key};
    const std::optional<std::size_t> size = reader.ReadMapSize();
    if (!size) return std::nullopt;
    Members members;
    for (std::size_t i = 0; i < *size; ++i) {
      const std::optional<std::int64_t> label = reader.ReadInteger();
      const std::optional<std::string_view> value = label ? reader.ReadItem() : std::nullopt;
      if (!value || !members.items_.emplace(*label, *value).second) return std::nullopt;
    }
    if (!reader.rest().empty()) return std::nullopt;
    return members;
  }

  [[nodiscard]] std::optional<std::int64_t> Integer(std::int64_t label) const {
    return CborReader{Find(label)}.ReadInteger();
  }
  /// Empty if there is none.
  [[nodiscard]] std::string_view Bytes(std::int64_t label) const {
    return CborReader{Find(label)}.ReadBytes().value_or("");
  }

 private:
  [[nodiscard]] std::string_view Find(std::int64_t label) const {
    const auto found = items_.find(label);
    return found == items_.end() ? std::string_view{} : found->second;
  }

  std::map<std::int64_t, std::string_view> items_;
};

// Labels and values of RFC 9053 sections 7.1 and 7.2, and of RFC 8230 section 4.
constexpr std::int64_t kType = 1;
constexpr std::int64_t kAlgorithm = 3;
constexpr std::int64_t kCurve = -1;
constexpr std::int64_t kX = -2;
constexpr std::int64_t kY = -3;
constexpr std::int64_t kN = -1;
constexpr std::int64_t kE = -2;
constexpr std::int64_t kTypeOkp = 1;
constexpr std::int64_t kTypeEc2 = 2;
constexpr std::int64_t kTypeRsa = 3;
constexpr std::int64_t kP256 = 1;
constexpr std::int64_t kEd25519 = 6;

std::optional<Key> MakeEs256(const Members& members) {
  const std::string_view x = members.Bytes(kX);
  const std::string_view y = members.Bytes(kY);
  if (members.Integer(kType) != kTypeEc2 || members.Integer(kCurve) != kP256) return std::nullopt;
  if (x.size() != kPointSize || y.size() != kPointSize) return std::nullopt;
  const std::string point = std::string{x} + std::string{y};
  Es256Key key{es256_pk_new()};
  // Refuses a point that is not on the curve.
  if (!key || es256_pk_from_ptr(key.get(), point.data(), point.size()) != FIDO_OK) {
    return std::nullopt;
  }
  return Key{.algorithm = Algorithm::kEs256, .key = std::move(key)};
}

std::optional<Key> MakeEdDsa(const Members& members) {
  const std::string_view x = members.Bytes(kX);
  if (members.Integer(kType) != kTypeOkp || members.Integer(kCurve) != kEd25519) {
    return std::nullopt;
  }
  if (x.size() != kPointSize) return std::nullopt;
  EdDsaKey key{eddsa_pk_new()};
  if (!key || eddsa_pk_from_ptr(key.get(), x.data(), x.size()) != FIDO_OK) return std::nullopt;
  return Key{.algorithm = Algorithm::kEdDsa, .key = std::move(key)};
}

std::optional<Key> MakeRs256(const Members& members) {
  constexpr std::string_view kExponent{"\x01\x00\x01", 3};
  const std::string_view n = members.Bytes(kN);
  if (members.Integer(kType) != kTypeRsa || members.Bytes(kE) != kExponent) return std::nullopt;
  const bool whole = n.size() == kModulusSize && (static_cast<unsigned char>(n[0]) & 0x80U) != 0 &&
                     (static_cast<unsigned char>(n.back()) & 1U) != 0;
  if (!whole) return std::nullopt;
  const std::string both = std::string{n} + std::string{kExponent};
  Rs256Key key{rs256_pk_new()};
  if (!key || rs256_pk_from_ptr(key.get(), both.data(), both.size()) != FIDO_OK) {
    return std::nullopt;
  }
  return Key{.algorithm = Algorithm::kRs256, .key = std::move(key)};
}

Result<Key> ParseKey(std::string_view cose_key) {
  const std::optional<Members> members = Members::Parse(cose_key);
  const std::optional<std::int64_t> algorithm =
      members ? members->Integer(kAlgorithm) : std::nullopt;
  if (!algorithm) {
    return Fail(Error::Code::kMalformed, "the passkey's public key cannot be read");
  }
  std::optional<Key> key;
  switch (*algorithm) {
    case static_cast<std::int64_t>(Algorithm::kEs256): key = MakeEs256(*members); break;
    case static_cast<std::int64_t>(Algorithm::kEdDsa): key = MakeEdDsa(*members); break;
    case static_cast<std::int64_t>(Algorithm::kRs256): key = MakeRs256(*members); break;
    default:
      return Fail(Error::Code::kInvalidArgument,
                  "the passkey signs with algorithm " + std::to_string(*algorithm) +
                      ", which was not offered",
                  "use an authenticator that knows ES256, EdDSA or RS256");
  }
  if (!key) return Fail(Error::Code::kMalformed, "the passkey's public key is not valid");
  return std::move(*key);
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

/// libfido2 takes raw authenticator data from 1.11 on.
bool Fill(fido_assert_t* statement, const Signed& given) {
  const std::string party{given.party_id};
  const std::string_view data = given.authenticator_data;
  return fido_assert_set_clientdata_hash(statement, Bytes(given.client_data_hash),
                                         given.client_data_hash.size()) == FIDO_OK &&
         fido_assert_set_rp(statement, party.c_str()) == FIDO_OK &&
         fido_assert_set_up(statement, FIDO_OPT_TRUE) == FIDO_OK &&
         fido_assert_set_uv(statement,
                            given.user_verification_required ? FIDO_OPT_TRUE : FIDO_OPT_OMIT) ==
             FIDO_OK &&
         fido_assert_set_count(statement, 1) == FIDO_OK &&
         fido_assert_set_authdata_raw(statement, 0, Bytes(data), data.size()) == FIDO_OK &&
         fido_assert_set_sig(statement, 0, Bytes(given.signature), given.signature.size()) ==
             FIDO_OK;
}

}  // namespace

Result<Algorithm> AlgorithmOf(std::string_view cose_key) {
  const Result<Key> key = ParseKey(cose_key);
  if (!key) return std::unexpected(key.error());
  return key->algorithm;
}

Result<void> VerifySignature(std::string_view cose_key, const Signed& statement) {
  const Result<Key> key = ParseKey(cose_key);
  if (!key) return std::unexpected(key.error());
  const Assert assertion{fido_assert_new()};
  if (assertion && Fill(assertion.get(), statement) &&
      fido_assert_verify(assertion.get(), 0, static_cast<int>(key->algorithm), key->pointer()) ==
          FIDO_OK) {
    return {};
  }
  return Fail(Error::Code::kPermissionDenied, "the passkey's signature is not its own");
}

}  // namespace latchkey::webauthn
