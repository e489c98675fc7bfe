#pragma once

// Requests and responses as the handlers see them: parsed, bounded, nothing of Beast in sight.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace latchkey::http {

/// Header fields in their order. Names compare without regard to case (RFC 9110 section 5.1).
class Fields {
 public:
  /// Adds one more line, also where the name stands already.
  void Add(std::string name, std::string value);
  /// Replaces every line of that name.
  void Set(std::string name, std::string value);
  /// The value of the first line of that name.
  [[nodiscard]] std::optional<std::string_view> Find(std::string_view name) const;
  /// How many lines have that name.
  [[nodiscard]] std::size_t Count(std::string_view name) const;
  [[nodiscard]] const std::vector<std::pair<std::string, std::string>>& lines() const {
    return lines_;
  }

 private:
  std::vector<std::pair<std::string, std::string>> lines_;
};

/// What a request asks for, taken apart once, before anything is decided (RFC 9112 section 3.2.1,
/// origin-form). See ParseTarget in target.h for what is refused.
struct Target {
  /// As received, path and query: for the access log, with secrets masked there.
  std::string raw;
  /// Path segments, percent-decoded; `/a/b/` gives {"a", "b", ""}, `/` gives {""}.
  std::vector<std::string> segments;
  /// The bytes after `?`, undecoded; empty if there is none.
  std::string query;

  /// Whether the segments equal `path`, e.g. "/api/v1/me".
  [[nodiscard]] bool Is(std::string_view path) const;
  /// Every value of `name` in the query, decoded as application/x-www-form-urlencoded (`+` is a
  /// space).
  [[nodiscard]] std::vector<std::string> QueryValues(std::string_view name) const;
};

struct RequestHead {
  std::string method;
  Target target;
  Fields fields;
  /// HTTP/1.1 or later; false for HTTP/1.0.
  bool http_1_1 = true;
  /// The peer's address without port, or the one that a trusted proxy states.
  std::string client_address;
  /// Made here, or taken from a trusted proxy's X-Request-Id; safe for logs.
  std::string request_id;
  /// Whether a body was announced: Content-Length above 0, or chunked.
  bool has_body = false;
  std::optional<std::uint64_t> content_length;
};

struct Response {
  int status = 200;
  Fields fields;
  std::string body;
};

}  // namespace latchkey::http
