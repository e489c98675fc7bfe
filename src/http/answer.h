#pragma once

// Writes the head of an answer, and the answers that the server itself gives.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace latchkey::http {

/// How an answer's body is delimited (RFC 9112 section 6.3).
enum class AnswerFraming : std::uint8_t {
  kNone,        ///< There is no body and no length: 1xx, 204, 304.
  kLength,      ///< Content-Length.
  kChunked,     ///< Transfer-Encoding: chunked.
  kUntilClose,  ///< The end of the connection; HTTP/1.0 only.
};

struct AnswerHead {
  int status = 200;
  const Fields* fields = nullptr;
  AnswerFraming framing = AnswerFraming::kNone;
  std::uint64_t length = 0;
  std::string_view request_id;
  bool https = false;  ///< Clients came by TLS, this server's or a proxy's.
  bool close = false;
};

/// The head's bytes with the empty line. The server's own fields (Date, X-Request-Id,
/// Content-Length, Transfer-Encoding, Connection) come from `head`; lines of those names in
/// `fields` are left out. Adds the fields that keep browsers safe: nosniff, no-referrer, a policy
/// that loads nothing and allows no frame, none of the device's senses, no other origin's page
/// beside or around it, `Cache-Control: no-store`, and by https HSTS; all but nosniff give way to
/// the handler's own.
[[nodiscard]] std::string FormatAnswerHead(const AnswerHead& head);

/// Whether every name is a token and no value holds a control character, so that no value can end
/// the head early (RFC 9110 section 5.5).
[[nodiscard]] bool AreSafe(const Fields& fields);

/// "Not Found". Never empty.
[[nodiscard]] std::string_view ReasonPhrase(int status);

/// RFC 9457 problem details, `application/problem+json`: type about:blank, so that title is the
/// status's own phrase; status, detail, request_id.
[[nodiscard]] Response MakeProblem(int status, std::string_view detail,
                                   std::string_view request_id);

/// Now as `Tue, 24 Nov 2026 11:12:31 GMT` (RFC 9110 section 5.6.7).
[[nodiscard]] std::string HttpDate();

}  // namespace latchkey::http
