#pragma once

// CBOR as authenticators write it: the canonical form of CTAP2 (section 8), and of that what
// WebAuthn needs. Refused: indefinite lengths, integers longer than they need to be, tags, floats,
// more than four levels, and sizes beyond the end. Nothing is copied or allocated.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

namespace latchkey::webauthn {

/// Reads items one after the other. What does not read leaves nothing in an optional, and the
/// reader where it was is then of no use.
class CborReader {
 public:
  explicit CborReader(std::string_view bytes) : bytes_(bytes) {}

  /// What has not been read.
  [[nodiscard]] std::string_view rest() const { return bytes_; }

  [[nodiscard]] std::optional<std::int64_t> ReadInteger();
  [[nodiscard]] std::optional<std::string_view> ReadBytes();
  [[nodiscard]] std::optional<std::string_view> ReadText();
  /// How many pairs follow; the caller reads them.
  [[nodiscard]] std::optional<std::size_t> ReadMapSize();
  /// One item of any kind, whole, as it stands.
  [[nodiscard]] std::optional<std::string_view> ReadItem();

 private:
  enum class Major : std::uint8_t {
    kUnsigned,
    kNegative,
    kBytes,
    kText,
    kArray,
    kMap,
    kTag,
    kOther
  };
  struct Head {
    Major major;
    std::uint64_t value;
  };

  [[nodiscard]] std::optional<Head> ReadHead();
  [[nodiscard]] std::optional<std::string_view> ReadString(Major wanted);
  [[nodiscard]] bool Skip(int levels);

  std::string_view bytes_;
};

}  // namespace latchkey::webauthn
