#include "base/instant.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace latchkey {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr bool IsDigit(char c) { return c >= '0' && c <= '9'; }

void AppendPadded(std::string& out, std::int64_t value, std::size_t width) {
  const std::string digits = std::to_string(value);
  out.append(width - std::min(width, digits.size()), '0');
  out += digits;
}

void AppendDate(std::string& out, const year_month_day& date) {
  AppendPadded(out, static_cast<int>(date.year()), 4);
  out += '-';
  AppendPadded(out, static_cast<unsigned>(date.month()), 2);
  out += '-';
  AppendPadded(out, static_cast<unsigned>(date.day()), 2);
}

/// Reads from the front of a text; once it failed, it stays failed.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] bool AtEnd() const { return text_.empty(); }

  /// Exactly `width` digits.
  std::int64_t Number(std::size_t width) {
    if (text_.size() < width || !std::ranges::all_of(text_.substr(0, width), IsDigit)) {
      ok_ = false;
      return 0;
    }
    std::int64_t value = 0;
    for (const char c : text_.substr(0, width)) value = value * 10 + (c - '0');
    text_.remove_prefix(width);
    return value;
  }

  /// Takes the next character if it is one of `accepted`; 0 if not.
  char Take(std::string_view accepted) {
    if (text_.empty() || !accepted.contains(text_.front())) return 0;
    const char taken = text_.front();
    text_.remove_prefix(1);
    return taken;
  }

  void Expect(std::string_view accepted) { ok_ = Take(accepted) != 0 && ok_; }

  /// The milliseconds of a fraction with one or more digits; more than three are cut.
  milliseconds Fraction() {
    std::int64_t value = 0;
    std::size_t digits = 0;
    while (!text_.empty() && IsDigit(text_.front())) {
      if (digits < 3) value = value * 10 + (text_.front() - '0');
      ++digits;
      text_.remove_prefix(1);
    }
    ok_ = ok_ && digits != 0;
    for (std::size_t i = digits; i < 3; ++i) value *= 10;
    return milliseconds{value};
  }

 private:
  std::string_view text_;
  bool ok_ = true;
};

constexpr std::int64_t kYearMin = 1970;

/// RFC 3339 writes years with four digits: what lies beyond could be stored, and never read again.
bool IsWritable(Instant instant) {
  constexpr Instant kEnd = sys_days{std::chrono::year{10000} / 1 / 1};
  return instant >= Instant{} && instant < kEnd;
}

/// A day that the calendar has, from 1970 on; otherwise marks nothing.
std::optional<sys_days> ReadDate(Reader& reader) {
  const auto year = static_cast<int>(reader.Number(4));
  reader.Expect("-");
  const auto month = static_cast<unsigned>(reader.Number(2));
  reader.Expect("-");
  const auto day = static_cast<unsigned>(reader.Number(2));
  const year_month_day date{std::chrono::year{year}, std::chrono::month{month},
                            std::chrono::day{day}};
  if (!reader.ok() || !date.ok() || year < kYearMin) return std::nullopt;
  return sys_days{date};
}

std::optional<milliseconds> ReadTimeOfDay(Reader& reader) {
  const std::int64_t hour = reader.Number(2);
  reader.Expect(":");
  const std::int64_t minute = reader.Number(2);
  reader.Expect(":");
  const std::int64_t second = reader.Number(2);
  milliseconds fraction{0};
  if (reader.Take(".") != 0) fraction = reader.Fraction();
  if (!reader.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return hours{hour} + minutes{minute} + seconds{second} + fraction;
}

/// What to subtract from local time to get UTC.
std::optional<minutes> ReadOffset(Reader& reader) {
  if (reader.Take("Zz") != 0) return minutes{0};
  const char sign = reader.Take("+-");
  const std::int64_t hour = reader.Number(2);
  reader.Expect(":");
  const std::int64_t minute = reader.Number(2);
  if (sign == 0 || !reader.ok() || hour > 23 || minute > 59) return std::nullopt;
  const minutes offset = hours{hour} + minutes{minute};
  return sign == '+' ? offset : -offset;
}

std::unexpected<Error> MalformedInstant() {
  return Fail(Error::Code::kMalformed, "the time is not an RFC 3339 date and time",
              "Write it like 2027-03-31T12:00:00Z.");
}

std::unexpected<Error> MalformedExpiry() {
  return Fail(Error::Code::kMalformed, "the expiry is not a date, a time or a duration",
              "Write 2027-03-31, 2027-03-31T12:00:00Z, 90d, 12h or 2w.");
}

std::optional<hours> UnitOf(char unit) {
  switch (unit) {
    case 'h': return hours{1};
    case 'd': return days{1};
    case 'w': return days{7};
    default: return std::nullopt;
  }
}

std::optional<hours> ReadDuration(std::string_view text) {
  constexpr std::size_t kDigitsMax = 6;
  if (text.size() < 2 || text.size() > kDigitsMax + 1) return std::nullopt;
  const std::optional<hours> unit = UnitOf(text.back());
  Reader reader{text};
  const std::int64_t count = reader.Number(text.size() - 1);
  if (!unit || !reader.ok()) return std::nullopt;
  return *unit * count;
}

}  // namespace

std::string FormatDate(Instant instant) {
  std::string out;
  AppendDate(out, year_month_day{std::chrono::floor<days>(instant)});
  return out;
}

std::string FormatInstant(Instant instant) {
  const sys_days day = std::chrono::floor<days>(instant);
  const std::chrono::hh_mm_ss time{instant - day};
  std::string out = FormatDate(instant);
  out += 'T';
  AppendPadded(out, time.hours().count(), 2);
  out += ':';
  AppendPadded(out, time.minutes().count(), 2);
  out += ':';
  AppendPadded(out, time.seconds().count(), 2);
  if (time.subseconds().count() != 0) {
    out += '.';
    AppendPadded(out, time.subseconds().count(), 3);
  }
  out += 'Z';
  return out;
}

Result<Instant> ParseInstant(std::string_view text) {
  Reader reader{text};
  const std::optional<sys_days> day = ReadDate(reader);
  reader.Expect("Tt");
  const std::optional<milliseconds> time = ReadTimeOfDay(reader);
  const std::optional<minutes> offset = ReadOffset(reader);
  if (!day || !time || !offset || !reader.ok() || !reader.AtEnd()) return MalformedInstant();
  const Instant instant = *day + *time - *offset;
  if (!IsWritable(instant)) return MalformedInstant();
  return instant;
}

Result<Instant> ParseExpiry(std::string_view text, Instant now) {
  Reader reader{text};
  Result<Instant> expiry = ParseInstant(text);
  if (const std::optional<hours> duration = ReadDuration(text)) {
    expiry = now + *duration;
  } else if (const std::optional<sys_days> day = ReadDate(reader); day && reader.AtEnd()) {
    expiry = Instant{*day + days{1}};
  }
  if (!expiry || !IsWritable(*expiry)) return MalformedExpiry();
  return expiry;
}

}  // namespace latchkey
