#include "webauthn/authenticator_data.h"

#include <cstddef>

#include "webauthn/cbor.h"

namespace latchkey::webauthn {
namespace {

constexpr std::size_t kPartyIdHashSize = 32;
constexpr std::size_t kAaguidSize = 16;
constexpr std::size_t kIdSizeMax = 1023;  // Section 7.1 step 25.

enum Flag : std::uint8_t {
  kUserPresent = 0x01,
  kUserVerified = 0x04,
  kBackupEligible = 0x08,
  kBackedUp = 0x10,
  kHasCredential = 0x40,
  kHasExtensions = 0x80,
};

std::unexpected<Error> Refuse(std::string_view why) {
  return Fail(Error::Code::kMalformed, "the authenticator data " + std::string{why});
}

/// Takes `size` bytes off the front; nothing if there are fewer.
std::optional<std::string_view> Take(std::string_view& bytes, std::size_t size) {
  if (bytes.size() < size) return std::nullopt;
  const std::string_view taken = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return taken;
}

std::uint32_t BigEndian(std::string_view bytes) {
  std::uint32_t value = 0;
  for (const char byte : bytes) value = value << 8U | static_cast<unsigned char>(byte);
  return value;
}

std::optional<AttestedCredential> TakeCredential(std::string_view& bytes) {
  if (!Take(bytes, kAaguidSize)) return std::nullopt;
  const std::optional<std::string_view> size = Take(bytes, 2);
  if (!size) return std::nullopt;
  const std::optional<std::string_view> id = Take(bytes, BigEndian(*size));
  if (!id || id->empty() || id->size() > kIdSizeMax) return std::nullopt;
  CborReader reader{bytes};
  const std::optional<std::string_view> key = reader.ReadItem();
  if (!key) return std::nullopt;
  bytes = reader.rest();
  return AttestedCredential{.id = *id, .public_key = *key};
}

bool SkipExtensions(std::string_view& bytes) {
  if (!CborReader{bytes}.ReadMapSize()) return false;
  CborReader reader{bytes};
  if (!reader.ReadItem()) return false;
  bytes = reader.rest();
  return true;
}

}  // namespace

Result<AuthenticatorData> ParseAuthenticatorData(std::string_view bytes) {
  AuthenticatorData data;
  const std::optional<std::string_view> hash = Take(bytes, kPartyIdHashSize);
  const std::optional<std::string_view> flag_byte = Take(bytes, 1);
  const std::optional<std::string_view> count = Take(bytes, 4);
  if (!hash || !flag_byte || !count) return Refuse("is cut");
  const auto flags = static_cast<unsigned char>(flag_byte->front());
  data.party_id_hash = *hash;
  data.user_present = (flags & kUserPresent) != 0;
  data.user_verified = (flags & kUserVerified) != 0;
  data.backup_eligible = (flags & kBackupEligible) != 0;
  data.backed_up = (flags & kBackedUp) != 0;
  data.sign_count = BigEndian(*count);
  if ((flags & kHasCredential) != 0) {
    data.credential = TakeCredential(bytes);
    if (!data.credential) return Refuse("has a credential that cannot be read");
  }
  if ((flags & kHasExtensions) != 0 && !SkipExtensions(bytes)) {
    return Refuse("has extensions that cannot be read");
  }
  if (!bytes.empty()) return Refuse("has something behind its end");
  return data;
}

}  // namespace latchkey::webauthn
