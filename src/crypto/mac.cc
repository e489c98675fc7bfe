#include "crypto/mac.h"

#include <sodium.h>

#include <algorithm>

namespace latchkey {

Mac ComputeMac(const SecretKey& key, std::string_view text) {
  Mac mac;
  crypto_auth_hmacsha256(reinterpret_cast<unsigned char*>(mac.data()),
                         reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                         reinterpret_cast<const unsigned char*>(key.Expose().data()));
  return mac;
}

SecretKey DeriveKey(const SecretKey& key, std::string_view context) {
  std::array<char, crypto_kdf_CONTEXTBYTES> padded{};
  context.copy(padded.data(), padded.size());
  SecretKey derived;
  crypto_kdf_derive_from_key(reinterpret_cast<unsigned char*>(derived.ExposeForFilling().data()),
                             SecretKey::kSize, 1, padded.data(),
                             reinterpret_cast<const unsigned char*>(key.Expose().data()));
  return derived;
}

std::string FormatHex(std::span<const std::byte> bytes) {
  std::string hex(bytes.size() * 2 + 1, '\0');
  sodium_bin2hex(hex.data(), hex.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                 bytes.size());
  hex.pop_back();
  return hex;
}

}  // namespace latchkey
