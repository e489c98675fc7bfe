#pragma once

// Reads the head of a request: the request line and the fields, up to and with the empty line.
//
//     bytes from the socket ── HeadScanner: is the head complete? ── ReadHead ── HeadView: the gate
//                                                                       └── ParseHead ── ParsedHead
//
// The head is taken apart once, here, and nowhere else: two readers of the same bytes that disagree
// are what request smuggling is made of. General parsers accept more than RFC 9112 needs (folded
// lines, bare line feeds, white space before a colon, lists of lengths); what they accept and this
// refuses, no honest client sends. The fuzz target shows that Boost.Beast reads what is accepted
// here in the same way.
//
//     400  anything that is not of the grammar, or whose framing has two readings
//     414  a request target beyond the limit       417  an Expect that is not 100-continue
//     431  too many bytes or lines                  501  a transfer coding other than chunked, an
//     505  a version other than 1.0 and 1.1              overlong method
//
// Thread safety: values; distinct objects may be used by distinct threads.

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "http/head_view.h"
#include "http/message.h"
#include "http/server.h"

namespace latchkey::http {

/// A head, and how the message that it opens is framed.
struct ParsedHead {
  /// Without client_address and request_id, which the session adds.
  RequestHead head;
  /// The value of Host, in lower case, without port; empty if there is none (HTTP/1.0 only).
  std::string host;
  bool chunked = false;
  /// Whether another request may follow on this connection.
  bool keep_alive = true;
  bool expects_continue = false;
};

/// Finds the end of a head in a growing buffer, looking at each byte once.
class HeadScanner {
 public:
  explicit HeadScanner(const Limits& limits) : limits_(&limits) {}

  /// `bytes` holds the same beginning as at the last call, and more. Returns the size of the head
  /// with its empty line, or 0 if more is needed. Refuses as early as it can: a line end that is
  /// not CR LF, a control byte, a line or head that has grown too long.
  [[nodiscard]] std::expected<std::size_t, Refusal> Scan(std::string_view bytes);

 private:
  /// 0, unless what there is of the head is too much already.
  [[nodiscard]] std::expected<std::size_t, Refusal> CheckUnfinished(std::string_view bytes) const;
  [[nodiscard]] std::expected<bool, Refusal> TakeLine(std::string_view bytes, std::size_t line_end);

  const Limits* limits_;
  std::size_t scanned_ = 0;     ///< Bytes looked at.
  std::size_t line_start_ = 0;  ///< Where the unfinished line begins.
  std::size_t lines_ = 0;       ///< Finished lines; the request line is the first.
};

/// `bytes` is exactly one head as HeadScanner delimits it.
[[nodiscard]] std::expected<ParsedHead, Refusal> ParseHead(std::string_view bytes,
                                                           const Limits& limits);

/// Host name of a Host field: lower case, without port and final dot; IPv6 keeps its brackets.
/// Nothing if it is not `uri-host [":" port]` (RFC 9110 section 7.2).
[[nodiscard]] std::optional<std::string> ParseHost(std::string_view value);

}  // namespace latchkey::http
