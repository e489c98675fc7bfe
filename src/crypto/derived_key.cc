#include "crypto/derived_key.h"

#include <sodium.h>

namespace latchkey {

static_assert(kSaltSize == crypto_pwhash_SALTBYTES);

Result<SecretKey> DeriveKey(const SecretString& passphrase, std::string_view salt) {
  if (salt.size() != kSaltSize) {
    return Fail(Error::Code::kInvalidArgument, "the salt is not of its documented size");
  }
  SecretKey key;
  const std::string_view clear = passphrase.Expose();
  if (crypto_pwhash(reinterpret_cast<unsigned char*>(key.ExposeForFilling().data()),
                    SecretKey::kSize, clear.data(), clear.size(),
                    reinterpret_cast<const unsigned char*>(salt.data()),
                    crypto_pwhash_OPSLIMIT_MODERATE, crypto_pwhash_MEMLIMIT_MODERATE,
                    crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return Fail(Error::Code::kUnavailable, "not enough memory to derive the key",
                "It takes 256 MiB. Try again when the machine is less busy.");
  }
  return key;
}

}  // namespace latchkey
