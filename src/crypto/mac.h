#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "crypto/keyring.h"

namespace latchkey {

/// HMAC-SHA-256 (RFC 2104) of `text`.
using Mac = std::array<std::byte, 32>;
[[nodiscard]] Mac ComputeMac(const SecretKey& key, std::string_view text);

/// The same of many texts under one key, which is prepared once. Thread safety: one thread at a
/// time.
class MacMaker {
 public:
  /// `key` outlives this object.
  explicit MacMaker(const SecretKey& key);
  MacMaker(const MacMaker&) = delete;
  MacMaker& operator=(const MacMaker&) = delete;
  ~MacMaker();

  /// Of `first` and `second` as one text.
  [[nodiscard]] Mac Compute(std::span<const std::byte> first, std::string_view second);

 private:
  struct Prepared;

  const SecretKey& key_;
  std::unique_ptr<Prepared> prepared_;
};

/// A key for one purpose, drawn from another (BLAKE2b as libsodium's crypto_kdf, `context` of
/// exactly 8 characters), so that one secret never serves two constructions.
[[nodiscard]] SecretKey DeriveKey(const SecretKey& key, std::string_view context);

/// Lower-case hexadecimal.
[[nodiscard]] std::string FormatHex(std::span<const std::byte> bytes);

}  // namespace latchkey
