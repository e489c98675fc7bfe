#include "http/chunked.h"

#include <limits>
#include <optional>

#include "http/grammar.h"
#include "http/percent.h"

namespace latchkey::http {

namespace {

constexpr std::size_t kSizeDigitsMax = 16;
constexpr auto kChunkSizeMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());

// Extensions are ASCII by their grammar; field values may hold older encodings.
bool IsExtensionByte(char byte) { return byte == '\t' || (byte >= ' ' && byte < '\x7f'); }

}  // namespace

std::size_t ChunkedDecoder::TakeFraming(std::string_view input) {
  std::size_t eaten = 0;
  while (state_ == State::kFraming && eaten < input.size()) {
    if (!Take(input[eaten++])) state_ = State::kMalformed;
  }
  return eaten;
}

void ChunkedDecoder::TakeData(std::uint64_t size) {
  data_left_ -= size;
  if (data_left_ > 0) return;
  state_ = State::kFraming;
  expect_ = Expect::kDataCr;
}

bool ChunkedDecoder::Take(char byte) {
  switch (expect_) {
    case Expect::kSizeFirst:
    case Expect::kSize: return TakeSize(byte);
    case Expect::kExtension: return TakeExtension(byte);
    case Expect::kTrailer:
    case Expect::kTrailerName:
    case Expect::kTrailerText: return TakeTrailer(byte);
    case Expect::kSizeLf:
    case Expect::kDataCr:
    case Expect::kDataLf:
    case Expect::kTrailerLf:
    case Expect::kEndLf: return TakeLineEnd(byte);
  }
  return false;
}

bool ChunkedDecoder::TakeSize(char byte) {
  if (const std::optional<unsigned> digit = HexDigit(byte)) {
    expect_ = Expect::kSize;
    if (++size_digits_ > kSizeDigitsMax || data_left_ > kChunkSizeMax / 16) return false;
    data_left_ = data_left_ * 16 + *digit;
    return true;
  }
  if (expect_ == Expect::kSizeFirst) return false;
  if (byte == ';') {
    expect_ = Expect::kExtension;
    return ++extension_size_ <= kExtensionSizeMax;
  }
  expect_ = Expect::kSizeLf;
  return byte == '\r';
}

bool ChunkedDecoder::TakeExtension(char byte) {
  if (byte == '\r') {
    expect_ = Expect::kSizeLf;
    return true;
  }
  return IsExtensionByte(byte) && ++extension_size_ <= kExtensionSizeMax;
}

bool ChunkedDecoder::TakeTrailer(char byte) {
  if (++trailer_size_ > kTrailerSizeMax) return false;
  if (expect_ == Expect::kTrailerName && byte == ':') {
    expect_ = Expect::kTrailerText;
    return true;
  }
  if (expect_ == Expect::kTrailerText && byte == '\r') {
    expect_ = Expect::kTrailerLf;
    return true;
  }
  if (expect_ == Expect::kTrailerText) return IsFieldValue({&byte, 1});
  if (expect_ == Expect::kTrailer && byte == '\r') {
    expect_ = Expect::kEndLf;
    return true;
  }
  expect_ = Expect::kTrailerName;
  return IsTokenCharacter(byte);
}

bool ChunkedDecoder::TakeLineEnd(char byte) {
  if (expect_ == Expect::kDataCr) {
    expect_ = Expect::kDataLf;
    return byte == '\r';
  }
  if (byte != '\n') return false;
  if (expect_ == Expect::kSizeLf) return EndSizeLine();
  if (expect_ == Expect::kEndLf) {
    state_ = State::kDone;
    return true;
  }
  expect_ = expect_ == Expect::kDataLf ? Expect::kSizeFirst : Expect::kTrailer;
  return true;
}

bool ChunkedDecoder::EndSizeLine() {
  size_digits_ = 0;
  if (data_left_ == 0) {
    expect_ = Expect::kTrailer;
  } else {
    state_ = State::kData;
  }
  return true;
}

}  // namespace latchkey::http
