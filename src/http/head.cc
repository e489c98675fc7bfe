#include "http/head.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <limits>
#include <utility>

#include "base/text.h"
#include "http/grammar.h"
#include "http/target.h"

namespace latchkey::http {

namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kMethodSizeMax = 32;  // The longest registered one has 17 letters.
constexpr std::size_t kHostSizeMax = 255;   // A DNS name (RFC 1035 section 2.3.4) with some air.
// " HTTP/1.1" and the method, in front of and behind the target.
constexpr std::size_t kRequestLineExtra = kMethodSizeMax + 10;

std::unexpected<Refusal> Refuse(int status, std::string detail) {
  return std::unexpected(Refusal{status, std::move(detail)});
}

std::unexpected<Refusal> RefuseLongLine(std::string_view line) {
  if (line.substr(0, kMethodSizeMax + 1).find(' ') == std::string_view::npos) {
    return Refuse(501, "The method is not known here.");
  }
  return Refuse(414, "The request target is too long.");
}

bool IsDigits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

std::expected<void, Refusal> ParseVersion(std::string_view version, ParsedHead& parsed) {
  const bool well_formed = version.size() == 8 && version.starts_with("HTTP/") &&
                           IsDigits(version.substr(5, 1)) && version[6] == '.' &&
                           IsDigits(version.substr(7, 1));
  if (!well_formed) return Refuse(400, "The request line is malformed.");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return Refuse(505, "This server speaks HTTP/1.1 and HTTP/1.0.");
  }
  parsed.head.http_1_1 = version.back() == '1';
  parsed.keep_alive = parsed.head.http_1_1;
  return {};
}

std::expected<void, Refusal> ParseRequestLine(std::string_view line, const Limits& limits,
                                              ParsedHead& parsed) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return Refuse(400, "The request line is malformed.");
  }
  const std::string_view method = line.substr(0, first);
  if (!IsToken(method)) return Refuse(400, "The method is malformed.");
  if (method.size() > kMethodSizeMax) return Refuse(501, "The method is not known here.");
  if (const auto version = ParseVersion(line.substr(last + 1), parsed); !version) {
    return std::unexpected(version.error());
  }
  Result<Target> target =
      ParseTarget(line.substr(first + 1, last - first - 1), limits.target_size_max);
  if (!target) {
    const int status = target.error().code == Error::Code::kLimitExceeded ? 414 : 400;
    return Refuse(status, "The request target is not acceptable: " + target.error().message + ".");
  }
  parsed.head.method = std::string{method};
  parsed.head.target = std::move(*target);
  return {};
}

std::expected<void, Refusal> ParseFieldLine(std::string_view line, Fields& fields) {
  const std::size_t colon = line.find(':');
  // IsToken also refuses a line that starts with white space (folding) and white space before the
  // colon.
  if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) {
    return Refuse(400, "A header field is malformed.");
  }
  const std::string_view value = TrimSpace(line.substr(colon + 1));
  if (!IsFieldValue(value)) return Refuse(400, "A header field holds a control character.");
  fields.Add(std::string{line.substr(0, colon)}, std::string{value});
  return {};
}

std::expected<void, Refusal> ReadHost(ParsedHead& parsed) {
  const std::size_t count = parsed.head.fields.Count("Host");
  if (count == 0 && !parsed.head.http_1_1) return {};
  if (count != 1) return Refuse(400, "A request needs exactly one Host field.");
  std::optional<std::string> host = ParseHost(parsed.head.fields.Find("Host").value_or(""));
  if (!host) return Refuse(400, "The Host field is malformed.");
  parsed.host = std::move(*host);
  return {};
}

std::expected<void, Refusal> ReadContentLength(ParsedHead& parsed) {
  const Fields& fields = parsed.head.fields;
  const std::size_t count = fields.Count("Content-Length");
  if (count == 0) return {};
  const std::string_view text = fields.Find("Content-Length").value_or("");
  std::uint64_t length = 0;
  // Equal repeated values may be accepted (RFC 9112 section 6.3); nobody needs that, so they are
  // not.
  if (count > 1 || !IsDigits(text)) return Refuse(400, "The Content-Length field is malformed.");
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc{} || end != text.data() + text.size() ||
      length > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return Refuse(400, "The Content-Length field is out of range.");
  }
  parsed.head.content_length = length;
  parsed.head.has_body = length > 0;
  return {};
}

std::expected<void, Refusal> ReadTransferEncoding(ParsedHead& parsed) {
  const Fields& fields = parsed.head.fields;
  const std::size_t count = fields.Count("Transfer-Encoding");
  if (count == 0) return {};
  if (!parsed.head.http_1_1) return Refuse(400, "HTTP/1.0 knows no Transfer-Encoding.");
  if (parsed.head.content_length) {
    return Refuse(400, "Content-Length and Transfer-Encoding exclude each other.");
  }
  if (count > 1) return Refuse(400, "The Transfer-Encoding field is repeated.");
  if (!EqualsIgnoringCase(fields.Find("Transfer-Encoding").value_or(""), "chunked")) {
    return Refuse(501, "The only transfer coding known here is chunked.");
  }
  parsed.chunked = true;
  parsed.head.has_body = true;
  return {};
}

std::expected<void, Refusal> ReadExpect(ParsedHead& parsed) {
  const Fields& fields = parsed.head.fields;
  const std::size_t count = fields.Count("Expect");
  // An expectation of an HTTP/1.0 client is not one (RFC 9110 section 10.1.1).
  if (count == 0 || !parsed.head.http_1_1) return {};
  if (count > 1 || !EqualsIgnoringCase(fields.Find("Expect").value_or(""), "100-continue")) {
    return Refuse(417, "The only expectation known here is 100-continue.");
  }
  parsed.expects_continue = parsed.head.has_body;
  return {};
}

// A list of tokens (RFC 9110 section 7.6.1); empty elements do not count.
std::expected<void, Refusal> ReadConnectionOptions(std::string_view list, ParsedHead& parsed) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string_view option = TrimSpace(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (!option.empty() && !IsToken(option))
      return Refuse(400, "The Connection field is malformed.");
    if (EqualsIgnoringCase(option, "close")) parsed.keep_alive = false;
  }
  return {};
}

std::expected<void, Refusal> ReadConnection(ParsedHead& parsed) {
  for (const auto& [name, value] : parsed.head.fields.lines()) {
    if (!EqualsIgnoringCase(name, "Connection") && !EqualsIgnoringCase(name, "Proxy-Connection")) {
      continue;
    }
    if (const auto read = ReadConnectionOptions(value, parsed); !read) return read;
  }
  return {};
}

// [":" *DIGIT], at most five digits.
bool IsPort(std::string_view text) {
  if (text.empty() || text == ":") return true;
  return text.front() == ':' && text.size() <= 6 && IsDigits(text.substr(1));
}

bool IsHostCharacter(char character) {
  return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'z') ||
         (character >= 'A' && character <= 'Z') || character == '-' || character == '.' ||
         character == '_';
}

// What a byte of a head is.
enum class HeadByte : std::uint8_t { kText, kLineFeed, kUndecided, kForbidden };

HeadByte Classify(std::string_view bytes, std::size_t at, std::size_t line_start) {
  const char byte = bytes[at];
  if ((static_cast<unsigned char>(byte) >= ' ' && byte != '\x7f') || byte == '\t') {
    return HeadByte::kText;
  }
  if (byte == '\r') {
    // Its line feed may not have come yet; then this byte is looked at once more.
    if (at + 1 == bytes.size()) return HeadByte::kUndecided;
    return bytes[at + 1] == '\n' ? HeadByte::kText : HeadByte::kForbidden;
  }
  const bool ends_line = byte == '\n' && at > line_start && bytes[at - 1] == '\r';
  return ends_line ? HeadByte::kLineFeed : HeadByte::kForbidden;
}

// Takes the lines of a head off the front of `bytes`, with the empty one.
std::expected<void, Refusal> ParseLines(std::string_view& bytes, const Limits& limits,
                                        ParsedHead& parsed) {
  for (bool request_line = true;; request_line = false) {
    const std::size_t end = bytes.find(kLineEnd);
    if (end == std::string_view::npos) return Refuse(400, "The head is cut.");
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end + kLineEnd.size());
    if (line.empty() && !request_line) return {};
    const auto taken = request_line ? ParseRequestLine(line, limits, parsed)
                                    : ParseFieldLine(line, parsed.head.fields);
    if (!taken) return taken;
  }
}

// In this order, so that of several faults the one of framing is told.
constexpr std::array kReaders = {&ReadHost, &ReadContentLength, &ReadTransferEncoding, &ReadExpect,
                                 &ReadConnection};

}  // namespace

std::expected<std::size_t, Refusal> HeadScanner::Scan(std::string_view bytes) {
  for (; scanned_ < bytes.size(); ++scanned_) {
    const HeadByte kind = Classify(bytes, scanned_, line_start_);
    if (kind == HeadByte::kText) continue;
    if (kind == HeadByte::kUndecided) break;
    if (kind == HeadByte::kForbidden) {
      return Refuse(400, "The head holds a control character or a bare line end.");
    }
    const auto ended = TakeLine(bytes, scanned_ - 1);
    if (!ended) return std::unexpected(ended.error());
    if (*ended) return ++scanned_;
  }
  if (lines_ == 0 && bytes.size() - line_start_ > limits_->target_size_max + kRequestLineExtra) {
    return RefuseLongLine(bytes.substr(line_start_));
  }
  if (bytes.size() > limits_->head_size_max) return Refuse(431, "The head is too large.");
  return 0;
}

std::expected<bool, Refusal> HeadScanner::TakeLine(std::string_view bytes, std::size_t line_end) {
  const std::size_t size = line_end - line_start_;
  const bool first = lines_ == 0;
  // One empty line in front is what old clients leave behind a body (RFC 9112 section 2.2).
  if (first && size == 0 && line_start_ == 0) {
    line_start_ = kLineEnd.size();
    return false;
  }
  if (first && size == 0) return Refuse(400, "The request line is empty.");
  if (first && size > limits_->target_size_max + kRequestLineExtra) {
    return RefuseLongLine(bytes.substr(line_start_));
  }
  if (line_end + kLineEnd.size() > limits_->head_size_max) {
    return Refuse(431, "The head is too large.");
  }
  if (size == 0) return true;
  if (++lines_ > limits_->field_count_max + 1) return Refuse(431, "Too many header fields.");
  line_start_ = line_end + kLineEnd.size();
  return false;
}

std::expected<ParsedHead, Refusal> ParseHead(std::string_view bytes, const Limits& limits) {
  ParsedHead parsed;
  if (bytes.starts_with(kLineEnd)) bytes.remove_prefix(kLineEnd.size());
  if (const auto taken = ParseLines(bytes, limits, parsed); !taken) {
    return std::unexpected(taken.error());
  }
  if (!bytes.empty()) return Refuse(400, "The head is malformed.");
  if (parsed.head.fields.lines().size() > limits.field_count_max) {
    return Refuse(431, "Too many header fields.");
  }
  for (const auto reader : kReaders) {
    if (const auto read = reader(parsed); !read) return std::unexpected(read.error());
  }
  return parsed;
}

std::optional<std::string> ParseHost(std::string_view value) {
  std::size_t name_end = 0;
  if (value.starts_with('[')) {
    name_end = value.find(']');
    if (name_end == std::string_view::npos) return std::nullopt;
    ++name_end;
    const std::string_view inside = value.substr(1, name_end - 2);
    if (inside.find_first_not_of("0123456789abcdefABCDEF:.") != std::string_view::npos) {
      return std::nullopt;
    }
  } else {
    name_end = std::min(value.find(':'), value.size());
  }
  std::string_view name = value.substr(0, name_end);
  const std::string_view port = value.substr(name_end);
  if (!IsPort(port)) return std::nullopt;
  if (name.ends_with('.')) name.remove_suffix(1);
  const bool literal = name.starts_with('[');
  if (name.empty() || name.size() > kHostSizeMax) return std::nullopt;
  if (!literal && !std::ranges::all_of(name, IsHostCharacter)) return std::nullopt;
  return FoldAscii(name);
}

}  // namespace latchkey::http
