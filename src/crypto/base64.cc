#include "crypto/base64.h"

#include <sodium.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace latchkey {
namespace {

constexpr std::uint8_t kNoDigit = 0xFF;

constexpr std::array<std::uint8_t, 256> kDigits = [] {
  constexpr std::string_view kAlphabet =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::array<std::uint8_t, 256> digits{};
  digits.fill(kNoDigit);
  for (std::size_t i = 0; i < kAlphabet.size(); ++i) {
    digits[static_cast<unsigned char>(kAlphabet[i])] = static_cast<std::uint8_t>(i);
  }
  return digits;
}();

/// Four characters as 24 bits. A character of no value leaves bits above them.
std::uint32_t ReadFour(const char* text) {
  const auto digit = [text](std::size_t i) {
    return std::uint32_t{kDigits[static_cast<unsigned char>(text[i])]};
  };
  const std::uint32_t wrong = (digit(0) | digit(1) | digit(2) | digit(3)) & 0xC0U;
  return wrong << 24U | digit(0) << 18U | digit(1) << 12U | digit(2) << 6U | digit(3);
}

void WriteThree(std::uint32_t bits, char* out) {
  out[0] = static_cast<char>(bits >> 16U & 0xFFU);
  out[1] = static_cast<char>(bits >> 8U & 0xFFU);
  out[2] = static_cast<char>(bits & 0xFFU);
}

/// The last four characters, which may be padded. Bits that no byte takes up must be zero.
std::optional<std::size_t> DecodeLast(std::string_view four, char* out) {
  std::array<char, 4> text{};
  four.copy(text.data(), text.size());
  std::size_t size = 3;
  if (text[3] == '=') {
    text[3] = 'A';
    size = 2;
    if (text[2] == '=') {
      text[2] = 'A';
      size = 1;
    }
  }
  const std::uint32_t bits = ReadFour(text.data());
  constexpr std::array<std::uint32_t, 4> kUnused{0, 0xFFFFU, 0xFFU, 0};
  const std::uint32_t unused = kUnused.at(size);
  if (bits >> 24U != 0 || (bits & unused) != 0) return std::nullopt;
  std::array<char, 3> bytes{};
  WriteThree(bits, bytes.data());
  std::copy_n(bytes.data(), size, out);
  return size;
}

}  // namespace

std::optional<std::size_t> DecodeBase64Fast(std::string_view text, std::span<char> out) noexcept {
  if (text.size() % 4 != 0 || out.size() < DecodedBase64SizeMax(text.size())) return std::nullopt;
  if (text.empty()) return 0;
  std::uint32_t wrong = 0;
  std::size_t size = 0;
  for (; text.size() > 4; text.remove_prefix(4), size += 3) {
    const std::uint32_t bits = ReadFour(text.data());
    wrong |= bits;
    WriteThree(bits, out.data() + size);
  }
  const std::optional<std::size_t> last = DecodeLast(text, out.data() + size);
  if (wrong >> 24U != 0 || !last) return std::nullopt;
  return size + *last;
}

SecretString EncodeBase64(std::string_view bytes) {
  constexpr int kVariant = sodium_base64_VARIANT_ORIGINAL;
  std::string text(sodium_base64_encoded_len(bytes.size(), kVariant), '\0');
  sodium_bin2base64(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()),
                    bytes.size(), kVariant);
  text.pop_back();  // libsodium ends the text with a zero byte.
  return SecretString{std::move(text)};
}

Result<SecretString> DecodeBase64(std::string_view text) {
  // libsodium 1.0.18 reads every byte above 0x7F as a slash.
  const bool ascii =
      std::ranges::all_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x80; });
  std::string bytes(text.size() / 4 * 3, '\0');
  std::size_t size = 0;
  const char* end = nullptr;
  // With `end` given, libsodium stops at the first character that it does not accept.
  const int failed =
      sodium_base642bin(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(), text.data(),
                        text.size(), nullptr, &size, &end, sodium_base64_VARIANT_ORIGINAL);
  if (!ascii || failed != 0 || end != text.data() + text.size()) {
    Wipe(bytes);
    return Fail(Error::Code::kMalformed, "not padded standard Base64");
  }
  bytes.resize(size);
  return SecretString{std::move(bytes)};
}

}  // namespace latchkey
