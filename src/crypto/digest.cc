#include "crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/sha.h>

#include <memory>

namespace latchkey {
namespace {

struct Free {
  void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

/// The algorithm, looked up among the providers once and not with every digest.
const EVP_MD* FetchedSha256() {
  static const std::unique_ptr<EVP_MD, Free> fetched{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  return fetched.get();
}

/// The calling thread's. Final clears the text from it.
EVP_MD_CTX* KeptContext() {
  thread_local const std::unique_ptr<EVP_MD_CTX, Free> context{EVP_MD_CTX_new()};
  return context.get();
}

}  // namespace

Digest Sha256(std::string_view text) {
  Digest digest;
  auto* out = reinterpret_cast<unsigned char*>(digest.data());
  EVP_MD_CTX* context = KeptContext();
  const EVP_MD* sha256 = FetchedSha256();
  const bool done = context != nullptr && sha256 != nullptr &&
                    EVP_DigestInit_ex2(context, sha256, nullptr) == 1 &&
                    EVP_DigestUpdate(context, text.data(), text.size()) == 1 &&
                    EVP_DigestFinal_ex(context, out, nullptr) == 1;
  // Without memory, or without the provider: the function that needs neither.
  if (!done) SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), out);
  return digest;
}

SecretText<40> Sha1Hex(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::array<unsigned char, SHA_DIGEST_LENGTH> digest{};
  SHA1(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  std::array<char, std::size_t{2} * SHA_DIGEST_LENGTH> hex{};
  for (std::size_t i = 0; i < digest.size(); ++i) {
    hex.at(2 * i) = kHex[digest.at(i) >> 4U];
    hex.at(2 * i + 1) = kHex[digest.at(i) & 0xFU];
  }
  SecretText<40> secret{std::string_view{hex.data(), hex.size()}};
  Wipe(hex.data(), hex.size());
  Wipe(digest.data(), digest.size());
  return secret;
}

bool EqualInConstantTime(std::span<const std::byte> left, std::span<const std::byte> right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

}  // namespace latchkey
