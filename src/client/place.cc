#include "client/place.h"

#include <algorithm>
#include <array>

#include "base/text.h"

namespace latchkey::client {
namespace {

std::unexpected<Error> NoAddress(const std::string& why) {
  return Fail(Error::Code::kInvalidArgument, why, "An address looks like https://git.example.org.");
}

bool IsHostCharacter(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
  return letter || c == '.' || c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
}

std::string_view WithoutPort(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.find(':'));
}

bool IsThisMachine(std::string_view host) {
  constexpr std::array<std::string_view, 3> kNames{"localhost", "127.0.0.1", "[::1]"};
  return std::ranges::find(kNames, WithoutPort(host)) != kNames.end();
}

bool HasDotSegment(std::string_view path) {
  while (!path.empty()) {
    const std::string_view segment = path.substr(0, path.find('/'));
    if (segment == "." || segment == "..") return true;
    path.remove_prefix(std::min(segment.size() + 1, path.size()));
  }
  return false;
}

std::string_view Trimmed(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

}  // namespace

Result<Place> MakePlace(std::string_view scheme, std::string_view host, std::string_view path) {
  Place place{.scheme = FoldAscii(scheme), .host = FoldAscii(host), .path = {}};
  if (place.scheme != "https" && place.scheme != "http") {
    return NoAddress("the address is neither https nor http");
  }
  const std::string_view own_port = place.scheme == "https" ? ":443" : ":80";
  if (place.host.ends_with(own_port)) place.host.resize(place.host.size() - own_port.size());
  if (place.host.empty() || WithoutPort(place.host).empty() ||
      !std::ranges::all_of(place.host, IsHostCharacter)) {
    return NoAddress("the address has no usable host");
  }
  if (place.scheme == "http" && !IsThisMachine(place.host)) {
    return NoAddress("http would send the secret in clear: only this machine may be asked so");
  }
  const std::string_view trimmed = Trimmed(path);
  const bool plain = std::ranges::all_of(trimmed, [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != '\x7F' && c != '?' && c != '#' && c != '\\';
  });
  if (!plain || HasDotSegment(trimmed)) return NoAddress("the address's path cannot be used");
  place.path = trimmed;
  return place;
}

Result<Place> ParsePlace(std::string_view url) {
  const std::size_t scheme_end = url.find("://");
  if (scheme_end == std::string_view::npos) return NoAddress("the address names no scheme");
  const std::string_view rest = url.substr(scheme_end + 3);
  const std::size_t host_end = std::min(rest.find_first_of("/?#"), rest.size());
  // A user part may hold a secret, so it is not repeated.
  if (rest.substr(0, host_end).contains('@')) {
    return NoAddress("the address has a user part: leave it out");
  }
  return MakePlace(url.substr(0, scheme_end), rest.substr(0, host_end), rest.substr(host_end));
}

std::string FormatPlace(const Place& place) {
  std::string url = place.scheme + "://" + place.host;
  if (!place.path.empty()) url += "/" + place.path;
  return url;
}

bool Covers(const Place& login, const Place& asked) {
  if (login.scheme != asked.scheme || login.host != asked.host) return false;
  if (login.path.empty() || login.path == asked.path) return true;
  return asked.path.starts_with(login.path + "/");
}

}  // namespace latchkey::client
