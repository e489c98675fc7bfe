#include "crypto/base64.h"

#include <sodium.h>

#include <algorithm>
#include <string>

namespace latchkey {

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
