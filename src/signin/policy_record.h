#pragma once

// What an administrator changes while the server runs. The settings of the server are its defaults
// and its outer bounds: see authority/policy_authority.h.
//
// Thread safety: values.

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "credential/credential.h"

namespace latchkey {

struct InstallationPolicy {
  std::optional<std::chrono::seconds> token_lifetime_max;  ///< Missing: as the settings have it.
  std::optional<std::chrono::seconds>
      token_lifetime_default;           ///< Missing: as the settings have it.
  bool api_tokens = true;               ///< Whether new ones are issued.
  bool app_passwords = true;            ///< Whether new ones are issued.
  bool second_step_required = false;    ///< Of every person who signs in.
  std::vector<std::string> token_apps;  ///< Apps that new API tokens may be for; empty: all.

  /// Whether a new credential of that kind may be made.
  [[nodiscard]] bool Allows(CredentialKind kind) const {
    return kind == CredentialKind::kApiToken ? api_tokens : app_passwords;
  }
  /// Whether a new API token may be for that app.
  [[nodiscard]] bool AllowsTokensFor(std::string_view app) const {
    return token_apps.empty() || std::ranges::find(token_apps, app) != token_apps.end();
  }

  friend bool operator==(const InstallationPolicy&, const InstallationPolicy&) = default;
};

}  // namespace latchkey
