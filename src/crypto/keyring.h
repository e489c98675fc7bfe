#pragma once

// The keys that seal records, kept apart from the database they protect.
//
// Text form, one key a line, newest last; lines that start with `#` are comments:
//
//     latchkey-keyring 1
//     journal 1 <64 hexadecimal digits> 2026-11-24T09:00:00Z
//     seal 1 <64 hexadecimal digits> 2026-11-24T09:00:00Z
//
// The one journal key authenticates the chain of the audit journal and never changes.
// A key has a number that never comes back. Records name the number of the key that sealed them, so
// old records open as long as their key stays in the ring; new ones are sealed under the newest
// key.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/instant.h"
#include "base/random.h"
#include "base/result.h"
#include "base/secret.h"

namespace latchkey {

/// 32 secret bytes, wiped on destruction.
class SecretKey {
 public:
  static constexpr std::size_t kSize = 32;

  SecretKey() = default;
  SecretKey(const SecretKey&) = delete;
  SecretKey& operator=(const SecretKey&) = delete;
  SecretKey(SecretKey&& other) noexcept;
  SecretKey& operator=(SecretKey&& other) noexcept;
  ~SecretKey();

  [[nodiscard]] std::span<const std::byte, kSize> Expose() const { return bytes_; }
  [[nodiscard]] std::span<std::byte, kSize> ExposeForFilling() { return bytes_; }

 private:
  std::array<std::byte, kSize> bytes_{};
};

class Keyring {
 public:
  /// A ring with a fresh journal key and one fresh sealing key, number 1. Errors: as Random::Fill.
  [[nodiscard]] static Result<Keyring> Generate(Random& random, Instant now);

  /// A ring of one sealing key, number 1, that was derived: for what has no journal. Its journal
  /// key is all zero.
  [[nodiscard]] static Keyring OfDerivedKey(SecretKey key);

  /// Errors: kMalformed, naming the line, never quoting it.
  [[nodiscard]] static Result<Keyring> Parse(std::string_view text);

  /// The text form; Parse(Format()) gives the same ring.
  [[nodiscard]] SecretString Format() const;

  /// Adds a fresh sealing key, which becomes the newest. Errors: as Random::Fill; kLimitExceeded
  /// after number 2^32 - 1.
  [[nodiscard]] Result<void> Rotate(Random& random, Instant now);

  [[nodiscard]] std::uint32_t newest() const { return keys_.back().number; }
  [[nodiscard]] std::size_t size() const { return keys_.size(); }
  [[nodiscard]] const SecretKey& journal_key() const { return journal_.key; }
  /// Null if the ring lacks that number.
  [[nodiscard]] const SecretKey* Find(std::uint32_t number) const;

 private:
  struct Entry {
    std::uint32_t number;
    Instant created;
    SecretKey key;
  };
  static std::optional<Entry> ParseEntry(std::string_view line);
  /// Takes in what a line that is no comment says. False if it says nothing that fits.
  [[nodiscard]] bool TakeIn(std::string_view line);
  static void AppendEntry(std::string_view purpose, const Entry& entry, std::string& text);

  Entry journal_{};
  std::vector<Entry> keys_;  // Sealing keys, ascending by number; never empty.
};

}  // namespace latchkey
