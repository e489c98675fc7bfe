#pragma once

// What a browser holds to be somebody: the value of the session cookie, the text of a one-time
// link.
//
//     0123456789abcdef.0123456789abcdefghijkl
//     |                |
//     |                secret: 131 random bits, 22 base62 characters
//     public id: 16 base62 characters, safe to log
//
// It is drawn, revealed once, and from then on exists here only as its id and a digest of the whole
// text, which the seal of its record holds.
//
// Thread safety: values.

#include <cstddef>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"
#include "crypto/digest.h"

namespace latchkey {

/// Move-only and not printable, as every secret.
class Ticket {
 public:
  static constexpr std::size_t kIdSize = 16;
  static constexpr std::size_t kSecretSize = 22;
  static constexpr std::size_t kTextSize = kIdSize + 1 + kSecretSize;

  /// Errors: as Random::Fill.
  [[nodiscard]] static Result<Ticket> Draw(Random& random);

  /// Accepts exactly the texts that Reveal() returns; says nothing about whether there is such a
  /// session or link. Errors: kMalformed.
  [[nodiscard]] static Result<Ticket> Parse(std::string_view presented);

  [[nodiscard]] std::string_view id() const { return text_.Expose().substr(0, kIdSize); }
  /// SHA-256 of the whole text.
  [[nodiscard]] Digest digest() const { return Sha256(text_.Expose()); }

  /// The text to hand out. Consumes the object, for what is shown once is not shown again.
  [[nodiscard]] SecretText<kTextSize> Reveal() && { return std::move(text_); }

 private:
  explicit Ticket(SecretText<kTextSize> text) : text_(std::move(text)) {}

  SecretText<kTextSize> text_;
};

/// Whether `id` has the form of a ticket's id.
[[nodiscard]] bool IsTicketId(std::string_view id);

}  // namespace latchkey
