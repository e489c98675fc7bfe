#include "signin/recovery_codes.h"

#include <array>
#include <string>
#include <utility>

#include "base/text.h"

namespace latchkey {
namespace {

constexpr std::string_view kAlphabet = "0123456789abcdefghjkmnpqrstvwxyz";
constexpr std::size_t kCharacters = 16;
constexpr std::size_t kGroup = 4;

/// The character that `c` stands for, in lower case.
char Canonical(char c) {
  if (c == 'o') return '0';
  if (c == 'i' || c == 'l') return '1';
  return c;
}

/// Without what does not count; empty if it is no code.
SecretString Normalize(std::string_view code) {
  // Dashes and blanks are in it, but no more than somebody would type.
  constexpr std::size_t kTypedMax = 64;
  if (code.size() > kTypedMax) return {};
  std::string kept;
  kept.reserve(kTypedMax);
  for (const char typed : FoldAscii(code)) {
    if (typed == '-' || typed == ' ') continue;
    const char c = Canonical(typed);
    if (kAlphabet.find(c) == std::string_view::npos) return SecretString{std::move(kept.erase())};
    kept += c;
  }
  if (kept.size() != kCharacters) kept.clear();
  return SecretString{std::move(kept)};
}

Result<SecretString> DrawOne(Random& random) {
  std::array<std::byte, kCharacters> bytes{};
  if (Result<void> filled = random.Fill(bytes); !filled) return std::unexpected(filled.error());
  std::string code;
  code.reserve(kCharacters + kCharacters / kGroup);
  for (std::size_t i = 0; i < kCharacters; ++i) {
    if (i != 0 && i % kGroup == 0) code += '-';
    // 256 is a multiple of 32, so every character is as likely as another.
    code += kAlphabet[std::to_integer<std::size_t>(bytes.at(i)) % kAlphabet.size()];
  }
  Wipe(bytes.data(), bytes.size());
  return SecretString{std::move(code)};
}

}  // namespace

Result<std::vector<SecretString>> DrawRecoveryCodes(Random& random) {
  std::vector<SecretString> codes;
  codes.reserve(kRecoveryCodes);
  for (std::size_t i = 0; i < kRecoveryCodes; ++i) {
    Result<SecretString> code = DrawOne(random);
    if (!code) return std::unexpected(code.error());
    codes.push_back(std::move(*code));
  }
  return codes;
}

std::optional<Digest> RecoveryCodeDigest(std::string_view code) {
  const SecretString normal = Normalize(code);
  if (normal.empty()) return std::nullopt;
  return Sha256(normal.Expose());
}

std::optional<std::size_t> FindRecoveryCode(const std::vector<RecoveryCode>& codes,
                                            std::string_view code) {
  const std::optional<Digest> digest = RecoveryCodeDigest(code);
  if (!digest) return std::nullopt;
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < codes.size(); ++i) {
    const bool same = EqualInConstantTime(*digest, codes[i].digest);
    if (same && !codes[i].used_at) found = i;
  }
  return found;
}

}  // namespace latchkey
