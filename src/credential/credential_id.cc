#include "credential/credential_id.h"

#include "base/base62.h"

namespace latchkey {

Result<CredentialId> CredentialId::Draw(Random& random) {
  std::array<std::byte, sizeof(std::uint64_t)> bytes{};
  if (Result<void> filled = random.Fill(bytes); !filled) return std::unexpected(filled.error());
  std::uint64_t value = 0;
  for (const std::byte byte : bytes) value = (value << 8U) | std::to_integer<std::uint64_t>(byte);
  return CredentialId{value};
}

Result<CredentialId> CredentialId::Parse(std::string_view text) {
  const std::optional<std::uint64_t> value = ParseBase62(text);
  if (text.size() != kTextSize || !value) {
    return Fail(Error::Code::kMalformed, "not a credential id",
                "An id is the 11 letters and digits after lkat_ or lkap_, as the lists show it.");
  }
  return CredentialId{*value};
}

std::string CredentialId::text() const {
  std::string text(kTextSize, '0');
  FormatBase62(value_, text);
  return text;
}

}  // namespace latchkey
