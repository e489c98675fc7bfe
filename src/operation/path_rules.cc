#include "operation/path_rules.h"

#include <array>
#include <utility>

#include "operation/decoded.h"

namespace latchkey {
namespace {

struct NamedRule {
  std::string_view name;
  bool PathRules::* member;
};

constexpr std::array<NamedRule, 8> kRules{{
    {"dot_segments", &PathRules::dot_segments},
    {"encoded_slash", &PathRules::encoded_slash},
    {"encoded_backslash", &PathRules::encoded_backslash},
    {"semicolon", &PathRules::semicolon},
    {"backslash", &PathRules::backslash},
    {"empty_segment", &PathRules::empty_segment},
    {"high_bytes", &PathRules::high_bytes},
    {"double_encoding", &PathRules::double_encoding},
}};

constexpr unsigned char kSpace = 0x20;
constexpr unsigned char kDelete = 0x7f;

bool IsControl(unsigned char byte) { return byte < kSpace || byte == kDelete; }

/// Whether, decoded, two hexadecimal digits follow: who decodes once more would read a byte there.
bool BeginsWithHexByte(std::string_view text) {
  for (int i = 0; i < 2; ++i) {
    if (text.empty() || HexDigitValue(static_cast<char>(TakeDecoded(text))) < 0) return false;
  }
  return true;
}

/// Follows a text byte by byte and says whether it is still well-formed UTF-8 (RFC 3629).
class Utf8Follower {
 public:
  bool Take(unsigned char byte) {
    if (wanted_ > 0) {
      const bool fits = byte >= low_ && byte <= high_;
      --wanted_;
      low_ = kContinuationLow;
      high_ = kContinuationHigh;
      return fits;
    }
    if (byte < kContinuationLow) return true;
    return Begin(byte);
  }
  /// Whether no character is cut off here.
  [[nodiscard]] bool complete() const { return wanted_ == 0; }

 private:
  static constexpr unsigned char kContinuationLow = 0x80;
  static constexpr unsigned char kContinuationHigh = 0xbf;

  /// The first byte of a sequence; what follows the ones with special cases is narrowed, so that
  /// there are no overlong forms, no surrogates, nothing over U+10FFFF.
  bool Begin(unsigned char byte) {
    if (byte < 0xc2 || byte > 0xf4) return false;
    wanted_ = byte < 0xe0 ? 1 : 2;
    if (byte >= 0xf0) wanted_ = 3;
    if (byte == 0xe0) low_ = 0xa0;
    if (byte == 0xed) high_ = 0x9f;
    if (byte == 0xf0) low_ = 0x90;
    if (byte == 0xf4) high_ = 0x8f;
    return true;
  }

  int wanted_ = 0;
  unsigned char low_ = kContinuationLow;
  unsigned char high_ = kContinuationHigh;
};

/// Bytes that mean nothing in particular to any proxy or server: most of most paths.
constexpr std::array<bool, 256> kOrdinary = [] {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_~!$&'()*+,=:@";
  std::array<bool, 256> ordinary{};
  for (const char c : kLetters) ordinary[static_cast<unsigned char>(c)] = true;
  return ordinary;
}();

std::size_t CountOrdinary(std::string_view text) {
  std::size_t count = 0;
  while (count < text.size() && kOrdinary[static_cast<unsigned char>(text[count])]) ++count;
  return count;
}

/// Where in a segment the checker is, as far as `.` and `..` are concerned. What follows a
/// semicolon is a parameter of the segment to some servers, so it does not make a dot segment
/// another.
class SegmentShape {
 public:
  void Take(unsigned char byte) {
    if (byte == ';') in_parameter_ = true;
    empty_ = false;
    if (in_parameter_) return;
    ++size_;
    if (byte != '.') only_dots_ = false;
  }
  /// Some ordinary bytes, none of them a dot.
  void TakeOrdinary() {
    empty_ = false;
    if (!in_parameter_) only_dots_ = false;
  }
  [[nodiscard]] bool empty() const { return empty_; }
  [[nodiscard]] bool IsDots() const { return only_dots_ && (size_ == 1 || size_ == 2); }

 private:
  bool empty_ = true;
  bool only_dots_ = true;
  bool in_parameter_ = false;
  std::size_t size_ = 0;
};

class PathChecker {
 public:
  PathChecker(std::string_view path, PathRules rules) : rest_(path), rules_(rules) {}

  std::optional<PathFault> Check() {
    if (!rest_.starts_with('/')) return PathFault::kNotAbsolute;
    rest_.remove_prefix(1);
    while (!rest_.empty()) {
      if (const std::size_t ordinary = CountOrdinary(rest_); ordinary > 0) {
        if (!utf8_.complete()) return PathFault::kBadUtf8;
        segment_.TakeOrdinary();
        rest_.remove_prefix(ordinary);
        continue;
      }
      const auto raw = static_cast<unsigned char>(rest_.front());
      const std::optional<PathFault> fault = raw == '%' ? CheckEscape() : CheckRaw(raw);
      if (fault) return fault;
    }
    if (!utf8_.complete()) return PathFault::kBadUtf8;
    return CheckDots();
  }

 private:
  std::optional<PathFault> CheckRaw(unsigned char byte) {
    if (IsControl(byte) || byte == kSpace || byte == '#' || byte == '?') {
      return PathFault::kForbiddenByte;
    }
    if (byte == ';' && !rules_.semicolon) return PathFault::kSemicolon;
    if (byte == '\\' && !rules_.backslash) return PathFault::kBackslash;
    if (byte > kDelete && !rules_.high_bytes) return PathFault::kHighByte;
    rest_.remove_prefix(1);
    return Take(byte, byte == '/' || byte == '\\');
  }

  std::optional<PathFault> CheckEscape() {
    const int value = EscapedByte(rest_);
    if (value < 0) return PathFault::kBadEscape;
    const auto byte = static_cast<unsigned char>(value);
    rest_.remove_prefix(kEscapeSize);
    if (IsControl(byte)) return PathFault::kEncodedControl;
    if (byte == '/' && !rules_.encoded_slash) return PathFault::kEncodedSlash;
    if (byte == '\\' && !rules_.encoded_backslash) return PathFault::kEncodedBackslash;
    if (byte == ';' && !rules_.semicolon) return PathFault::kSemicolon;
    if (byte == '%' && !rules_.double_encoding && BeginsWithHexByte(rest_)) {
      return PathFault::kDoubleEncoding;
    }
    return Take(byte, byte == '/' || byte == '\\');
  }

  /// Whatever a server might take for a slash separates, so that `..%2f` hides no dots where the
  /// slash alone was let through.
  std::optional<PathFault> Take(unsigned char byte, bool separates) {
    if (!utf8_.Take(byte)) return PathFault::kBadUtf8;
    if (!separates) {
      segment_.Take(byte);
      return std::nullopt;
    }
    if (segment_.empty() && !rules_.empty_segment) return PathFault::kEmptySegment;
    const std::optional<PathFault> fault = CheckDots();
    segment_ = {};
    return fault;
  }

  [[nodiscard]] std::optional<PathFault> CheckDots() const {
    if (segment_.IsDots() && !rules_.dot_segments) return PathFault::kDotSegment;
    return std::nullopt;
  }

  std::string_view rest_;
  PathRules rules_;
  Utf8Follower utf8_;
  SegmentShape segment_;
};

}  // namespace

bool PathRules::* FindPathRule(std::string_view name) noexcept {
  for (const NamedRule& rule : kRules) {
    if (rule.name == name) return rule.member;
  }
  return nullptr;
}

std::string_view PathFaultName(PathFault fault) noexcept {
  switch (fault) {
    case PathFault::kNotAbsolute: return "not-absolute";
    case PathFault::kForbiddenByte: return "forbidden-byte";
    case PathFault::kBadEscape: return "bad-escape";
    case PathFault::kEncodedControl: return "encoded-control";
    case PathFault::kBadUtf8: return "bad-utf8";
    case PathFault::kDotSegment: return "dot-segment";
    case PathFault::kEncodedSlash: return "encoded-slash";
    case PathFault::kEncodedBackslash: return "encoded-backslash";
    case PathFault::kSemicolon: return "semicolon";
    case PathFault::kBackslash: return "backslash";
    case PathFault::kEmptySegment: return "empty-segment";
    case PathFault::kHighByte: return "high-byte";
    case PathFault::kDoubleEncoding: return "double-encoding";
  }
  std::unreachable();
}

std::optional<PathFault> CheckPath(std::string_view path, PathRules rules) noexcept {
  return PathChecker{path, rules}.Check();
}

}  // namespace latchkey
