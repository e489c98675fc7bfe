#pragma once

// The cookies of people who sign in.
//
// Each is a host's alone (the prefix __Host- makes browsers see to it), out of reach of scripts and
// sent over TLS only; browsers take localhost for that. They are read by the resources for people
// and by nothing else: no cookie opens Git, /2.0, the gate or introspection.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "http/message.h"

namespace latchkey::api {

inline constexpr std::string_view kSessionCookie = "__Host-latchkey-session";
/// Between the two steps of signing in.
inline constexpr std::string_view kAttemptCookie = "__Host-latchkey-attempt";
/// That this browser signed an account in before.
inline constexpr std::string_view kDeviceCookie = "__Host-latchkey-device";
/// Ties what an OpenID provider answers to the browser that was sent there.
inline constexpr std::string_view kOidcCookie = "__Host-latchkey-oidc";

/// The cookie's value (RFC 6265 section 4.2.1); empty if there is none, or more than one, of which
/// somebody else may have set the other. Lives as long as `fields`.
[[nodiscard]] std::string_view FindCookie(const http::Fields& fields, std::string_view name);

/// kLax: also when a link on another site leads here. kStrict: never with what another site begins.
enum class SameSite : std::uint8_t { kLax, kStrict };

struct Cookie {
  std::string_view name;
  std::string_view value;  ///< Of the characters that a cookie may hold; not escaped.
  std::optional<std::chrono::seconds> max_age = {};  ///< Missing: until the browser closes.
  SameSite same_site = SameSite::kStrict;
};

/// Adds a Set-Cookie line.
void SetCookie(http::Fields& fields, const Cookie& cookie);
void ClearCookie(http::Fields& fields, std::string_view name);

}  // namespace latchkey::api
