#include "mail/mime.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>

#include "base/text.h"
#include "crypto/base64.h"

namespace latchkey::mail {
namespace {

constexpr std::size_t kLineMax = 76;       // RFC 2045 section 6.7 rule 5
constexpr std::size_t kPlainTextMax = 60;  // With the header's name still below 78.
constexpr std::size_t kWordBytesMax = 45;  // 60 characters of Base64, 72 with what stands around.
constexpr std::size_t kSubjectMax = 500;
constexpr std::string_view kHex = "0123456789ABCDEF";

bool IsPrintable(char c) { return c >= ' ' && c <= '~'; }

bool IsLetterOrDigit(char c) {
  return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/// Where the first encoded word's bytes end: never inside a character.
std::size_t WordEnd(std::string_view text) {
  if (text.size() <= kWordBytesMax) return text.size();
  std::size_t end = kWordBytesMax;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return end > 0 ? end : kWordBytesMax;
}

std::string EncodedWords(std::string_view text) {
  std::string words;
  while (!text.empty()) {
    const std::size_t size = WordEnd(text);
    if (!words.empty()) words += "\r\n ";
    words += "=?UTF-8?B?";
    words += EncodeBase64(text.substr(0, size)).Expose();
    words += "?=";
    text.remove_prefix(size);
  }
  return words;
}

/// A display name: as atoms where it is made of them, encoded else, so that nothing needs quotes.
std::string EncodePhrase(std::string_view text) {
  const bool atoms = text.size() <= kPlainTextMax && std::ranges::all_of(text, [](char c) {
                       return IsLetterOrDigit(c) || c == ' ' || c == '-';
                     });
  return atoms ? std::string{text} : EncodedWords(text);
}

Result<void> ValidateHeaders(const Sender& from, const Message& message, std::string_view unique) {
  if (const Result<void> valid = ValidateAddress(from.address); !valid) return valid;
  if (const Result<void> valid = ValidateAddress(message.to); !valid) return valid;
  if (const Result<void> valid = ValidateDisplayText("the subject", message.subject, kSubjectMax);
      !valid) {
    return valid;
  }
  if (!from.name.empty()) {
    const Result<void> valid = ValidateDisplayText("the sender's name", from.name, kSubjectMax);
    if (!valid) return valid;
  }
  if (unique.empty() || unique.size() > 64 || !std::ranges::all_of(unique, IsLetterOrDigit)) {
    return Fail(Error::Code::kInvalidArgument, "a letter's own name has letters and digits only");
  }
  return {};
}

void AddPart(std::string& letter, std::string_view boundary, std::string_view type,
             const SecretString& body) {
  letter += "--";
  letter += boundary;
  letter += "\r\nContent-Type: ";
  letter += type;
  letter += "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n";
  std::string encoded = EncodeQuotedPrintable(body.Expose());
  letter += encoded;
  Wipe(encoded);
  letter += "\r\n";
}

/// Appends one byte of a line, with a soft break before it where the line would get too long.
void AddEncoded(std::string& text, std::size_t& column, char c, bool literal) {
  const std::size_t width = literal ? 1 : 3;
  if (column + width > kLineMax - 1) {
    text += "=\r\n";
    column = 0;
  }
  // A dot that begins a line means something to SMTP.
  if (literal && (c != '.' || column != 0)) {
    text += c;
    ++column;
    return;
  }
  const auto byte = static_cast<unsigned char>(c);
  text += '=';
  text += kHex[byte >> 4U];
  text += kHex[byte & 0xFU];
  column += 3;
}

}  // namespace

std::string FormatDateHeader(Instant date) {
  constexpr std::array kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(date);
  const std::chrono::year_month_day calendar{day};
  const std::string rfc3339 = FormatInstant(std::chrono::floor<std::chrono::seconds>(date));
  std::string text = kDays.at(std::chrono::weekday{day}.c_encoding());
  text += ", " + rfc3339.substr(8, 2) + ' ';
  text += kMonths.at(static_cast<unsigned>(calendar.month()) - 1);
  text += ' ' + rfc3339.substr(0, 4) + ' ' + rfc3339.substr(11, 8) + " +0000";
  return text;
}

std::string EncodeHeaderText(std::string_view text) {
  const bool plain = text.size() <= kPlainTextMax && std::ranges::all_of(text, IsPrintable) &&
                     text.find("=?") == std::string_view::npos;
  return plain ? std::string{text} : EncodedWords(text);
}

std::string EncodeQuotedPrintable(std::string_view text) {
  std::string encoded;
  encoded.reserve(text.size() * 2);
  std::size_t column = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const char next = i + 1 < text.size() ? text[i + 1] : '\n';
    if (c == '\r' || c == '\n') {
      if (c == '\r' && i + 1 < text.size() && next == '\n') ++i;
      encoded += "\r\n";
      column = 0;
      continue;
    }
    const bool blank_at_end = (c == ' ' || c == '\t') && (next == '\r' || next == '\n');
    AddEncoded(encoded, column, c, (IsPrintable(c) || c == '\t') && c != '=' && !blank_at_end);
  }
  return encoded;
}

Result<SecretString> FormatMessage(const Sender& from, const Message& message, Instant date,
                                   std::string_view unique) {
  const Result<void> valid = ValidateHeaders(from, message, unique);
  if (!valid) return std::unexpected(valid.error());
  const std::string boundary = "latchkey-" + std::string{unique};
  const std::string domain = from.address.substr(from.address.find('@') + 1);
  std::string letter;
  // At once, so that growing leaves no copy of a link behind.
  letter.reserve(4096 + 4 * (message.text.size() + message.html.size()));
  letter += "Date: " + FormatDateHeader(date) + "\r\nFrom: ";
  if (!from.name.empty()) letter += EncodePhrase(from.name) + "\r\n ";
  letter += '<' + from.address + ">\r\nTo: <" + message.to + ">\r\n";
  letter += "Subject: " + EncodeHeaderText(message.subject) + "\r\n";
  letter += "Message-ID: <" + std::string{unique} + '@' + domain + ">\r\n";
  // RFC 3834: nobody's holiday notice answers it.
  letter += "Auto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n";
  letter += "Content-Type: multipart/alternative; boundary=\"" + boundary + "\"\r\n\r\n";
  AddPart(letter, boundary, "text/plain", message.text);
  AddPart(letter, boundary, "text/html", message.html);
  letter += "--" + boundary + "--\r\n";
  return SecretString{std::move(letter)};
}

}  // namespace latchkey::mail
