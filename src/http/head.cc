#include "http/head.h"

#include <cstdint>
#include <utility>

#include "base/text.h"
#include "http/grammar.h"
#include "http/target.h"

namespace latchkey::http {

namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kMethodSizeMax = 32;  // As in head_view.cc.
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

}  // namespace

std::expected<std::size_t, Refusal> HeadScanner::Scan(std::string_view bytes) {
  for (; scanned_ < bytes.size(); ++scanned_) {
    // What it skips, Classify() calls text.
    scanned_ = SkipPlainText(bytes, scanned_);
    if (scanned_ == bytes.size()) break;
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
  return CheckUnfinished(bytes);
}

std::expected<std::size_t, Refusal> HeadScanner::CheckUnfinished(std::string_view bytes) const {
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
  HeadView view;
  if (auto read = ReadHead(bytes, limits, view); !read) return std::unexpected(read.error());
  ParsedHead parsed;
  Result<Target> target = ParseTarget(view.target, limits.target_size_max);
  if (!target) {
    const int status = target.error().code == Error::Code::kLimitExceeded ? 414 : 400;
    return Refuse(status, "The request target is not acceptable: " + target.error().message + ".");
  }
  parsed.head.method = std::string{view.method};
  parsed.head.target = std::move(*target);
  for (const auto& [name, value] : view.fields) {
    parsed.head.fields.Add(std::string{name}, std::string{value});
  }
  parsed.head.http_1_1 = view.http_1_1;
  parsed.head.content_length = view.content_length;
  parsed.head.has_body = view.has_body;
  parsed.host = FoldAscii(view.host);
  parsed.chunked = view.chunked;
  parsed.keep_alive = view.keep_alive;
  parsed.expects_continue = view.expects_continue;
  return parsed;
}

std::optional<std::string> ParseHost(std::string_view value) {
  const std::optional<std::string_view> name = HostName(value);
  if (!name) return std::nullopt;
  return FoldAscii(*name);
}

}  // namespace latchkey::http
