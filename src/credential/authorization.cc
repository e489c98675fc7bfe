#include "credential/authorization.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "crypto/base64.h"

namespace latchkey {
namespace {

bool HasControlCharacter(std::string_view text) {
  return std::ranges::any_of(text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

Presented ReadBasic(std::string_view token) {
  Presented presented;
  const Result<SecretString> decoded = DecodeBase64(token);
  if (!decoded) return presented;
  const std::string_view pair = decoded->Expose();
  const std::size_t colon = pair.find(':');
  if (colon == std::string_view::npos) return presented;
  const std::string_view user = pair.substr(0, colon);
  const std::string_view secret = pair.substr(colon + 1);
  // RFC 7617 section 2 forbids control characters in both. In the secret they are left in place: a
  // trailing line break is a mistake that deserves its own answer.
  // The challenge asks for UTF-8 (section 2.1).
  if (HasControlCharacter(user) || !IsUtf8(user)) return presented;
  if (secret.empty()) {
    presented.form = Presented::Form::kBasicSecretAsUser;
    presented.secret = SecretString{user};
    return presented;
  }
  presented.form = Presented::Form::kBasic;
  presented.user = std::string{user};
  presented.secret = SecretString{secret};
  return presented;
}

}  // namespace

std::optional<Presented> ParseAuthorization(std::string_view value) {
  if (value.empty()) return std::nullopt;
  const std::size_t space = std::min(value.find(' '), value.size());
  const std::string_view scheme = value.substr(0, space);
  std::string_view token = value.substr(space);
  token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));

  if (EqualsIgnoringCase(scheme, "Basic")) return ReadBasic(token);
  Presented presented;
  if (EqualsIgnoringCase(scheme, "Bearer") && !token.empty()) {
    presented.form = Presented::Form::kBearer;
    presented.secret = SecretString{token};
  }
  return presented;
}

SecretString EncodeBasic(std::string_view user, const SecretString& secret) {
  std::string pair;
  pair.reserve(user.size() + 1 + secret.size());
  pair += user;
  pair += ':';
  pair += secret.Expose();
  SecretString encoded = EncodeBase64(pair);
  Wipe(pair);
  return encoded;
}

}  // namespace latchkey
