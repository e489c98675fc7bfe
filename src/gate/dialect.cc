#include "gate/dialect.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "base/text.h"
#include "http/grammar.h"

namespace latchkey::gate {

namespace {

constexpr std::size_t kMethodSizeMax = 32;
constexpr std::size_t kAppSizeMax = 32;
constexpr std::string_view kRoot = "/gate/";
constexpr std::string_view kEnvoy = "envoy";
constexpr std::string_view kLocal = "local";

constexpr std::array kDialects{
    Dialect{.name = "nginx",
            .method_field = "X-Original-Method",
            .uri_field = "X-Original-URI",
            .host_field = "X-Original-Host",
            .client_field = "X-Real-IP",
            .client_is_chain = false,
            .carries_every_status = false},
    Dialect{.name = "caddy",
            .method_field = "X-Forwarded-Method",
            .uri_field = "X-Forwarded-Uri",
            .host_field = "X-Forwarded-Host",
            .client_field = "X-Forwarded-For",
            .client_is_chain = true,
            .carries_every_status = true},
    Dialect{.name = "traefik",
            .method_field = "X-Forwarded-Method",
            .uri_field = "X-Forwarded-Uri",
            .host_field = "X-Forwarded-Host",
            .client_field = "X-Forwarded-For",
            .client_is_chain = true,
            .carries_every_status = true},
    Dialect{.name = "haproxy",
            .method_field = "X-Haproxy-Method",
            .uri_field = "X-Haproxy-Uri",
            .host_field = "X-Haproxy-Host",
            .client_field = "X-Haproxy-Client",
            .client_is_chain = false,
            .carries_every_status = true},
    Dialect{.name = kEnvoy,
            .method_field = {},
            .uri_field = {},
            .host_field = {},
            .client_field = "X-Forwarded-For",
            .client_is_chain = true,
            .carries_every_status = true},
};

std::unexpected<Problem> Malformed(std::string_view field, std::string_view fault) {
  // Names of our own table and nothing of the request.
  return ProblemWith(ProblemType::kMalformed, "the header " + std::string{field} + " " +
                                                  std::string{fault} +
                                                  "; the proxy's configuration must set it");
}

/// The fields that one reading of the head looks for.
struct Wanted {
  std::string_view name;
  std::size_t count = 0;
  std::string_view value;
};
enum WantedIndex : std::uint8_t { kMethod, kUri, kHost, kClient, kAuthorization, kUserAgent };
using WantedFields = std::array<Wanted, 6>;

void Collect(const http::HeadView& head, WantedFields& wanted) {
  for (const http::FieldView& field : head.fields) {
    for (Wanted& one : wanted) {
      if (field.name.size() != one.name.size() || !EqualsIgnoringCase(field.name, one.name)) {
        continue;
      }
      if (one.count++ == 0) one.value = field.value;
    }
  }
}

OrProblem<void> RequireOne(const Wanted& wanted) {
  if (wanted.count == 0) return Malformed(wanted.name, "is missing");
  if (wanted.count > 1) return Malformed(wanted.name, "stands more than once");
  if (wanted.value.empty()) return Malformed(wanted.name, "is empty");
  return {};
}

OrProblem<void> ReadParts(const WantedFields& wanted, GateQuestion& question) {
  for (const WantedIndex index : {kMethod, kUri, kHost}) {
    if (OrProblem<void> one = RequireOne(wanted[index]); !one) return one;
  }
  question.method = wanted[kMethod].value;
  question.uri = wanted[kUri].value;
  const std::optional<std::string_view> host = http::HostName(wanted[kHost].value);
  if (!host) return Malformed(wanted[kHost].name, "is not a host");
  question.host = *host;
  if (question.method.size() > kMethodSizeMax || !http::IsToken(question.method)) {
    return Malformed(wanted[kMethod].name, "is not a method");
  }
  if (!IsOriginForm(question.uri)) return Malformed(wanted[kUri].name, "is not a path");
  return {};
}

/// The nearest entry is the proxy's own word and must be readable; what stands left of it may be
/// the client's, and where that is not readable it does not count.
OrProblem<void> ReadClient(const Dialect& dialect, const Wanted& wanted, const Peer& peer,
                           const http::TrustedProxies& proxies, AddressText& client) {
  const bool optional = dialect.uri_field.empty();
  if (optional && wanted.count == 0) {
    if (peer.local) {
      client.Assign(kLocal);
    } else {
      client.Assign(peer.address);
    }
    return {};
  }
  if (OrProblem<void> one = RequireOne(wanted); !one) return one;
  std::string_view last = wanted.value;
  std::string_view others;
  const std::size_t comma = dialect.client_is_chain ? last.rfind(',') : std::string_view::npos;
  if (comma != std::string_view::npos) {
    others = last.substr(0, comma);
    last.remove_prefix(comma + 1);
  }
  const std::optional<boost::asio::ip::address> nearest = http::ParseForwardedAddress(last);
  if (!nearest) return Malformed(wanted.name, "is not an IP address");
  client.Assign(proxies.ClientAddress(*nearest, others));
  return {};
}

bool IsAppName(std::string_view name) {
  const auto is_name_character = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
  };
  return !name.empty() && name.size() <= kAppSizeMax && name.front() >= 'a' &&
         name.front() <= 'z' && std::ranges::all_of(name, is_name_character);
}

bool EndsName(char character) { return character == '/' || character == '?'; }

}  // namespace

std::span<const Dialect> Dialects() { return kDialects; }

std::optional<Route> FindRoute(std::string_view target) {
  if (!target.starts_with(kRoot)) return std::nullopt;
  target.remove_prefix(kRoot.size());
  const std::size_t slash = target.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view app = target.substr(0, slash);
  if (!IsAppName(app)) return std::nullopt;
  target.remove_prefix(slash + 1);
  const std::string_view name = target.substr(
      0, static_cast<std::size_t>(std::ranges::find_if(target, EndsName) - target.begin()));
  const auto* const dialect = std::ranges::find(kDialects, name, &Dialect::name);
  if (dialect == kDialects.end()) return std::nullopt;
  target.remove_prefix(name.size());
  if (name == kEnvoy) {
    if (!IsOriginForm(target)) return std::nullopt;
    return Route{.dialect = dialect, .app = app, .uri = target};
  }
  if (!target.empty() && target.front() != '?') return std::nullopt;
  return Route{.dialect = dialect, .app = app, .uri = {}};
}

void AddressText::Assign(const boost::asio::ip::address& address) {
  if (address.is_v6()) {
    const auto bytes = address.to_v6().to_bytes();
    const bool written = ::inet_ntop(AF_INET6, bytes.data(), text_.data(),
                                     static_cast<socklen_t>(text_.size())) != nullptr;
    size_ = written ? std::string_view{text_.data()}.size() : 0;
    return;
  }
  char* end = text_.data();
  for (const unsigned char byte : address.to_v4().to_bytes()) {
    if (end != text_.data()) *end++ = '.';
    end = std::to_chars(end, end + 3, byte).ptr;
  }
  size_ = static_cast<std::size_t>(end - text_.data());
}

void AddressText::Assign(std::string_view text) { size_ = text.copy(text_.data(), text_.size()); }

OrProblem<void> ReadQuestion(const Route& route, const http::HeadView& head, const Peer& peer,
                             const http::TrustedProxies& proxies, AddressText& client,
                             GateQuestion& question) {
  const Dialect& dialect = *route.dialect;
  WantedFields wanted{Wanted{.name = dialect.method_field, .value = {}},
                      Wanted{.name = dialect.uri_field, .value = {}},
                      Wanted{.name = dialect.host_field, .value = {}},
                      Wanted{.name = dialect.client_field, .value = {}},
                      Wanted{.name = "Authorization", .value = {}},
                      Wanted{.name = "User-Agent", .value = {}}};
  Collect(head, wanted);
  question = {};
  question.app = route.app;
  if (dialect.uri_field.empty()) {
    question.method = head.method;
    question.uri = route.uri;
    question.host = head.host;
  } else if (OrProblem<void> read = ReadParts(wanted, question); !read) {
    return read;
  }
  if (OrProblem<void> read = ReadClient(dialect, wanted[kClient], peer, proxies, client); !read) {
    return read;
  }
  question.client_address = client.view();
  if (wanted[kAuthorization].count > 1) {
    return ProblemWith(ProblemType::kTwoCredentials,
                       "the request has more than one Authorization field: send one");
  }
  question.authorization = wanted[kAuthorization].value;
  question.user_agent = wanted[kUserAgent].value;
  return {};
}

bool IsOriginForm(std::string_view uri) {
  const auto is_forbidden = [](char character) {
    return static_cast<unsigned char>(character) <= ' ' || character == '\x7f' || character == '#';
  };
  return uri.starts_with('/') && std::ranges::none_of(uri, is_forbidden);
}

}  // namespace latchkey::gate
