#pragma once

// What an administrator changes while the server runs. The settings of the server are its defaults
// and its outer bounds: see authority/policy_authority.h.
//
// Thread safety: values.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace latchkey {

struct InstallationPolicy {
  std::optional<std::chrono::seconds> token_lifetime_max;  ///< Missing: as the settings have it.
  std::optional<std::chrono::seconds>
      token_lifetime_default;           ///< Missing: as the settings have it.
  bool api_tokens = true;               ///< Whether new ones are issued.
  bool app_passwords = true;            ///< Whether new ones are issued.
  bool second_step_required = false;    ///< Of every person who signs in.
  std::vector<std::string> token_apps;  ///< Apps that new API tokens may be for; empty: all.

  friend bool operator==(const InstallationPolicy&, const InstallationPolicy&) = default;
};

}  // namespace latchkey
