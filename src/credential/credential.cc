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
  std::string_view body;  // Everything after the underscore: letters and digits, of any number.
};

/// Splits a text that is unmistakably meant as a credential, whatever became of its body.
std::optional<Shape> RecognizeShape(std::string_view text) {
  const std::size_t underscore = text.find('_');
  if (underscore == std::string_view::npos || underscore < kPrefixSizeMin + 2) return std::nullopt;
  const std::string_view mark = text.substr(underscore - 2, 3);
  const std::string_view body = text.substr(underscore + 1);
  if (!IsPrefix(text.substr(0, underscore - 2)) || !IsBase62(body)) return std::nullopt;
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

Result<Credential> Credential::Parse(std::string_view presented) {
  const std::optional<Shape> shape = RecognizeShape(presented);
  if (!shape) return Fail(Error::Code::kMalformed, "not the text of a credential");
  if (shape->body.size() != kBodySize) {
    return Fail(Error::Code::kBadChecksum,
                shape->body.size() < kBodySize ? "the credential is cut short"
                                               : "the credential is too long",
                "Copy it again, whole. \"base64\" breaks long lines unless given -w0.");
  }
  const std::string_view covered = presented.substr(0, presented.size() - kChecksumSize);
  std::array<char, kChecksumSize> checksum{};
  FormatBase62(Crc32(covered), checksum);
  const Result<CredentialId> id =
      CredentialId::Parse(shape->body.substr(0, CredentialId::kTextSize));
  if (!id ||
      presented.substr(covered.size()) != std::string_view{checksum.data(), checksum.size()}) {
    return Fail(Error::Code::kBadChecksum, "a character of the credential is missing or changed",
                "Copy it again, whole.");
  }
  return Credential{shape->kind, *id, SecretText<kTextSizeMax>{presented}};
}

}  // namespace latchkey
