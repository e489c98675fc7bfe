#pragma once

// Takes a head apart in place: every part is a view into the bytes that were received, and a
// HeadView that is used again allocates nothing.
//
// This is the one reader of heads. http/head.h copies what it reads into a ParsedHead for the
// handlers; the gate's listener works on the views. So there are no two readings of the same bytes.
//
// Thread safety: values; distinct objects may be used by distinct threads.

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/server.h"

namespace latchkey::http {

/// Why the server itself refuses a request. `detail` is for the client and repeats nothing of the
/// request.
struct Refusal {
  int status = 400;
  std::string detail;
};

/// A field line: a token, and a value without the white space around it.
struct FieldView {
  std::string_view name;
  std::string_view value;
};

/// The parts of one head, and how the message that it opens is framed. Valid as long as the bytes
/// that were read.
struct HeadView {
  std::string_view method;
  /// As received; what a target may be, each listener decides. At most Limits::target_size_max.
  std::string_view target;
  /// HTTP/1.1; false for HTTP/1.0.
  bool http_1_1 = true;
  std::vector<FieldView> fields;
  /// Of Host: without port and final dot, letters as sent; empty if there is none (HTTP/1.0 only).
  std::string_view host;
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  /// Content-Length above 0, or chunked.
  bool has_body = false;
  /// Whether another request may follow on this connection.
  bool keep_alive = true;
  bool expects_continue = false;

  /// Empties all parts and keeps the room of `fields`.
  void Clear();
};

/// `bytes` is exactly one head as HeadScanner delimits it. Refuses what head.h lists.
[[nodiscard]] std::expected<void, Refusal> ReadHead(std::string_view bytes, const Limits& limits,
                                                    HeadView& head);

/// Host name of a Host field: without port and final dot; IPv6 keeps its brackets. Nothing if it is
/// not `uri-host [":" port]` (RFC 9110 section 7.2).
[[nodiscard]] std::optional<std::string_view> HostName(std::string_view value);

}  // namespace latchkey::http
