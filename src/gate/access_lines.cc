#include "gate/access_lines.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "http/mask.h"

namespace latchkey::gate {

namespace {

constexpr std::size_t kFlushSize = 32768;
constexpr std::chrono::milliseconds kFlushAge{200};
constexpr std::size_t kPathSizeMax = 512;
// Nothing that http::MaskCredentials would mask is shorter, unless it follows an underscore.
constexpr std::size_t kMaskedRunMin = 28;

bool IsAlphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool NeedsEscape(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == '"' || c == '\\' || c == '\x7f' ||
         static_cast<unsigned char>(c) > 0x7f;
}

/// Whether masking and escaping would leave `path` as it is.
bool IsHarmless(std::string_view path) {
  if (path.size() > kPathSizeMax) return false;
  std::size_t run = 0;
  for (const char c : path) {
    if (IsAlphanumeric(c)) {
      if (++run >= kMaskedRunMin) return false;
      continue;
    }
    run = 0;
    if (c == '%' || c == '_' || NeedsEscape(c)) return false;
  }
  return true;
}

void AppendEscaped(std::string_view text, std::string& out) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (const char c : text) {
    if (!NeedsEscape(c)) {
      out += c;
      continue;
    }
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
      continue;
    }
    // Bytes beyond ASCII are shown as the characters of that number: a log line must be JSON
    // whatever a client sent.
    const auto byte = static_cast<unsigned char>(c);
    out += "\\u00";
    out += kHex[byte >> 4U];
    out += kHex[byte & 0xfU];
  }
}

}  // namespace

void AccessLines::AppendTime(Instant now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  if (second != second_) {
    second_ = second;
    second_text_ = FormatInstant(Instant{second});
    // "2026-11-24T14:50:15.000Z" or without the fraction: up to the second.
    constexpr std::size_t kUpToSeconds = 19;
    second_text_.resize(std::min(second_text_.size(), kUpToSeconds));
  }
  const auto millis = static_cast<unsigned>((now.time_since_epoch() - second).count());
  lines_ += second_text_;
  lines_ += '.';
  lines_ += static_cast<char>('0' + millis / 100);
  lines_ += static_cast<char>('0' + millis / 10 % 10);
  lines_ += static_cast<char>('0' + millis % 10);
  lines_ += 'Z';
}

void AccessLines::AppendMember(std::string_view key, std::string_view value) {
  if (value.empty()) return;
  lines_ += ",\"";
  lines_ += key;
  lines_ += "\":\"";
  if (std::ranges::any_of(value, NeedsEscape)) {
    AppendEscaped(value, lines_);
  } else {
    lines_ += value;
  }
  lines_ += '"';
}

void AccessLines::AppendPath(std::string_view uri) {
  const std::string_view path = uri.substr(0, uri.find('?'));
  if (IsHarmless(path)) {
    AppendMember("path", path);
  } else {
    AppendMember("path", http::LoggedPath(path));
  }
}

void AccessLines::Note(const AccessEntry& entry) {
  if (!sink_) return;
  lines_ += R"({"time":")";
  AppendTime(entry.now);
  lines_ += R"(","event":"gate.request")";
  AppendMember("client", entry.client);
  AppendMember("request_id", entry.request_id);
  AppendMember("app", entry.app);
  AppendMember("dialect", entry.dialect);
  AppendMember("method", IsHarmless(entry.method) ? std::string_view{entry.method} : "?");
  AppendPath(entry.uri);
  lines_ += ",\"status\":";
  std::array<char, 12> digits{};
  const auto [end, error] =
      std::to_chars(digits.data(), digits.data() + digits.size(), entry.status);
  lines_.append(digits.data(), end);
  AppendMember("outcome", entry.outcome);
  AppendMember("account", entry.account);
  AppendMember("credential", entry.credential);
  lines_ += "}\n";
}

void AccessLines::Settle(std::chrono::steady_clock::time_point now, bool at_once) {
  if (lines_.empty()) return;
  if (!waiting_) {
    waiting_ = true;
    oldest_ = now;
  }
  if (at_once || lines_.size() >= kFlushSize || now - oldest_ >= kFlushAge) Flush();
}

void AccessLines::Flush() {
  if (!lines_.empty() && sink_) sink_(lines_);
  lines_.clear();
  waiting_ = false;
}

}  // namespace latchkey::gate
