#pragma once

// What the command line needs of the world: streams, a terminal, the time, and the ports that
// server/ fills. Tests fill it with streams in memory and ports of their own.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/client.h"
#include "authority/reconcile.h"
#include "base/clock.h"
#include "base/result.h"
#include "base/secret.h"
#include "client/ports.h"

namespace latchkey::cli {

/// Where the installation is. One of the two may be empty: a settings file may name the directory.
struct Location {
  std::string data_directory;
  std::string config_file;
  /// Whether a directory without an installation gets a new one: only for commands that create.
  bool may_make = false;
};

struct ServeOptions {
  std::string config_file;  ///< Empty: none.
  /// Setting and value, as given: `{"listen", "127.0.0.1:8080"}`.
  std::vector<std::pair<std::string, std::string>> flags;
};

/// A setting that `serve` takes as a flag: `token_lifetime_max` is `--token-lifetime-max`.
struct SettingFlag {
  std::string key;
  std::string form;  ///< `ADDR:PORT`
  std::string description;
};

/// A setting as it is in force.
struct SettingLine {
  std::string key;
  std::string value;
  std::string description;
};

struct KeyringRotation {
  std::uint32_t newest = 0;    ///< The number of the key that seals from now on.
  std::size_t keys = 0;        ///< Sealing keys in the ring.
  std::uint64_t resealed = 0;  ///< Records that were sealed anew.
};

struct BackupMade {
  std::uint64_t changes = 0;  ///< In the backup now.
  std::uint64_t added = 0;    ///< Since it was made before.
};

struct BackupRestored {
  std::uint64_t changes = 0;   ///< In the backup.
  std::uint64_t added = 0;     ///< That the data directory did not hold.
  std::uint64_t restored = 0;  ///< Made again in the database.
  Instant made_at{};
};

struct CliEnvironment {
  /// A running server's socket, or a service in this process when none runs. Errors: kNotFound when
  /// there is no installation and the location does not allow to make one.
  std::function<Result<std::unique_ptr<admin::AdminPort>>(const Location&)> connect;
  /// Returns when the server has stopped.
  std::function<Result<void>(const ServeOptions&)> serve;
  std::function<Result<RepairReport>(const Location&)> repair;
  std::function<Result<KeyringRotation>(const Location&)> rotate_keyring;
  /// The second argument is the backup's directory.
  std::function<Result<BackupMade>(const Location&, const std::string&)> make_backup;
  std::function<Result<BackupRestored>(const Location&, const std::string&)> restore_backup;
  /// Every setting with its value in force, without starting anything.
  std::function<Result<std::vector<SettingLine>>(const ServeOptions&)> show_settings;
  std::vector<SettingFlag> setting_flags;

  /// The logins of whoever runs the program. Errors: kNotFound: there is no home to keep them in.
  std::function<Result<client::Ports>()> client_ports;
  /// Errors: kUnavailable: there is none.
  std::function<Result<void>(const std::string& url)> open_browser;
  std::string program_path = "latchkey";  ///< For git to call.

  /// A variable of the process's environment.
  std::function<std::optional<std::string>(const char* name)> variable;
  /// Asks on the terminal, without echo. Errors: kIo, kUnavailable (no terminal).
  std::function<Result<SecretString>(std::string_view prompt)> prompt_secret;
  /// All of standard input. Errors: kIo, kLimitExceeded.
  std::function<Result<SecretString>()> read_secret_input;
  bool input_is_terminal = false;
  bool output_is_terminal = false;
  std::ostream* output = nullptr;
  std::ostream* error_output = nullptr;
  const Clock* clock = nullptr;
};

/// Streams, terminal, variables and clock of this process; the ports to an installation are left
/// empty.
[[nodiscard]] CliEnvironment MakeProcessEnvironment();

}  // namespace latchkey::cli
