#pragma once

#include <expected>
#include <functional>
#include <string>

#include "http/exchange.h"
#include "http/router.h"
#include "problem/problem.h"

namespace latchkey::api {

/// One request on its way to a resource. Lives until its answer is sent.
struct Call {
  http::Exchange& exchange;
  const http::RouteParams& params;
};

struct Answer {
  http::Response response = {};
  /// Something was revoked, or was already: of several nodes, it is said only when none of them
  /// accepts it any more, and where that is so stands in the body, if that is an object of JSON.
  bool revocation = false;
  /// The body is wiped once it was sent.
  bool holds_secret = false;
  /// Writes a body of unknown length instead of `response.body`, after the head was sent. An error
  /// breaks the connection off, so that nobody takes a part for the whole.
  std::function<http::Awaitable<Result<void>>(http::Exchange&)> write_body = {};
};

/// What a resource has to say; ApiHandler turns it into the dialect of the path.
using Outcome = std::expected<Answer, Problem>;

struct Settings {
  /// Where clients reach this server, without a slash at its end: what Location, next and links are
  /// built on, never on the Host field, for clients send their credential to wherever these point.
  std::string public_url;
  std::string realm = "Latchkey";
  std::string version = {};  ///< Of the program, for people.
  /// Bytes. Above the largest body that is of use by far, so that nonsense is called nonsense
  /// rather than big.
  std::size_t body_size_max = std::size_t{256} * 1024;
};

}  // namespace latchkey::api
