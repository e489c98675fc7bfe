#pragma once

// What a client put into its Authorization header, taken apart without judging it.
//
// Accepted forms (docs/sending-a-credential.md):
//     Basic base64(user:secret)   the first colon splits (RFC 7617 section 2)
//     Bearer secret               one or more spaces between (RFC 9110 section 11.4)
// Scheme names in any letter case. `Basic base64(secret:)`, an API token as user with an empty
// password, is turned into a secret without user. No other scheme is known.
//
// What comes out is still only a claim: Verifier::Verify() decides.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "crypto/base64.h"

namespace latchkey {

/// A credential as it was presented. Move-only, not printable.
struct Presented {
  enum class Form : std::uint8_t {
    kBasic,
    kBasicSecretAsUser,
    kBearer,
    kSecretAlone,  ///< In no header: whose it is, is what is asked. Takes an app password, too.
    kUnreadable,   ///< There was something, but no form we know: proves nothing, counts as a
                   ///< failure.
  };
  Form form = Form::kUnreadable;
  /// Basic's user part as sent; never logged when form is not kBasic.
  std::optional<std::string> user;
  SecretString secret;
};

/// The same as views, of the value and of scratch memory.
struct PresentedView {
  Presented::Form form = Presented::Form::kUnreadable;
  std::optional<std::string_view> user;
  std::string_view secret;
};

/// The views of what somebody keeps.
[[nodiscard]] PresentedView ViewOf(const Presented& presented);

/// How much scratch memory ReadAuthorization() needs for a value of `size` bytes.
[[nodiscard]] constexpr std::size_t AuthorizationScratchSize(std::size_t size) {
  return DecodedBase64SizeMax(size);
}

/// As ParseAuthorization(), allocating nothing. What Basic encodes is decoded into `scratch`, which
/// the caller wipes.
[[nodiscard]] std::optional<PresentedView> ReadAuthorization(std::string_view value,
                                                             std::span<char> scratch) noexcept;

/// Reads the value of one Authorization field, without the white space around it. Nothing for an
/// empty value: that is no credential at all.
[[nodiscard]] std::optional<Presented> ParseAuthorization(std::string_view value);

/// `user:secret` as the value that follows `Basic `: one line, however long.
[[nodiscard]] SecretString EncodeBasic(std::string_view user, const SecretString& secret);

}  // namespace latchkey
