#include "credential/credential.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/base62.h"
#include "base/crc32.h"

namespace latchkey {
namespace {

constexpr std::size_t kSecretSize = 22;
constexpr std::size_t kChecksumSize = 6;
constexpr std::size_t kBodySize = CredentialId::kTextSize + kSecretSize + kChecksumSize;
constexpr std::size_t kPrefixSizeMin = 2;

constexpr bool IsLowerLetter(char c) { return c >= 'a' && c <= 'z'; }

bool IsPrefix(std::string_view text) {
  return text.size() >= kPrefixSizeMin && text.size() <= Credential::kPrefixSizeMax &&
         std::ranges::all_of(text, IsLowerLetter);
}

std::string_view KindMark(CredentialKind kind) {
  switch (kind) {
    case CredentialKind::kApiToken: return "at_";
    case CredentialKind::kAppPassword: return "ap_";
  }
  std::unreachable();
}

struct Shape {
  CredentialKind kind;
  std::string_view body;  // Everything after the underscore.
};

/// Splits a text that begins as a credential does; its body is not looked at.
std::optional<Shape> RecognizeShape(std::string_view text) {
  const std::size_t underscore = text.find('_');
  if (underscore == std::string_view::npos || underscore < kPrefixSizeMin + 2) return std::nullopt;
  const std::string_view mark = text.substr(underscore - 2, 3);
  const std::string_view body = text.substr(underscore + 1);
  if (!IsPrefix(text.substr(0, underscore - 2))) return std::nullopt;
  for (const CredentialKind kind : {CredentialKind::kApiToken, CredentialKind::kAppPassword}) {
    if (mark == KindMark(kind)) return Shape{kind, body};
  }
  return std::nullopt;
}

/// Uniform base62 characters: a byte above the last multiple of 62 is drawn again.
Result<void> DrawSecret(Random& random, std::span<char> out) {
  constexpr unsigned kBase = 62;
  constexpr unsigned kAccepted = 256 / kBase * kBase;
  std::array<std::byte, 2 * kSecretSize> bytes{};
  std::size_t filled = 0;
  Result<void> outcome;
  while (outcome && filled < out.size()) {
    outcome = random.Fill(bytes);
    if (!outcome) break;
    for (const std::byte byte : bytes) {
      const auto value = std::to_integer<unsigned>(byte);
      if (value < kAccepted && filled < out.size()) out[filled++] = kBase62Alphabet[value % kBase];
    }
  }
  Wipe(bytes.data(), bytes.size());
  return outcome;
}

}  // namespace

std::string_view KindName(CredentialKind kind) {
  switch (kind) {
    case CredentialKind::kApiToken: return "api-token";
    case CredentialKind::kAppPassword: return "app-password";
  }
  std::unreachable();
}

std::string_view KindTitle(CredentialKind kind) {
  switch (kind) {
    case CredentialKind::kApiToken: return "API token";
    case CredentialKind::kAppPassword: return "app password";
  }
  std::unreachable();
}

std::optional<CredentialKind> ParseKindName(std::string_view name) {
  for (const CredentialKind kind : {CredentialKind::kApiToken, CredentialKind::kAppPassword}) {
    if (name == KindName(kind)) return kind;
  }
  return std::nullopt;
}

std::string_view FaultText(CredentialFault fault) {
  switch (fault) {
    case CredentialFault::kNotACredential: return "not the text of a credential";
    case CredentialFault::kCutShort: return "the credential is cut short";
    case CredentialFault::kTooLong: return "the credential is too long";
    case CredentialFault::kChanged: return "a character of the credential is missing or changed";
  }
  std::unreachable();
}

Result<CredentialPrefix> CredentialPrefix::Parse(std::string_view text) {
  if (!IsPrefix(text) || text.starts_with("at")) {
    return Fail(Error::Code::kInvalidArgument, "the credential prefix cannot be used",
                "Choose 2 to 8 lower-case letters that do not start with \"at\".");
  }
  return CredentialPrefix{text};
}

Result<Credential> Credential::Mint(CredentialKind kind, const CredentialPrefix& prefix,
                                    Random& random) {
  const Result<CredentialId> id = CredentialId::Draw(random);
  if (!id) return std::unexpected(id.error());
  std::array<char, kSecretSize> secret{};
  if (Result<void> drawn = DrawSecret(random, secret); !drawn) {
    return std::unexpected(drawn.error());
  }

  std::array<char, kTextSizeMax> text{};
  std::size_t size = 0;
  const auto append = [&](std::string_view part) {
    size += part.copy(text.data() + size, text.size() - size);
  };
  append(prefix.text());
  append(KindMark(kind));
  append(id->text());
  append({secret.data(), secret.size()});
  FormatBase62(Crc32({text.data(), size}), std::span{text}.subspan(size, kChecksumSize));
  size += kChecksumSize;

  Credential credential{kind, *id, SecretText<kTextSizeMax>{std::string_view{text.data(), size}}};
  Wipe(secret.data(), secret.size());
  Wipe(text.data(), text.size());
  return credential;
}

std::expected<CredentialClaim, CredentialFault> ClaimOf(std::string_view presented) noexcept {
  const std::optional<Shape> shape = RecognizeShape(presented);
  if (!shape) return std::unexpected(CredentialFault::kNotACredential);
  const std::optional<std::uint64_t> id =
      ParseBase62(shape->body.substr(0, CredentialId::kTextSize));
  if (shape->body.size() == kBodySize && id) {
    return CredentialClaim{.kind = shape->kind, .id = CredentialId{*id}, .text = presented};
  }
  if (!IsBase62(shape->body)) return std::unexpected(CredentialFault::kNotACredential);
  if (shape->body.size() < kBodySize) return std::unexpected(CredentialFault::kCutShort);
  if (shape->body.size() > kBodySize) return std::unexpected(CredentialFault::kTooLong);
  return std::unexpected(CredentialFault::kChanged);
}

std::optional<CredentialFault> FaultOf(const CredentialClaim& claim) noexcept {
  const std::size_t covered = claim.text.size() - kChecksumSize;
  if (!IsBase62(claim.text.substr(claim.text.size() - kBodySize))) {
    return CredentialFault::kNotACredential;
  }
  // Six characters hold more than 32 bits, so each checksum has one spelling.
  const std::optional<std::uint64_t> checksum = ParseBase62(claim.text.substr(covered));
  const bool right = checksum && *checksum == Crc32(claim.text.substr(0, covered));
  return right ? std::nullopt : std::optional{CredentialFault::kChanged};
}

Result<Credential> Credential::Parse(std::string_view presented) {
  const std::expected<CredentialClaim, CredentialFault> claim = ClaimOf(presented);
  const std::optional<CredentialFault> found = claim ? FaultOf(*claim) : claim.error();
  if (!found) return Credential{claim->kind, claim->id, SecretText<kTextSizeMax>{presented}};
  const CredentialFault fault = *found;
  switch (fault) {
    case CredentialFault::kNotACredential:
      return Fail(Error::Code::kMalformed, std::string{FaultText(fault)});
    case CredentialFault::kCutShort:
    case CredentialFault::kTooLong:
      return Fail(Error::Code::kBadChecksum, std::string{FaultText(fault)},
                  "Copy it again, whole. \"base64\" breaks long lines unless given -w0.");
    case CredentialFault::kChanged:
      return Fail(Error::Code::kBadChecksum, std::string{FaultText(fault)},
                  "Copy it again, whole.");
  }
  std::unreachable();
}

}  // namespace latchkey
