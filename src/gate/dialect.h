#pragma once

// How each proxy says what it asks. One route, one dialect: which headers count follows from the
// path that the operator wrote into the proxy's configuration, and from nothing that a client can
// send. A dialect reads its own headers only; each of them exactly once, not empty and readable, or
// the question is refused.
//
//     /gate/{app}/nginx        X-Original-Method, X-Original-URI, X-Original-Host, X-Real-IP
//     /gate/{app}/caddy        X-Forwarded-Method, X-Forwarded-Uri, X-Forwarded-Host,
//     X-Forwarded-For /gate/{app}/traefik      the same /gate/{app}/haproxy      X-Haproxy-Method,
//     X-Haproxy-Uri, X-Haproxy-Host, X-Haproxy-Client /gate/{app}/envoy/…      the request's own
//     method, target and Host; X-Forwarded-For, if there
//                              is one
//
// Connection names headers that a proxy on the way must drop; here nothing is passed on, so it does
// not change what is read.
//
// Thread safety: values and pure functions.

#include <array>
#include <boost/asio/ip/address.hpp>
#include <cstdint>
#include <expected>
#include <optional>
#include <string_view>

#include "gate/question.h"
#include "http/client_address.h"
#include "http/head_view.h"
#include "problem/problem.h"

namespace latchkey::gate {

struct Dialect {
  std::string_view name;
  // The headers that it reads; empty: the request's own part, or none.
  std::string_view method_field;
  std::string_view uri_field;
  std::string_view host_field;
  std::string_view client_field;
  /// client_field is a list that every proxy on the way adds to, and not one address.
  bool client_is_chain;
  /// Whether an answer other than 2xx, 401 and 403 reaches the client as it is.
  bool carries_every_status;
};

/// nginx, caddy, traefik, haproxy, envoy.
[[nodiscard]] std::span<const Dialect> Dialects();

/// What the path of a request to the gate says.
struct Route {
  const Dialect* dialect;
  std::string_view app;
  /// For Envoy: the target of the client's request. Otherwise empty.
  std::string_view uri;
};

/// `target` as received. Only `/gate/{app}/{dialect}` and what follows `/envoy` are routes; a query
/// is ignored, since Caddy appends the client's.
[[nodiscard]] std::optional<Route> FindRoute(std::string_view target);

/// Who is at the other end of a connection to the gate.
struct Peer {
  /// Of a TCP connection.
  boost::asio::ip::address address;
  /// A Unix socket: whoever may open its file.
  bool local = false;
  /// Whether it may ask at all.
  bool trusted = false;
};

/// An address as text, without allocation.
class AddressText {
 public:
  void Assign(const boost::asio::ip::address& address);
  void Assign(std::string_view text);
  [[nodiscard]] std::string_view view() const { return {text_.data(), size_}; }

 private:
  std::array<char, 46> text_{};
  std::size_t size_ = 0;
};

/// Fills in `question`, all but `now`. It refers to `head`, `route` and `client`. Problems:
/// kMalformed (a header of the dialect is missing, empty, repeated or unreadable),
/// kTwoCredentials.
[[nodiscard]] OrProblem<void> ReadQuestion(const Route& route, const http::HeadView& head,
                                           const Peer& peer, const http::TrustedProxies& proxies,
                                           AddressText& client, GateQuestion& question);

/// Whether `uri` is a request target in origin form that has one reading: it begins with `/` and
/// holds no control byte, white space or `#`. What its path may hold, the app's rules say.
[[nodiscard]] bool IsOriginForm(std::string_view uri);

}  // namespace latchkey::gate
