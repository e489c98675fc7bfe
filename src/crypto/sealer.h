#pragma once

// Sealing: encrypt a small text and authenticate it together with everything that gives it meaning.
//
//     seal = key number (4 bytes, big-endian) | nonce (24) | ciphertext | tag (16)
//
// The cipher is XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03, as in libsodium): its nonce is long
// enough to be drawn at random for any number of records. docs/adr/0002-sealing.md says why.
//
// Thread safety: const members may be used by several threads at once.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/keyring.h"

namespace latchkey {

using Seal = std::vector<std::byte>;

/// Associated data: fields in order, each with its length in front, so that no two lists of fields
/// have one encoding.
class AssociatedData {
 public:
  /// With room for what most records have.
  AssociatedData() { bytes_.reserve(kUsualSize); }

  AssociatedData& Add(std::string_view field);
  AssociatedData& Add(std::uint64_t number);
  [[nodiscard]] std::string_view bytes() const { return bytes_; }

 private:
  static constexpr std::size_t kUsualSize = 512;

  std::string bytes_;
};

class Sealer {
 public:
  explicit Sealer(Keyring keyring) : keyring_(std::move(keyring)) {}

  /// Seals `plain` (which may be empty: then it only authenticates) under the newest key.
  /// Errors: as Random::Fill.
  [[nodiscard]] Result<Seal> Close(std::span<const std::byte> plain, const AssociatedData& data,
                                   Random& random) const;

  /// Fills all of `plain`, whose size must be that of what was sealed.
  /// Errors: kTampered: the seal, the data or the size is not what was sealed, or the key is not in
  /// the ring. Which of them is not told.
  [[nodiscard]] Result<void> Open(const Seal& seal, const AssociatedData& data,
                                  std::span<std::byte> plain) const;

  /// As Open, of something whose size is not known before; it is wiped when it goes.
  [[nodiscard]] Result<SecretString> OpenText(const Seal& seal, const AssociatedData& data) const;

  /// The number of the key that made `seal`; 0 if it is too short to be one.
  [[nodiscard]] static std::uint32_t KeyNumber(const Seal& seal);

  [[nodiscard]] const Keyring& keyring() const { return keyring_; }

 private:
  Keyring keyring_;
};

}  // namespace latchkey
