#include "gate/access_lines.h"

#include <algorithm>
#include <array>

#include "base/room_writer.h"
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

/// A member of the line whose value needs no escape; left out where it is empty.
struct Member {
  std::string_view key;
  std::string_view value;

  [[nodiscard]] std::size_t size() const { return key.size() + value.size() + 1; }
  void PutInto(RoomWriter& room) const {
    if (!value.empty()) room.Put(key).Put(value).Put('"');
  }
};

// Of a line without its members: the time, the event, the status, and what stands in between.
constexpr std::size_t kFixedSizeMax = 128;
constexpr std::size_t kUpToSeconds = 19;

std::string Escaped(std::string_view text) {
  constexpr std::string_view kHex = "0123456789abcdef";
  std::string out;
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
  return out;
}

}  // namespace

std::string_view AccessLines::FormatTime(Instant now) {
  const auto second = std::chrono::floor<std::chrono::seconds>(now.time_since_epoch());
  if (second != second_) {
    second_ = second;
    time_text_ = FormatInstant(Instant{second});
    // "2026-11-24T14:50:15.000Z" or without the fraction: up to the second.
    time_text_.resize(std::min(time_text_.size(), kUpToSeconds));
    time_text_ += ".000Z";
  }
  const auto millis = static_cast<unsigned>((now.time_since_epoch() - second).count());
  char* const digits = time_text_.data() + time_text_.size() - 4;
  digits[0] = static_cast<char>('0' + millis / 100);
  digits[1] = static_cast<char>('0' + millis / 10 % 10);
  digits[2] = static_cast<char>('0' + millis % 10);
  return time_text_;
}

void AccessLines::Note(const AccessEntry& entry) {
  if (!sink_) return;
  const std::string_view path = entry.uri.substr(0, entry.uri.find('?'));
  const bool harmless = IsHarmless(path);
  if (harmless && std::ranges::none_of(entry.account, NeedsEscape)) return Append(entry, path);
  const std::string escaped_path = Escaped(harmless ? std::string{path} : http::LoggedPath(path));
  const std::string account = Escaped(entry.account);
  AccessEntry escaped = entry;
  escaped.account = account;
  Append(escaped, escaped_path);
}

void AccessLines::Append(const AccessEntry& entry, std::string_view path) {
  const std::array<Member, 6> front{
      {{R"(,"client":")", entry.client},
       {R"(,"request_id":")", entry.request_id},
       {R"(,"app":")", entry.app},
       {R"(,"dialect":")", entry.dialect},
       {R"(,"method":")", IsHarmless(entry.method) ? entry.method : "?"},
       {R"(,"path":")", path}}};
  const std::array<Member, 3> back{{{R"(,"outcome":")", entry.outcome},
                                    {R"(,"account":")", entry.account},
                                    {R"(,"credential":")", entry.credential}}};
  std::size_t size = kFixedSizeMax;
  for (const Member& member : front) size += member.size();
  for (const Member& member : back) size += member.size();
  const std::string_view time = FormatTime(entry.now);
  AppendWithin(lines_, size, [&](RoomWriter& room) {
    room.Put(R"({"time":")").Put(time).Put(R"(","event":"gate.request")");
    for (const Member& member : front) member.PutInto(room);
    room.Put(R"(,"status":)").Put(static_cast<std::uint64_t>(entry.status));
    for (const Member& member : back) member.PutInto(room);
    room.Put("}\n");
  });
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
