#include "crypto/sealer.h"

#include <sodium.h>

#include <algorithm>

namespace latchkey {
namespace {

constexpr std::size_t kKeyNumberSize = 4;
constexpr std::size_t kNonceSize = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kTagSize = crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t kOverhead = kKeyNumberSize + kNonceSize + kTagSize;
static_assert(SecretKey::kSize == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

template <typename Byte>
auto* Raw(Byte* bytes) {
  if constexpr (std::is_const_v<Byte>) {
    return reinterpret_cast<const unsigned char*>(bytes);
  } else {
    return reinterpret_cast<unsigned char*>(bytes);
  }
}

void WriteBigEndian(std::uint64_t number, std::span<std::byte> out) {
  for (std::size_t i = out.size(); i-- > 0;) {
    out[i] = static_cast<std::byte>(number & 0xFFU);
    number >>= 8U;
  }
}

}  // namespace

AssociatedData& AssociatedData::Add(std::string_view field) {
  std::array<std::byte, sizeof(std::uint64_t)> size{};
  WriteBigEndian(field.size(), size);
  bytes_.append(reinterpret_cast<const char*>(size.data()), size.size());
  bytes_ += field;
  return *this;
}

AssociatedData& AssociatedData::Add(std::uint64_t number) {
  std::array<std::byte, sizeof(std::uint64_t)> bytes{};
  WriteBigEndian(number, bytes);
  return Add(std::string_view{reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

Result<Seal> Sealer::Close(std::span<const std::byte> plain, const AssociatedData& data,
                           Random& random) const {
  Seal seal(kOverhead + plain.size());
  const std::uint32_t number = keyring_.newest();
  const std::span<std::byte> all{seal};
  WriteBigEndian(number, all.first(kKeyNumberSize));
  const std::span<std::byte> nonce = all.subspan(kKeyNumberSize, kNonceSize);
  if (Result<void> filled = random.Fill(nonce); !filled) return std::unexpected(filled.error());
  crypto_aead_xchacha20poly1305_ietf_encrypt(
      Raw(all.subspan(kKeyNumberSize + kNonceSize).data()), nullptr, Raw(plain.data()),
      plain.size(), Raw(data.bytes().data()), data.bytes().size(), nullptr, Raw(nonce.data()),
      Raw(keyring_.Find(number)->Expose().data()));
  return seal;
}

Result<void> Sealer::Open(const Seal& seal, const AssociatedData& data,
                          std::span<std::byte> plain) const {
  const SecretKey* key = keyring_.Find(KeyNumber(seal));
  const std::span<const std::byte> all{seal};
  if (key == nullptr || seal.size() != kOverhead + plain.size() ||
      crypto_aead_xchacha20poly1305_ietf_decrypt(
          Raw(plain.data()), nullptr, nullptr, Raw(all.subspan(kKeyNumberSize + kNonceSize).data()),
          kTagSize + plain.size(), Raw(data.bytes().data()), data.bytes().size(),
          Raw(all.subspan(kKeyNumberSize, kNonceSize).data()), Raw(key->Expose().data())) != 0) {
    Wipe(plain.data(), plain.size());
    return Fail(Error::Code::kTampered, "a sealed record does not open");
  }
  return {};
}

Result<SecretString> Sealer::OpenText(const Seal& seal, const AssociatedData& data) const {
  std::string plain(seal.size() < kOverhead ? 0 : seal.size() - kOverhead, '\0');
  if (Result<void> opened = Open(seal, data, std::as_writable_bytes(std::span{plain})); !opened) {
    return std::unexpected(opened.error());
  }
  return SecretString{std::move(plain)};
}

std::uint32_t Sealer::KeyNumber(const Seal& seal) {
  if (seal.size() < kOverhead) return 0;
  std::uint32_t number = 0;
  for (const std::byte byte : std::span{seal}.first(kKeyNumberSize)) {
    number = (number << 8U) | std::to_integer<std::uint32_t>(byte);
  }
  return number;
}

}  // namespace latchkey
