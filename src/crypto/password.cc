#include "crypto/password.h"

#include <sodium.h>

#include <array>

namespace latchkey {

Result<std::string> HashPassword(const SecretString& password) {
  std::array<char, crypto_pwhash_STRBYTES> text{};
  const std::string_view clear = password.Expose();
  if (crypto_pwhash_str_alg(text.data(), clear.data(), clear.size(),
                            crypto_pwhash_OPSLIMIT_INTERACTIVE, crypto_pwhash_MEMLIMIT_INTERACTIVE,
                            crypto_pwhash_ALG_ARGON2ID13) != 0) {
    return Fail(Error::Code::kUnavailable, "not enough memory to hash a password",
                "Try again when the machine is less busy.");
  }
  return std::string{text.data()};
}

bool MatchesPassword(const SecretString& password, const std::string& hash) {
  const std::string_view clear = password.Expose();
  return crypto_pwhash_str_verify(hash.c_str(), clear.data(), clear.size()) == 0;
}

}  // namespace latchkey
