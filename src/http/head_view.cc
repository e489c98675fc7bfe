#include "http/head_view.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <utility>

#include "base/text.h"
#include "http/grammar.h"

namespace latchkey::http {

namespace {

constexpr std::string_view kLineEnd = "\r\n";
constexpr std::size_t kMethodSizeMax = 32;  // The longest registered one has 17 letters.
constexpr std::size_t kHostSizeMax = 255;   // A DNS name (RFC 1035 section 2.3.4) with some air.

std::unexpected<Refusal> Refuse(int status, std::string detail) {
  return std::unexpected(Refusal{status, std::move(detail)});
}

bool IsDigits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// The fields that frame a message. Collected while the lines are read, so that the others are
// looked at once.
struct Framing {
  struct Field {
    std::size_t count = 0;
    std::string_view value;
  };
  Field host;
  Field content_length;
  Field transfer_encoding;
  Field expect;
  bool has_connection = false;
};

void Collect(const FieldView& field, Framing& framing) {
  const auto take = [&](std::string_view name, Framing::Field& into) {
    if (!EqualsIgnoringCase(field.name, name)) return;
    if (into.count++ == 0) into.value = field.value;
  };
  // By length first: most lines are none of these.
  switch (field.name.size()) {
    case 4: return take("Host", framing.host);
    case 6: return take("Expect", framing.expect);
    case 14: return take("Content-Length", framing.content_length);
    case 17: return take("Transfer-Encoding", framing.transfer_encoding);
    case 10:
    case 16: framing.has_connection = true; return;
    default: return;
  }
}

std::expected<void, Refusal> ReadVersion(std::string_view version, HeadView& head) {
  const bool well_formed = version.size() == 8 && version.starts_with("HTTP/") &&
                           IsDigits(version.substr(5, 1)) && version[6] == '.' &&
                           IsDigits(version.substr(7, 1));
  if (!well_formed) return Refuse(400, "The request line is malformed.");
  if (version != "HTTP/1.1" && version != "HTTP/1.0") {
    return Refuse(505, "This server speaks HTTP/1.1 and HTTP/1.0.");
  }
  head.http_1_1 = version.back() == '1';
  head.keep_alive = head.http_1_1;
  return {};
}

std::expected<void, Refusal> ReadRequestLine(std::string_view line, const Limits& limits,
                                             HeadView& head) {
  const std::size_t first = line.find(' ');
  const std::size_t last = line.rfind(' ');
  if (first == std::string_view::npos || first == last) {
    return Refuse(400, "The request line is malformed.");
  }
  head.method = line.substr(0, first);
  if (!IsToken(head.method)) return Refuse(400, "The method is malformed.");
  if (head.method.size() > kMethodSizeMax) return Refuse(501, "The method is not known here.");
  if (const auto version = ReadVersion(line.substr(last + 1), head); !version) return version;
  head.target = line.substr(first + 1, last - first - 1);
  if (head.target.size() > limits.target_size_max) {
    return Refuse(414, "The request target is not acceptable: the request target is too long.");
  }
  return {};
}

std::expected<void, Refusal> ReadFieldLine(std::string_view line, HeadView& head,
                                           Framing& framing) {
  const std::size_t colon = line.find(':');
  // IsToken also refuses a line that starts with white space (folding) and white space before the
  // colon.
  if (colon == std::string_view::npos || !IsToken(line.substr(0, colon))) {
    return Refuse(400, "A header field is malformed.");
  }
  const std::string_view value = TrimSpace(line.substr(colon + 1));
  if (!IsFieldValue(value)) return Refuse(400, "A header field holds a control character.");
  head.fields.push_back({line.substr(0, colon), value});
  Collect(head.fields.back(), framing);
  return {};
}

std::expected<void, Refusal> ReadHost(const Framing& framing, HeadView& head) {
  if (framing.host.count == 0 && !head.http_1_1) return {};
  if (framing.host.count != 1) return Refuse(400, "A request needs exactly one Host field.");
  const std::optional<std::string_view> host = HostName(framing.host.value);
  if (!host) return Refuse(400, "The Host field is malformed.");
  head.host = *host;
  return {};
}

std::expected<void, Refusal> ReadContentLength(const Framing& framing, HeadView& head) {
  const auto& [count, text] = framing.content_length;
  if (count == 0) return {};
  std::uint64_t length = 0;
  // Equal repeated values may be accepted (RFC 9112 section 6.3); nobody needs that, so they are
  // not.
  if (count > 1 || !IsDigits(text)) return Refuse(400, "The Content-Length field is malformed.");
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc{} || end != text.data() + text.size() ||
      length > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return Refuse(400, "The Content-Length field is out of range.");
  }
  head.content_length = length;
  head.has_body = length > 0;
  return {};
}

std::expected<void, Refusal> ReadTransferEncoding(const Framing& framing, HeadView& head) {
  const auto& [count, value] = framing.transfer_encoding;
  if (count == 0) return {};
  if (!head.http_1_1) return Refuse(400, "HTTP/1.0 knows no Transfer-Encoding.");
  if (head.content_length) {
    return Refuse(400, "Content-Length and Transfer-Encoding exclude each other.");
  }
  if (count > 1) return Refuse(400, "The Transfer-Encoding field is repeated.");
  if (!EqualsIgnoringCase(value, "chunked")) {
    return Refuse(501, "The only transfer coding known here is chunked.");
  }
  head.chunked = true;
  head.has_body = true;
  return {};
}

std::expected<void, Refusal> ReadExpect(const Framing& framing, HeadView& head) {
  const auto& [count, value] = framing.expect;
  // An expectation of an HTTP/1.0 client is not one (RFC 9110 section 10.1.1).
  if (count == 0 || !head.http_1_1) return {};
  if (count > 1 || !EqualsIgnoringCase(value, "100-continue")) {
    return Refuse(417, "The only expectation known here is 100-continue.");
  }
  head.expects_continue = head.has_body;
  return {};
}

// A list of tokens (RFC 9110 section 7.6.1); empty elements do not count.
std::expected<void, Refusal> ReadConnectionOptions(std::string_view list, HeadView& head) {
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string_view option = TrimSpace(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
    if (!option.empty() && !IsToken(option))
      return Refuse(400, "The Connection field is malformed.");
    if (EqualsIgnoringCase(option, "close")) head.keep_alive = false;
  }
  return {};
}

std::expected<void, Refusal> ReadConnection(const Framing& framing, HeadView& head) {
  if (!framing.has_connection) return {};
  for (const auto& [name, value] : head.fields) {
    if (!EqualsIgnoringCase(name, "Connection") && !EqualsIgnoringCase(name, "Proxy-Connection")) {
      continue;
    }
    if (const auto read = ReadConnectionOptions(value, head); !read) return read;
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

// Takes the lines of a head off the front of `bytes`, with the empty one.
std::expected<void, Refusal> ReadLines(std::string_view& bytes, const Limits& limits,
                                       HeadView& head, Framing& framing) {
  for (bool request_line = true;; request_line = false) {
    const std::size_t end = bytes.find('\r');
    if (end == std::string_view::npos) return Refuse(400, "The head is cut.");
    if (!bytes.substr(end).starts_with(kLineEnd)) {
      return Refuse(400, "A line of the head does not end in CR LF.");
    }
    const std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end + kLineEnd.size());
    if (line.empty() && !request_line) return {};
    const auto taken =
        request_line ? ReadRequestLine(line, limits, head) : ReadFieldLine(line, head, framing);
    if (!taken) return taken;
  }
}

// In this order, so that of several faults the one of framing is told.
constexpr std::array kReaders = {&ReadHost, &ReadContentLength, &ReadTransferEncoding, &ReadExpect,
                                 &ReadConnection};

}  // namespace

void HeadView::Clear() {
  method = target = host = {};
  fields.clear();
  content_length.reset();
  http_1_1 = keep_alive = true;
  chunked = has_body = expects_continue = false;
}

std::expected<void, Refusal> ReadHead(std::string_view bytes, const Limits& limits,
                                      HeadView& head) {
  head.Clear();
  Framing framing;
  if (bytes.starts_with(kLineEnd)) bytes.remove_prefix(kLineEnd.size());
  if (auto taken = ReadLines(bytes, limits, head, framing); !taken) return taken;
  if (!bytes.empty()) return Refuse(400, "The head is malformed.");
  if (head.fields.size() > limits.field_count_max) return Refuse(431, "Too many header fields.");
  for (const auto reader : kReaders) {
    if (auto read = reader(framing, head); !read) return read;
  }
  return {};
}

std::optional<std::string_view> HostName(std::string_view value) {
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
  return name;
}

}  // namespace latchkey::http
