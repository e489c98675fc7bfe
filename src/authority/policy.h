#pragma once

#include <algorithm>
#include <chrono>
#include <utility>

#include "credential/credential.h"
#include "signin/policy_record.h"

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

/// The settings, as far as an administrator left them: never more than they allow.
[[nodiscard]] inline Policy Narrow(Policy settings, const InstallationPolicy& set) {
  Policy policy = std::move(settings);
  if (set.token_lifetime_max) {
    policy.token_lifetime_max =
        std::clamp(*set.token_lifetime_max, policy.token_lifetime_min, policy.token_lifetime_max);
  }
  policy.token_lifetime_default =
      std::clamp(set.token_lifetime_default.value_or(policy.token_lifetime_default),
                 policy.token_lifetime_min, policy.token_lifetime_max);
  return policy;
}

}  // namespace latchkey
