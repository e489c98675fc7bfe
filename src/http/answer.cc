#include "http/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/beast/http/status.hpp>
#include <chrono>
#include <iterator>

#include "base/clock.h"
#include "base/text.h"
#include "http/grammar.h"

namespace latchkey::http {

namespace {

struct DefaultField {
  std::string_view name;
  std::string_view value;
  bool https_only = false;
};

constexpr std::array kDefaultFields{
    DefaultField{"Cache-Control", "no-store"},
    DefaultField{"Referrer-Policy", "no-referrer"},
    DefaultField{"Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"},
    DefaultField{"Cross-Origin-Opener-Policy", "same-origin"},
    DefaultField{"Cross-Origin-Resource-Policy", "same-origin"},
    DefaultField{"Permissions-Policy",
                 "camera=(), geolocation=(), microphone=(), payment=(), usb=()"},
    // Two years, as preload lists ask for at least one.
    DefaultField{"Strict-Transport-Security", "max-age=63072000", true},
};

constexpr std::array<std::string_view, 8> kServerFields{
    "Connection", "Content-Length",    "Date",         "Keep-Alive",
    "Server",     "Transfer-Encoding", "X-Request-Id", "X-Content-Type-Options",
};

bool IsServerField(std::string_view name) {
  return std::ranges::any_of(kServerFields,
                             [&](std::string_view own) { return EqualsIgnoringCase(own, name); });
}

void AppendFraming(const AnswerHead& head, std::string& out) {
  switch (head.framing) {
    case AnswerFraming::kLength:
      fmt::format_to(std::back_inserter(out), "Content-Length: {}\r\n", head.length);
      break;
    case AnswerFraming::kChunked: out += "Transfer-Encoding: chunked\r\n"; break;
    case AnswerFraming::kNone:
    case AnswerFraming::kUntilClose: break;
  }
  if (head.close) out += "Connection: close\r\n";
}

std::string JsonQuote(std::string_view text) {
  std::string out = "\"";
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (character == '"' || character == '\\') {
      out += '\\';
      out += character;
    } else if (byte < ' ') {
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", byte);
    } else {
      out += character;
    }
  }
  return out += '"';
}

std::string FormatHttpDate(std::chrono::sys_seconds now) {
  static constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed",
                                                         "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> kMonths{
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss time{now - day};
  return fmt::format(
      "{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday{day}.c_encoding()],
      static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
      static_cast<int>(date.year()), time.hours().count(), time.minutes().count(),
      time.seconds().count());
}

}  // namespace

std::string HttpDate() {
  // Written once a second and thread.
  static thread_local std::chrono::sys_seconds written{};
  static thread_local std::string text = FormatHttpDate(written);
  const auto now = std::chrono::floor<std::chrono::seconds>(SystemClock().Now());
  if (now != written) {
    written = now;
    text = FormatHttpDate(now);
  }
  return text;
}

std::string FormatAnswerHead(const AnswerHead& head) {
  std::string out;
  out.reserve(512);
  fmt::format_to(std::back_inserter(out), "HTTP/1.1 {} {}\r\nDate: {}\r\nX-Request-Id: {}\r\n",
                 head.status, ReasonPhrase(head.status), HttpDate(), head.request_id);
  out += "X-Content-Type-Options: nosniff\r\n";
  AppendFraming(head, out);
  for (const auto& [name, value] : head.fields->lines()) {
    if (IsServerField(name)) continue;
    out.append(name).append(": ").append(value).append("\r\n");
  }
  for (const DefaultField& field : kDefaultFields) {
    if ((field.https_only && !head.https) || head.fields->Find(field.name)) continue;
    out.append(field.name).append(": ").append(field.value).append("\r\n");
  }
  return out += "\r\n";
}

bool AreSafe(const Fields& fields) {
  return std::ranges::all_of(fields.lines(), [](const auto& line) {
    return IsToken(line.first) && IsFieldValue(line.second);
  });
}

std::string_view ReasonPhrase(int status) {
  namespace beast_http = boost::beast::http;
  const boost::beast::string_view phrase = beast_http::obsolete_reason(
      beast_http::int_to_status(static_cast<unsigned>(std::clamp(status, 0, 999))));
  return {phrase.data(), phrase.size()};
}

Response MakeProblem(int status, std::string_view detail, std::string_view request_id) {
  Response response;
  response.status = status;
  response.fields.Set("Content-Type", "application/problem+json");
  response.body = fmt::format(
      R"({{"type":"about:blank","title":{},"status":{},"detail":{},"request_id":{}}})",
      JsonQuote(ReasonPhrase(status)), status, JsonQuote(detail), JsonQuote(request_id));
  response.body += '\n';
  return response;
}

}  // namespace latchkey::http
