// Property: the result does not depend on how the bytes were cut into pieces, the decoder always
// goes forward, and data comes out unchanged.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <tuple>

#include "http/chunked.h"

namespace {

using latchkey::http::ChunkedDecoder;
using State = ChunkedDecoder::State;

std::tuple<State, std::string, std::size_t> Decode(std::string_view input, std::size_t step) {
  ChunkedDecoder decoder;
  std::string data;
  std::size_t at = 0;
  while (at < input.size() && decoder.state() != State::kDone &&
         decoder.state() != State::kMalformed) {
    std::string_view piece = input.substr(at, step);
    std::size_t taken = 0;
    if (decoder.state() == State::kData) {
      piece = piece.substr(0, std::min<std::uint64_t>(piece.size(), decoder.data_left()));
      data += piece;
      decoder.TakeData(piece.size());
      taken = piece.size();
    } else {
      taken = decoder.TakeFraming(piece);
    }
    if (taken == 0) std::abort();
    at += taken;
  }
  return {decoder.state(), data, at};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string text(data + 1, data + size);
  const auto whole = Decode(text, text.size() + 1);
  if (Decode(text, std::size_t{data[0]} % 16 + 1) != whole) std::abort();
  return 0;
}
