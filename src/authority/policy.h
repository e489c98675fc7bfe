#pragma once

#include <chrono>

#include "credential/credential.h"

namespace latchkey {

/// What an installation allows for new credentials.
struct Policy {
  /// From creation to expiry of an API token. A day more than a year, so that "this day next year"
  /// fits whatever the year.
  std::chrono::seconds token_lifetime_min = std::chrono::days{1};
  std::chrono::seconds token_lifetime_max = std::chrono::days{366};
  /// For API tokens whose request names no expiry; never more than token_lifetime_max.
  std::chrono::seconds token_lifetime_default = std::chrono::days{365};
  /// Of an app password that has an expiry at all.
  std::chrono::seconds app_password_lifetime_min = std::chrono::days{1};
  CredentialPrefix prefix;
};

}  // namespace latchkey
