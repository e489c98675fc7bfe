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

PresentedView ReadBasic(std::string_view token, std::span<char> scratch) {
  const std::optional<std::size_t> size = DecodeBase64Fast(token, scratch);
  if (!size) return {};
  const std::string_view pair{scratch.data(), *size};
  const std::size_t colon = pair.find(':');
  if (colon == std::string_view::npos) return {};
  const std::string_view user = pair.substr(0, colon);
  const std::string_view secret = pair.substr(colon + 1);
  // RFC 7617 section 2 forbids control characters in both. In the secret they are left in place: a
  // trailing line break is a mistake that deserves its own answer.
  // The challenge asks for UTF-8 (section 2.1).
  if (HasControlCharacter(user) || !IsUtf8(user)) return {};
  if (secret.empty()) {
    return {.form = Presented::Form::kBasicSecretAsUser, .user = std::nullopt, .secret = user};
  }
  return {.form = Presented::Form::kBasic, .user = user, .secret = secret};
}

}  // namespace

PresentedView ViewOf(const Presented& presented) {
  PresentedView view{
      .form = presented.form, .user = std::nullopt, .secret = presented.secret.Expose()};
  if (presented.user) view.user = *presented.user;
  return view;
}

std::optional<PresentedView> ReadAuthorization(std::string_view value,
                                               std::span<char> scratch) noexcept {
  if (value.empty()) return std::nullopt;
  const std::size_t space = std::min(value.find(' '), value.size());
  const std::string_view scheme = value.substr(0, space);
  std::string_view token = value.substr(space);
  token.remove_prefix(std::min(token.find_first_not_of(' '), token.size()));

  if (EqualsIgnoringCase(scheme, "Basic")) return ReadBasic(token, scratch);
  if (EqualsIgnoringCase(scheme, "Bearer") && !token.empty()) {
    return PresentedView{.form = Presented::Form::kBearer, .user = std::nullopt, .secret = token};
  }
  return PresentedView{};
}

std::optional<Presented> ParseAuthorization(std::string_view value) {
  std::string scratch(AuthorizationScratchSize(value.size()), '\0');
  const std::optional<PresentedView> view = ReadAuthorization(value, scratch);
  std::optional<Presented> presented;
  if (view) {
    presented.emplace();
    presented->form = view->form;
    if (view->user) presented->user = std::string{*view->user};
    presented->secret = SecretString{view->secret};
  }
  Wipe(scratch);
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
