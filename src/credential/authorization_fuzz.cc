// Authorization and Base64: what decodes encodes to the same text; a Basic credential that was
// taken apart, put together again, is the same header; a user part never holds a colon or a control
// character.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "credential/authorization.h"
#include "crypto/base64.h"

namespace {

void Require(bool holds) {
  if (!holds) std::abort();
}

using latchkey::Presented;

void DecodesToOneSpelling(std::string_view text) {
  const latchkey::Result<latchkey::SecretString> decoded = latchkey::DecodeBase64(text);
  if (decoded) Require(latchkey::EncodeBase64(decoded->Expose()).Expose() == text);
  std::string fast(latchkey::DecodedBase64SizeMax(text.size()), '\0');
  const std::optional<std::size_t> size = latchkey::DecodeBase64Fast(text, fast);
  Require(size.has_value() == decoded.has_value());
  if (size) Require(decoded->Expose() == std::string_view{fast}.substr(0, *size));
}

void EncodesToWhatDecodes(std::string_view bytes) {
  const latchkey::SecretString text = latchkey::EncodeBase64(bytes);
  const latchkey::Result<latchkey::SecretString> decoded = latchkey::DecodeBase64(text.Expose());
  Require(decoded.has_value() && decoded->Expose() == bytes);
}

/// What stands after the scheme and its spaces.
std::string_view TokenOf(std::string_view value) {
  value.remove_prefix(std::min(value.find(' '), value.size()));
  value.remove_prefix(std::min(value.find_first_not_of(' '), value.size()));
  return value;
}

void IsTakenApartWithoutLoss(std::string_view value, const Presented& presented) {
  using enum Presented::Form;
  switch (presented.form) {
    case kBasic:
      Require(presented.user.has_value() && !presented.secret.empty());
      Require(std::ranges::none_of(*presented.user, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return c == ':' || byte < 0x20 || byte == 0x7F;
      }));
      Require(latchkey::EncodeBasic(*presented.user, presented.secret).Expose() == TokenOf(value));
      break;
    case kBasicSecretAsUser:
      Require(!presented.user.has_value());
      Require(latchkey::EncodeBasic(presented.secret.Expose(), {}).Expose() == TokenOf(value));
      break;
    case kBearer:
      Require(!presented.user.has_value() && !presented.secret.empty());
      Require(presented.secret.Expose() == TokenOf(value));
      break;
    case kSecretAlone: Require(false); break;  // No header says so.
    case kUnreadable: Require(!presented.user.has_value() && presented.secret.empty()); break;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text{reinterpret_cast<const char*>(data), size};
  DecodesToOneSpelling(text);
  EncodesToWhatDecodes(text);
  for (const std::string& value : {std::string{text}, "Basic " + std::string{text}}) {
    const std::optional<Presented> presented = latchkey::ParseAuthorization(value);
    Require(presented.has_value() == !value.empty());
    if (presented) IsTakenApartWithoutLoss(value, *presented);
  }
  return 0;
}
