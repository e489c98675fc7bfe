#pragma once

// Takes the chunked framing (RFC 9112 section 7.1) off a body, strictly.
//
//     5;ext=1 CRLF hello CRLF 0 CRLF [trailer fields] CRLF
//     ^^^^^^^^^^^^       ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
//     framing: TakeFraming() eats it, byte by byte, whole or in pieces
//                  ^^^^^ data: not touched here; the reader moves it where it is wanted and calls
//                  TakeData()
//
// Refused, although some servers accept it: a line end that is not CR LF, signs, `0x`, `_`, white
// space around the size, more than 16 digits, sizes above 63 bits, anything between the data and
// its CR LF, control bytes in extensions, trailer lines that are no fields. Extensions and trailers
// are dropped, and bounded over the whole body, so that a body is not mostly framing.

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace latchkey::http {

class ChunkedDecoder {
 public:
  enum class State : std::uint8_t {
    kFraming,    ///< More framing must come.
    kData,       ///< data_left() bytes of data come next.
    kDone,       ///< The body is complete; what follows is the next request.
    kMalformed,  ///< Cannot be read on; the connection must be closed.
  };

  static constexpr std::size_t kExtensionSizeMax = 4096;  ///< Bytes, all chunks of a body together.
  static constexpr std::size_t kTrailerSizeMax = 8192;    ///< Bytes.

  /// Eats framing from the front of `input` until data, the end or an error comes; returns how many
  /// bytes it ate. Eats nothing in any other state than kFraming.
  [[nodiscard]] std::size_t TakeFraming(std::string_view input);

  /// Counts `size` bytes of data as read. `size` is at most data_left().
  void TakeData(std::uint64_t size);

  [[nodiscard]] State state() const { return state_; }
  [[nodiscard]] std::uint64_t data_left() const { return data_left_; }

 private:
  enum class Expect : std::uint8_t {
    kSizeFirst,    // The first digit of a size.
    kSize,         // A digit, `;` or CR.
    kExtension,    // Any byte of an extension, or CR.
    kSizeLf,       // LF behind a size.
    kDataCr,       // CR behind data.
    kDataLf,       // LF behind data.
    kTrailer,      // The first byte of a trailer line, or CR.
    kTrailerName,  // A byte of a trailer's name, or `:`.
    kTrailerText,  // A byte of a trailer's value, or CR.
    kTrailerLf,    // LF behind a trailer line.
    kEndLf,        // LF of the empty line.
  };

  // Each takes one byte and returns whether it may stand there.
  bool Take(char byte);
  bool TakeSize(char byte);
  bool TakeExtension(char byte);
  bool TakeTrailer(char byte);
  bool TakeLineEnd(char byte);
  bool EndSizeLine();

  State state_ = State::kFraming;
  Expect expect_ = Expect::kSizeFirst;
  std::uint64_t data_left_ = 0;
  std::size_t size_digits_ = 0;
  std::size_t extension_size_ = 0;
  std::size_t trailer_size_ = 0;
};

}  // namespace latchkey::http
