#include "http/chunked.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace latchkey::http {
namespace {

using State = ChunkedDecoder::State;

struct Decoded {
  State state;
  std::string data;
  std::string rest;
};

// Hands the decoder at most `step` bytes at a time.
Decoded Decode(std::string_view input, std::size_t step) {
  ChunkedDecoder decoder;
  Decoded out{State::kFraming, {}, {}};
  while (decoder.state() == State::kFraming || decoder.state() == State::kData) {
    if (input.empty()) break;
    std::string_view piece = input.substr(0, step);
    if (decoder.state() == State::kData) {
      piece = piece.substr(0, std::min<std::uint64_t>(piece.size(), decoder.data_left()));
      out.data += piece;
      decoder.TakeData(piece.size());
      input.remove_prefix(piece.size());
    } else {
      input.remove_prefix(decoder.TakeFraming(piece));
    }
  }
  out.state = decoder.state();
  out.rest = input;
  return out;
}

struct Case {
  const char* name;
  std::string input;
  State state;
  std::string data;
  std::string rest;
};

class ChunkedDecoderTest : public testing::TestWithParam<Case> {};

TEST_P(ChunkedDecoderTest, HoweverTheBytesArrive) {
  for (const std::size_t step :
       {std::size_t{1}, std::size_t{2}, std::size_t{7}, std::size_t{1000000}}) {
    const Decoded decoded = Decode(GetParam().input, step);
    EXPECT_EQ(decoded.state, GetParam().state);
    if (GetParam().state == State::kMalformed) continue;
    EXPECT_EQ(decoded.data, GetParam().data);
    EXPECT_EQ(decoded.rest, GetParam().rest);
  }
}

std::string ExtensionFlood() {
  std::string body;
  for (int i = 0; i < 16; ++i) body += "1;" + std::string(4096, 'a') + "\r\nx\r\n";
  return body + "0\r\n\r\n";
}

INSTANTIATE_TEST_SUITE_P(
    All, ChunkedDecoderTest,
    testing::Values(
        Case{"Empty", "0\r\n\r\n", State::kDone, "", ""},
        Case{"TwoChunks", "5\r\nhello\r\nA\r\n, world!!!\r\n0\r\n\r\n", State::kDone,
             "hello, world!!!", ""},
        Case{"NextRequestIsLeft", "1\r\nx\r\n0\r\n\r\nGET /", State::kDone, "x", "GET /"},
        Case{"LeadingZeros", "0002\r\n{}\r\n000\r\n\r\n", State::kDone, "{}", ""},
        Case{"Extension", "2;a=\"b\"\r\n{}\r\n0;last\r\n\r\n", State::kDone, "{}", ""},
        Case{"Trailers", "0\r\nX-A: b\r\nY:\r\n\r\nZ", State::kDone, "", "Z"},
        Case{"LargestSize", "7fffffffffffffff\r\n", State::kData, "", ""},
        Case{"Cut", "5\r\nhel", State::kData, "hel", ""},
        Case{"CutInFraming", "5\r\nhello\r", State::kFraming, "hello", ""},
        Case{"Sign", "+2\r\n{}\r\n0\r\n\r\n", State::kMalformed, "", ""},
        Case{"Minus", "-2\r\n", State::kMalformed, "", ""},
        Case{"HexPrefix", "0x2\r\n{}\r\n", State::kMalformed, "", ""},
        Case{"Underscore", "0_2\r\n{}\r\n", State::kMalformed, "", ""},
        Case{"LeadingSpace", " 2\r\n{}\r\n", State::kMalformed, "", ""},
        Case{"TrailingSpace", "2 \r\n{}\r\n", State::kMalformed, "", ""},
        Case{"NoSize", "\r\n", State::kMalformed, "", ""},
        Case{"OnlyExtension", ";a\r\n", State::kMalformed, "", ""},
        Case{"SeventeenDigits", "10000000000000002\r\n{}", State::kMalformed, "", ""},
        Case{"SeventeenZeros", "00000000000000002\r\n{}", State::kMalformed, "", ""},
        Case{"Above63Bits", "8000000000000000\r\n", State::kMalformed, "", ""},
        Case{"BareLineFeed", "2\n{}\r\n", State::kMalformed, "", ""},
        Case{"BareCarriageReturn", "2\r{}\r\n", State::kMalformed, "", ""},
        Case{"LineFeedInExtension", "2;a\nb\r\n{}\r\n", State::kMalformed, "", ""},
        Case{"ControlInExtension", "2;a\x01\r\n{}\r\n", State::kMalformed, "", ""},
        Case{"DataWithoutEnd", "2\r\n{}XX0\r\n\r\n", State::kMalformed, "", ""},
        Case{"DataEndsInLineFeed", "2\r\n{}\n0\r\n\r\n", State::kMalformed, "", ""},
        Case{"DataTooLong", "2\r\n{}}\r\n0\r\n\r\n", State::kMalformed, "", ""},
        Case{"JunkAfterLastChunk", "0\r\nXXGET / HTTP/1.1\r\n\r\n", State::kMalformed, "", ""},
        Case{"TrailerWithoutName", "0\r\n: b\r\n\r\n", State::kMalformed, "", ""},
        Case{"TrailerWithSpace", "0\r\nA : b\r\n\r\n", State::kMalformed, "", ""},
        Case{"TrailerFolded", "0\r\nA: b\r\n c\r\n\r\n", State::kMalformed, "", ""},
        Case{"TrailerBareLineFeed", "0\r\nA: b\n\r\n", State::kMalformed, "", ""},
        Case{"TrailersTooLong", "0\r\nA: " + std::string(8192, 'a') + "\r\n\r\n", State::kMalformed,
             "", ""},
        Case{"EndsInCarriageReturnX", "0\r\n\rX", State::kMalformed, "", ""},
        Case{"ExtensionFlood", ExtensionFlood(), State::kMalformed, "", ""}),
    [](const auto& test_case) { return std::string{test_case.param.name}; });

TEST(ChunkedDecoderTest, EatsNothingOutsideFraming) {
  ChunkedDecoder decoder;
  EXPECT_EQ(decoder.TakeFraming("2\r\n{}"), 3U);
  EXPECT_EQ(decoder.data_left(), 2U);
  EXPECT_EQ(decoder.TakeFraming("{}"), 0U);
}

}  // namespace
}  // namespace latchkey::http
