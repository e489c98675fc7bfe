#pragma once

// Every setting of the program, in one table.
//
// A setting can be given in a TOML file, in the environment and as a flag of `latchkey serve`; a
// later one of these wins. The table (settings_table.cc) is what all three read, what `latchkey
// settings` prints and what docs/settings.md repeats.
//
//     listen = "0.0.0.0:8080"      in the file
//     LATCHKEY_LISTEN=0.0.0.0:8080 in the environment
//     --listen 0.0.0.0:8080        as a flag

#include <chrono>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "authority/policy.h"
#include "base/result.h"
#include "gate/server.h"
#include "http/server.h"
#include "signin/session_limits.h"
#include "verify/throttle.h"

namespace latchkey::server {

struct Settings {
  std::string data;  ///< The data directory.
  http::ServerSettings http;
  /// PostgreSQL's connection string, without a password; empty: SQLite in the data directory.
  std::string store;
  std::string node_name;           ///< For people; empty: host name and port.
  std::chrono::seconds lease{30};  ///< How long a node of several answers from its memory.
  std::string public_url;          ///< Without trailing slash; empty: made from `listen`.
  std::string keyring;             ///< File; empty: see KeyringPath() in keyring_file.h.
  Policy policy;
  ThrottleSettings throttle;
  SessionLimits sessions;
  std::string breached_passwords;  ///< File; empty: none.
  bool set_up_link = true;         ///< Made at a start while nobody can sign in.
  std::string smtp_url;            ///< Empty: no mail is sent. See outside.h for the form.
  std::string smtp_password_file;  ///< Empty: no password.
  std::string smtp_ca_file;        ///< PEM; empty: the system's.
  std::string mail_from;
  bool sign_in_letters = true;  ///< About sign-ins from devices that were not seen before.
  std::string oidc_issuer;      ///< Empty: no provider to sign in with.
  std::string oidc_client_id;
  std::string oidc_client_secret_file;  ///< Empty: a public client.
  std::string oidc_name = "sso";        ///< In addresses.
  std::string oidc_title = "Single sign-on";
  std::vector<std::string> metrics_addresses{"127.0.0.0/8", "::1/128"};
  std::string log_level = "info";
  std::string log_file;    ///< Empty: standard error.
  std::string access_log;  ///< Empty: with the log; `off`: none.
  /// Its limits and grace are those of `http`, its names those of the next two.
  gate::GateSettings gate;
  bool gate_usage = true;  ///< Whether the gate notes when and where a credential was used.
  std::string gate_header_prefix = "X-Latchkey-";
  std::vector<std::string> gate_header_names;
  std::uint32_t git_processes_max = 0;            ///< 0: twice the cores, at least 32.
  std::uint64_t git_push_size_max = 8ULL << 30U;  ///< Bytes of one push.
};

struct SettingRow {
  std::string_view key;   ///< As in the file: `token_lifetime_max`.
  std::string_view form;  ///< `address:port`, `duration`, …
  std::string_view description;
  /// Errors: kInvalidArgument, saying what would do.
  Result<void> (*set)(Settings& settings, std::string_view value);
  std::string (*show)(const Settings& settings);
};

[[nodiscard]] std::span<const SettingRow> SettingTable();

/// `token_lifetime_max` as `LATCHKEY_TOKEN_LIFETIME_MAX`.
[[nodiscard]] std::string EnvironmentName(std::string_view key);

/// Errors: kInvalidArgument, naming the key; an unknown one with the nearest known.
[[nodiscard]] Result<void> ApplySetting(Settings& settings, std::string_view key,
                                        std::string_view value);

/// Reads a TOML file. Errors: kIo, kMalformed (with line), kInvalidArgument (unknown key, bad
/// value).
[[nodiscard]] Result<void> ApplyFile(Settings& settings, const std::string& path);

/// Reads every `LATCHKEY_` variable of `environment` that names a setting. Errors: kInvalidArgument
/// (bad value). Others of that prefix are left alone, since container platforms make such variables
/// by themselves (LATCHKEY_PORT and the like for a service of that name); see UnknownVariables.
[[nodiscard]] Result<void> ApplyEnvironment(Settings& settings,
                                            const std::map<std::string, std::string>& environment);

/// All variables of this process's environment.
[[nodiscard]] std::map<std::string, std::string> ProcessVariables();

/// The `LATCHKEY_` variables that name no setting: worth a warning.
[[nodiscard]] std::vector<std::string> UnknownVariables(
    const std::map<std::string, std::string>& environment);

/// File (if `config_file` is not empty), environment, then flags.
[[nodiscard]] Result<Settings> LoadSettings(
    const std::string& config_file, const std::map<std::string, std::string>& environment,
    const std::vector<std::pair<std::string, std::string>>& flags);

/// What clients are told to use: public_url, or one made from the address listened on.
[[nodiscard]] std::string PublicUrl(const Settings& settings, std::uint16_t port);

}  // namespace latchkey::server
