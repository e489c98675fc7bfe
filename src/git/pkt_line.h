#pragma once

// pkt-lines, the framing of git's wire protocol (gitprotocol-common(5)).
//
//     0009done\n        length in four lower-case hexadecimal digits, itself included, then the
//     payload 0000              flush: the end of a section 0001  0002        delimiter, and
//     response-end, of protocol version 2 0003, fff1…ffff   nothing: refused
//
// Every packet has one text: what the scanner accepts, FormatPkt() writes byte for byte. Upper-case
// digits are therefore refused, as the grammar has none.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace latchkey::git {

/// Largest packet, length included, and largest payload (gitprotocol-common(5)).
inline constexpr std::size_t kPktSizeMax = 65520;
inline constexpr std::size_t kPktPayloadSizeMax = kPktSizeMax - 4;

enum class PktKind : std::uint8_t { kData, kFlush, kDelimiter, kResponseEnd };

struct Pkt {
  PktKind kind = PktKind::kData;
  std::string_view payload;  ///< Empty but for kData, where it may be empty too.
};

/// The bytes of a packet. `pkt.payload` has at most kPktPayloadSizeMax bytes; more are cut off.
[[nodiscard]] std::string FormatPkt(const Pkt& pkt);

/// Takes packets out of a stream that arrives in pieces of any size. Holds at most one packet.
class PktScanner {
 public:
  /// Takes bytes from the front of `input` until a packet is whole, and returns it; nothing when
  /// `input` is used up before. The payload stays valid until the next call and as long as
  /// `input`'s bytes. Errors: kMalformed for a length that is none. After an error every further
  /// call gives it again.
  [[nodiscard]] Result<std::optional<Pkt>> Next(std::string_view& input);

  /// Whether a packet has begun and is not whole.
  [[nodiscard]] bool mid_packet() const { return length_size_ > 0 || malformed_; }

 private:
  static constexpr std::size_t kLengthSize = 4;

  // Completes the length field; returns false when `input` ends before.
  bool TakeLength(std::string_view& input);

  std::array<char, kLengthSize> length_{};
  std::size_t length_size_ = 0;
  std::size_t payload_size_ = 0;
  std::string payload_;
  bool malformed_ = false;
};

}  // namespace latchkey::git
