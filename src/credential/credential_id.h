#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/random.h"
#include "base/result.h"

namespace latchkey {

/// The public half of a credential: 64 random bits, written as 11 base62 characters. Safe to log,
/// to list and to mail; knowing it proves nothing.
class CredentialId {
 public:
  static constexpr std::size_t kTextSize = 11;

  /// Errors: as Random::Fill.
  [[nodiscard]] static Result<CredentialId> Draw(Random& random);

  /// Accepts exactly what text() returns: 11 base62 characters whose value fits 64 bits.
  /// Errors: kMalformed.
  [[nodiscard]] static Result<CredentialId> Parse(std::string_view text);

  explicit constexpr CredentialId(std::uint64_t value) : value_(value) {}

  [[nodiscard]] constexpr std::uint64_t value() const { return value_; }
  [[nodiscard]] std::string text() const;

  friend constexpr auto operator<=>(const CredentialId&, const CredentialId&) = default;

 private:
  std::uint64_t value_;
};

}  // namespace latchkey
