#include "crypto/mac.h"

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <sodium.h>

#include <algorithm>
#include <memory>
#include <string>

namespace latchkey {
namespace {

struct Free {
  void operator()(EVP_MAC* mac) const { EVP_MAC_free(mac); }
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MAC_CTX, Free>;

/// Null without memory, or without the provider.
Context MakeHmacSha256() {
  static const std::unique_ptr<EVP_MAC, Free> hmac{EVP_MAC_fetch(nullptr, "HMAC", nullptr)};
  if (hmac == nullptr) return nullptr;
  Context context{EVP_MAC_CTX_new(hmac.get())};
  std::string digest{"SHA256"};
  const std::array parameters{
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest.data(), digest.size()),
      OSSL_PARAM_construct_end()};
  const bool made =
      context != nullptr && EVP_MAC_CTX_set_params(context.get(), parameters.data()) == 1;
  return made ? std::move(context) : nullptr;
}

const unsigned char* Raw(const std::byte* bytes) {
  return reinterpret_cast<const unsigned char*>(bytes);
}
const unsigned char* Raw(const char* text) { return reinterpret_cast<const unsigned char*>(text); }

}  // namespace

struct MacMaker::Prepared {
  Context context;  // Null where OpenSSL has none.
};

MacMaker::MacMaker(const SecretKey& key)
    : key_(key), prepared_(std::make_unique<Prepared>(MakeHmacSha256())) {
  Context& context = prepared_->context;
  const bool keyed = context != nullptr && EVP_MAC_init(context.get(), Raw(key.Expose().data()),
                                                        SecretKey::kSize, nullptr) == 1;
  if (!keyed) context.reset();
}

MacMaker::~MacMaker() = default;

Mac MacMaker::Compute(std::span<const std::byte> first, std::string_view second) {
  EVP_MAC_CTX* const context = prepared_->context.get();
  Mac mac;
  auto* const out = reinterpret_cast<unsigned char*>(mac.data());
  std::size_t size = 0;
  // Without a key: with the one before, whose preparation is a fifth of the work for a change.
  const bool done = context != nullptr && EVP_MAC_init(context, nullptr, 0, nullptr) == 1 &&
                    EVP_MAC_update(context, Raw(first.data()), first.size()) == 1 &&
                    EVP_MAC_update(context, Raw(second.data()), second.size()) == 1 &&
                    EVP_MAC_final(context, out, &size, mac.size()) == 1 && size == mac.size();
  if (done) return mac;
  std::string text{reinterpret_cast<const char*>(first.data()), first.size()};
  text += second;
  return ComputeMac(key_, text);
}

// By OpenSSL, which uses the processor's instructions for SHA-256: a start computes the MAC of
// every change that was ever made. libsodium's uses none, and never fails.
Mac ComputeMac(const SecretKey& key, std::string_view text) {
  thread_local const Context context = MakeHmacSha256();
  Mac mac;
  auto* const out = reinterpret_cast<unsigned char*>(mac.data());
  const auto* const in = reinterpret_cast<const unsigned char*>(text.data());
  const auto* const key_bytes = reinterpret_cast<const unsigned char*>(key.Expose().data());
  std::size_t size = 0;
  const bool done = context != nullptr &&
                    EVP_MAC_init(context.get(), key_bytes, SecretKey::kSize, nullptr) == 1 &&
                    EVP_MAC_update(context.get(), in, text.size()) == 1 &&
                    EVP_MAC_final(context.get(), out, &size, mac.size()) == 1 && size == mac.size();
  if (!done) crypto_auth_hmacsha256(out, in, text.size(), key_bytes);
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
