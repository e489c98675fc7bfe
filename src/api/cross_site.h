#pragma once

// Whether a request that a browser's cookies speak for was made by our own pages. Pure.
//
// Browsers send cookies along with what other sites make them ask. Three things tell such requests
// apart, and all of them must hold:
//
//     X-Latchkey-Csrf: 1        no form can send it, and a script of another origin must be allowed
//                               to, by an answer that this server never gives
//     Content-Type              application/json where there is a body: the same
//     Sec-Fetch-Site, Origin    what the browser itself says of where a request comes from

#include <string_view>

#include "http/message.h"
#include "problem/problem.h"

namespace latchkey::api {

inline constexpr std::string_view kCsrfField = "X-Latchkey-Csrf";

/// Whether the method promises to change nothing (RFC 9110 section 9.2.1).
[[nodiscard]] bool IsReading(std::string_view method);

/// `scheme://host[:port]` of a URL, as an Origin field has it.
[[nodiscard]] std::string_view OriginOf(std::string_view url);

/// For a request that changes something. `public_url` is where the pages are; who reaches the
/// server under another of its names is at home there, too. Problems: kCrossSite, saying which of
/// the three.
[[nodiscard]] OrProblem<void> RequireOwnPage(const http::RequestHead& head,
                                             std::string_view public_url);

}  // namespace latchkey::api
