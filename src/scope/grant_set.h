#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace latchkey {

/// A set of up to 256 scopes, or of permissions, of one catalogue, by their position there. Whether
/// it covers another is four AND operations. Positions mean nothing outside the catalogue that made
/// them: what is stored and sealed are names.
class GrantSet {
 public:
  static constexpr std::size_t kCapacity = 256;

  constexpr void Insert(std::size_t position) {
    words_[position / kWordBits] |= std::uint64_t{1} << (position % kWordBits);
  }
  [[nodiscard]] constexpr bool Contains(std::size_t position) const {
    return ((words_[position / kWordBits] >> (position % kWordBits)) & 1U) != 0;
  }
  /// Whether every member of `needed` is in this set.
  [[nodiscard]] constexpr bool Covers(const GrantSet& needed) const {
    std::uint64_t missing = 0;
    for (std::size_t i = 0; i < kWords; ++i) missing |= needed.words_[i] & ~words_[i];
    return missing == 0;
  }
  /// How many members of `needed` are not in this set.
  [[nodiscard]] constexpr std::size_t CountMissing(const GrantSet& needed) const {
    std::size_t missing = 0;
    for (std::size_t i = 0; i < kWords; ++i) {
      missing += static_cast<std::size_t>(std::popcount(needed.words_[i] & ~words_[i]));
    }
    return missing;
  }
  [[nodiscard]] constexpr bool empty() const {
    std::uint64_t any = 0;
    for (const std::uint64_t word : words_) any |= word;
    return any == 0;
  }
  constexpr GrantSet& operator|=(const GrantSet& other) {
    for (std::size_t i = 0; i < kWords; ++i) words_[i] |= other.words_[i];
    return *this;
  }
  friend constexpr bool operator==(const GrantSet&, const GrantSet&) = default;

 private:
  static constexpr std::size_t kWordBits = 64;
  static constexpr std::size_t kWords = kCapacity / kWordBits;
  std::array<std::uint64_t, kWords> words_{};
};

}  // namespace latchkey
