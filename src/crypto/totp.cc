#include "crypto/totp.h"

#include <liboath/oath.h>

#include <array>
#include <cstdlib>
#include <span>

#include "crypto/digest.h"

namespace latchkey {
namespace {

constexpr std::size_t kKeySize = 20;
constexpr unsigned kDigits = 6;
constexpr std::chrono::seconds kStep{30};

/// RFC 3986 section 2.3: what needs no percent sign.
bool IsUnreserved(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

std::string PercentEncoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string encoded;
  for (const char c : text) {
    if (IsUnreserved(c)) {
      encoded += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    encoded += '%';
    encoded += kHex[byte >> 4U];
    encoded += kHex[byte & 0xFU];
  }
  return encoded;
}

SecretString WithoutBlanks(std::string_view code) {
  std::string kept;
  for (const char c : code) {
    if (c != ' ') kept += c;
  }
  return SecretString{std::move(kept)};
}

}  // namespace

Result<SecretString> DrawTotpKey(Random& random) {
  std::string key(kKeySize, '\0');
  if (Result<void> filled = random.Fill(std::as_writable_bytes(std::span{key})); !filled) {
    Wipe(key);
    return std::unexpected(filled.error());
  }
  return SecretString{std::move(key)};
}

std::int64_t TotpStepAt(Instant now) {
  return std::chrono::floor<std::chrono::seconds>(now).time_since_epoch() / kStep;
}

SecretText<6> TotpCode(const SecretString& key, std::int64_t step) {
  std::array<char, kDigits + 1> code{};
  const std::string_view bytes = key.Expose();
  const int outcome =
      oath_hotp_generate(bytes.data(), bytes.size(), static_cast<std::uint64_t>(step), kDigits,
                         /*add_checksum=*/false, OATH_HOTP_DYNAMIC_TRUNCATION, code.data());
  SecretText<6> text{outcome == OATH_OK ? std::string_view{code.data(), kDigits}
                                        : std::string_view{}};
  Wipe(code.data(), code.size());
  return text;
}

std::optional<std::int64_t> FindTotpStep(const SecretString& key, std::string_view code,
                                         Instant now) {
  const SecretString typed = WithoutBlanks(code);
  const std::int64_t current = TotpStepAt(now);
  std::optional<std::int64_t> found;
  for (const std::int64_t step : {current - 1, current, current + 1}) {
    const SecretText<6> wanted = TotpCode(key, step);
    const bool usable = wanted.size() == kDigits && step >= 0;
    if (EqualInConstantTime(AsBytes(typed.Expose()), AsBytes(wanted.Expose())) && usable) {
      found = step;
    }
  }
  return found;
}

SecretString TotpKeyText(const SecretString& key) {
  char* text = nullptr;
  std::size_t size = 0;
  const std::string_view bytes = key.Expose();
  if (oath_base32_encode(bytes.data(), bytes.size(), &text, &size) != OATH_OK) return {};
  SecretString encoded{std::string_view{text, size}};
  Wipe(text, size);
  std::free(text);  // NOLINT(cppcoreguidelines-no-malloc): liboath's own.
  return encoded;
}

SecretString TotpUri(const SecretString& key, std::string_view issuer, std::string_view account) {
  const SecretString text = TotpKeyText(key);
  std::string uri = "otpauth://totp/" + PercentEncoded(issuer) + ":" + PercentEncoded(account);
  uri.reserve(uri.size() + text.size() + issuer.size() * 3 + 64);  // No copy is left behind.
  uri.append("?secret=").append(text.Expose());
  uri.append("&issuer=").append(PercentEncoded(issuer));
  uri.append("&algorithm=SHA1&digits=6&period=30");
  return SecretString{std::move(uri)};
}

}  // namespace latchkey
