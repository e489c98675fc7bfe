#include "client/secret_look.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "base/secret.h"
#include "base/text.h"
#include "credential/credential.h"
#include "crypto/base64.h"

namespace latchkey::client {
namespace {

constexpr std::string_view kSpace = " \t\r\n";

std::string_view Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

bool IsWhole(std::string_view text) { return Credential::Parse(text).has_value(); }

bool IsHeader(std::string_view text) {
  constexpr std::array<std::string_view, 3> kStarts{"bearer ", "basic ", "authorization:"};
  const std::string start = FoldAscii(text.substr(0, std::min<std::size_t>(text.size(), 16)));
  return std::ranges::any_of(kStarts, [&](std::string_view s) { return start.starts_with(s); });
}

/// The start of a credential behind a user's name: `x-token-auth:lkat_9f`.
bool IsUserAndStart(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return false;
  const std::string_view secret = text.substr(colon + 1);
  const std::size_t mark = secret.find('_');
  return mark != std::string_view::npos && mark >= 4 && mark <= 10 &&
         (secret.substr(0, mark).ends_with("at") || secret.substr(0, mark).ends_with("ap"));
}

/// Decodes what may have lost its end: as many whole groups as there are.
SecretString DecodeLoosely(std::string_view text) {
  Result<SecretString> whole = DecodeBase64(text);
  if (whole) return *std::move(whole);
  Result<SecretString> part = DecodeBase64(text.substr(0, text.size() / 4 * 4));
  return part ? *std::move(part) : SecretString{};
}

SecretFault LookAtBase64(std::string_view text) {
  std::string joined;
  joined.reserve(text.size());
  std::ranges::copy_if(text, std::back_inserter(joined),
                       [](char c) { return !kSpace.contains(c); });
  const SecretString line{std::move(joined)};
  const bool wrapped = line.size() != text.size();
  const SecretString decoded = DecodeLoosely(line.Expose());
  const std::string_view clear = decoded.Expose();
  if (!IsUserAndStart(clear)) return SecretFault::kOther;
  const std::string_view secret = clear.substr(clear.find(':') + 1);
  if (wrapped) return SecretFault::kBase64Wrapped;
  if (IsWhole(secret)) return SecretFault::kBase64;
  if (IsWhole(Trimmed(secret))) return SecretFault::kBase64LineFeed;
  return SecretFault::kBase64Cut;
}

}  // namespace

SecretFault LookAtSecret(std::string_view text) {
  if (IsWhole(text)) return SecretFault::kNone;
  const std::string_view trimmed = Trimmed(text);
  if (IsWhole(trimmed)) return SecretFault::kSpaceAround;
  if (IsHeader(trimmed)) return SecretFault::kHeader;
  const Result<Credential> parsed = Credential::Parse(trimmed);
  if (!parsed && parsed.error().code == Error::Code::kBadChecksum) return SecretFault::kMistyped;
  return LookAtBase64(trimmed);
}

std::string_view ExplainFault(SecretFault fault) {
  switch (fault) {
    case SecretFault::kNone: return {};
    case SecretFault::kSpaceAround:
      return "there is a line break or a blank around the secret: store it without, printf %s "
             "instead of echo";
    case SecretFault::kBase64:
      return "this is the Base64 of user:secret: store the secret itself, which looks like lkat_ "
             "or lkap_ and 39 letters and digits";
    case SecretFault::kBase64LineFeed:
      return "this is the Base64 of user:secret and a line break: encode it with \"latchkey "
             "encode\", or printf %s instead of echo";
    case SecretFault::kBase64Cut:
      return "this is the Base64 of user:secret, cut short: base64 wraps long lines, use "
             "\"latchkey encode\" or base64 -w0";
    case SecretFault::kBase64Wrapped:
      return "this is the Base64 of user:secret with a line break inside: use \"latchkey encode\" "
             "or base64 -w0";
    case SecretFault::kHeader:
      return "this is a header or a part of one: store the secret alone, which looks like lkat_ or "
             "lkap_ and 39 letters and digits";
    case SecretFault::kMistyped:
      return "characters of the secret were lost, added or changed: copy it again, or make a new "
             "one";
    case SecretFault::kOther:
      return "this is no credential of Latchkey's: those look like lkat_ or lkap_ and 39 letters "
             "and digits";
  }
  std::unreachable();
}

}  // namespace latchkey::client
