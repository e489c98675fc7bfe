#include "git/pkt_line.h"

#include <algorithm>
#include <utility>

namespace latchkey::git {
namespace {

constexpr std::string_view kHexDigits = "0123456789abcdef";

/// The number that four digits stand for; nothing if one is no lower-case hexadecimal digit.
std::optional<std::size_t> ParseLength(std::string_view digits) {
  std::size_t length = 0;
  for (const char digit : digits) {
    const std::size_t value = kHexDigits.find(digit);
    if (value == std::string_view::npos) return std::nullopt;
    length = length * kHexDigits.size() + value;
  }
  return length;
}

std::optional<PktKind> SpecialKind(std::size_t length) {
  if (length == 0) return PktKind::kFlush;
  if (length == 1) return PktKind::kDelimiter;
  if (length == 2) return PktKind::kResponseEnd;
  return std::nullopt;
}

std::string FormatLength(std::size_t length) {
  std::string text(4, '0');
  for (std::size_t i = text.size(); i > 0; --i) {
    text[i - 1] = kHexDigits[length % kHexDigits.size()];
    length /= kHexDigits.size();
  }
  return text;
}

}  // namespace

std::string FormatPkt(const Pkt& pkt) {
  switch (pkt.kind) {
    case PktKind::kFlush: return "0000";
    case PktKind::kDelimiter: return "0001";
    case PktKind::kResponseEnd: return "0002";
    case PktKind::kData: break;
  }
  const std::string_view payload = pkt.payload.substr(0, kPktPayloadSizeMax);
  return FormatLength(payload.size() + 4).append(payload);
}

bool PktScanner::TakeLength(std::string_view& input) {
  const std::size_t missing = kLengthSize - length_size_;
  const std::size_t taken = input.copy(length_.data() + length_size_, missing);
  input.remove_prefix(taken);
  length_size_ += taken;
  return length_size_ == kLengthSize;
}

Result<std::optional<Pkt>> PktScanner::Next(std::string_view& input) {
  if (length_size_ < kLengthSize && !malformed_) {
    if (!TakeLength(input)) return std::nullopt;
    const std::optional<std::size_t> length = ParseLength({length_.data(), length_.size()});
    if (length && SpecialKind(*length)) {
      length_size_ = 0;
      return Pkt{.kind = *SpecialKind(*length), .payload = {}};
    }
    malformed_ = !length || *length < kLengthSize || *length > kPktSizeMax;
    if (!malformed_) payload_size_ = *length - kLengthSize;
    payload_.clear();
  }
  if (malformed_) return Fail(Error::Code::kMalformed, "a packet has a length that is none");
  const std::string_view piece = input.substr(0, payload_size_ - payload_.size());
  input.remove_prefix(piece.size());
  const bool whole = payload_.size() + piece.size() == payload_size_;
  // The usual packet lies in one piece and is not copied.
  if (whole && payload_.empty()) {
    length_size_ = 0;
    return Pkt{.kind = PktKind::kData, .payload = piece};
  }
  payload_.append(piece);
  if (!whole) return std::nullopt;
  length_size_ = 0;
  return Pkt{.kind = PktKind::kData, .payload = payload_};
}

}  // namespace latchkey::git
