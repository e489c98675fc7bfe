#include "server/cli_environment.h"

#include <unistd.h>

#include <filesystem>
#include <memory>
#include <thread>
#include <utility>

#include "admin/actor.h"
#include "admin/client.h"
#include "base/text.h"
#include "server/backup.h"
#include "server/client_ports.h"
#include "server/installation.h"
#include "server/serve.h"
#include "server/settings.h"

namespace latchkey::server {
namespace {

using admin::AdminPort;
using admin::Json;

/// Alarms of a command that runs without a server: to the person who typed it.
class PrintedAlarms final : public Alarms {
 public:
  explicit PrintedAlarms(std::ostream& out) : out_(out) {}
  void Raise(const Error& error) override {
    out_ << "ALARM: " << EscapeForTerminal(error.message) << '\n';
  }

 private:
  std::ostream& out_;
};

Result<Settings> SettingsAt(const cli::Location& location) {
  std::vector<std::pair<std::string, std::string>> flags;
  if (!location.data_directory.empty()) flags.emplace_back("data", location.data_directory);
  return LoadSettings(location.config_file, ProcessVariables(), flags);
}

Caller LocalCaller() {
  return {.actor = admin::ActorFor(geteuid()), .origin = {}, .request_id = {}};
}

/// That there is an installation in the data directory. Half of one counts, and so does what cannot
/// be looked into: opening it says best what is wrong.
Result<void> RequireInstallation(const Settings& settings) {
  if (!settings.store.empty()) return {};  // It is in the database.
  namespace fs = std::filesystem;
  std::error_code error;
  const fs::file_type type = fs::status(settings.data, error).type();
  if (type != fs::file_type::directory && type != fs::file_type::not_found) return {};
  for (const char* name : {"/latchkey.db", "/journal.log"}) {
    if (fs::exists(settings.data + name, error) || error) return {};
  }
  return Fail(Error::Code::kNotFound, "there is no installation in " + settings.data,
              "Is the directory the right one? \"latchkey serve\" and the commands that create "
              "something make a new installation.");
}

/// An installation opened for one command, and the service on top of it.
class OwnedAdminPort final : public AdminPort {
 public:
  /// Says on `error_output` what it made or completed on the way.
  static Result<std::unique_ptr<AdminPort>> Open(const Settings& settings,
                                                 std::ostream& error_output) {
    std::unique_ptr<OwnedAdminPort> port{new OwnedAdminPort{error_output}};
    if (!RequireInstallation(settings)) {
      error_output << "latchkey: there is no installation in " << settings.data
                   << " yet: making a new one\n";
    }
    Result<std::unique_ptr<Installation>> installation =
        Installation::Open(settings, port->clock_, port->alarms_);
    if (!installation) return std::unexpected(installation.error());
    port->installation_ = std::move(*installation);
    if (const std::uint64_t completed = port->installation_->completed(); completed != 0) {
      error_output << "latchkey: " << completed
                   << " change(s) that the database held were missing from the end of the journal, "
                      "as after a crash, and "
                      "were added to it\n";
    }
    port->service_ = std::make_unique<admin::AdminService>(port->installation_->AdminParts(
        {.public_url = PublicUrl(settings, settings.http.listen_port), .serving = false}));
    port->local_ = std::make_unique<admin::LocalAdminPort>(*port->service_, LocalCaller().actor);
    return port;
  }

  Result<Json> Call(std::string_view method, const Json& params) override {
    return local_->Call(method, params);
  }

 private:
  explicit OwnedAdminPort(std::ostream& error_output) : alarms_(error_output) {}

  SystemClock clock_;
  PrintedAlarms alarms_;
  std::unique_ptr<Installation> installation_;
  std::unique_ptr<admin::AdminService> service_;
  std::unique_ptr<admin::LocalAdminPort> local_;
};

/// A running server's socket; where there is none, the installation itself. Another command may
/// hold the directory for a moment, or a server may be about to listen: both are waited for.
Result<std::unique_ptr<AdminPort>> Connect(const cli::Location& location,
                                           std::ostream& error_output) {
  constexpr auto kPatience = std::chrono::seconds{10};
  constexpr auto kPause = std::chrono::milliseconds{20};
  const Result<Settings> settings = SettingsAt(location);
  if (!settings) return std::unexpected(settings.error());
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (true) {
    Result<std::unique_ptr<admin::SocketAdminPort>> socket =
        admin::SocketAdminPort::Connect(settings->data);
    if (socket) return std::move(*socket);
    if (socket.error().code != Error::Code::kNotFound) return std::unexpected(socket.error());
    if (!location.may_make) {
      if (Result<void> there = RequireInstallation(*settings); !there) {
        return std::unexpected(there.error());
      }
    }
    Result<std::unique_ptr<AdminPort>> own = OwnedAdminPort::Open(*settings, error_output);
    const bool busy = !own && own.error().code == Error::Code::kInUse;
    if (!busy || std::chrono::steady_clock::now() > deadline) return own;
    std::this_thread::sleep_for(kPause);
  }
}

Result<void> RunServer(const cli::ServeOptions& options, std::ostream& output) {
  const Result<Settings> settings =
      LoadSettings(options.config_file, ProcessVariables(), options.flags);
  if (!settings) return std::unexpected(settings.error());
  return Serve(*settings, [&output](const Started& facts) {
    output << "Latchkey serves " << facts.public_url << '\n';
    if (!facts.set_up_link.empty()) {
      output << "Nobody can sign in yet. This link makes the first administrator, once, within a "
                "day:\n\n    "
             << facts.set_up_link.Expose() << "\n\n";
    }
    output << std::flush;
  });
}

Result<RepairReport> RepairAt(const cli::Location& location, const Clock& clock) {
  const Result<Settings> settings = SettingsAt(location);
  if (!settings) return std::unexpected(settings.error());
  if (Result<void> there = RequireInstallation(*settings); !there) {
    return std::unexpected(there.error());
  }
  SystemRandom random;
  Result<OpenedFiles> files = OpenFilesForRepair(*settings, random, clock);
  if (!files) return std::unexpected(files.error());
  return Repair(files->books());
}

Result<cli::KeyringRotation> RotateAt(const cli::Location& location, const Clock& clock,
                                      std::ostream& error_output) {
  const Result<Settings> settings = SettingsAt(location);
  if (!settings) return std::unexpected(settings.error());
  if (Result<void> there = RequireInstallation(*settings); !there) {
    return std::unexpected(there.error());
  }
  PrintedAlarms alarms{error_output};
  const Result<KeyringRotated> rotated = RotateKeyring(*settings, clock, alarms, LocalCaller());
  if (!rotated) return std::unexpected(rotated.error());
  return cli::KeyringRotation{
      .newest = rotated->newest, .keys = rotated->keys, .resealed = rotated->resealed};
}

Result<cli::BackupMade> BackUp(const cli::Location& location, const std::string& directory,
                               const Clock& clock) {
  const Result<Settings> settings = SettingsAt(location);
  if (!settings) return std::unexpected(settings.error());
  if (Result<void> there = RequireInstallation(*settings); !there) {
    return std::unexpected(there.error());
  }
  const Result<BackupReport> made = MakeBackup(*settings, directory, clock);
  if (!made) return std::unexpected(made.error());
  return cli::BackupMade{.changes = made->changes, .added = made->added};
}

Result<cli::BackupRestored> Restore(const cli::Location& location, const std::string& directory,
                                    const Clock& clock) {
  const Result<Settings> settings = SettingsAt(location);
  if (!settings) return std::unexpected(settings.error());
  SystemRandom random;
  const Result<RestoreReport> done = RestoreBackup(*settings, directory, random, clock);
  if (!done) return std::unexpected(done.error());
  return cli::BackupRestored{.changes = done->changes,
                             .added = done->added,
                             .restored = done->restored,
                             .made_at = done->made_at};
}

Result<std::vector<cli::SettingLine>> ShowSettings(const cli::ServeOptions& options) {
  const Result<Settings> settings =
      LoadSettings(options.config_file, ProcessVariables(), options.flags);
  if (!settings) return std::unexpected(settings.error());
  std::vector<cli::SettingLine> lines;
  for (const SettingRow& row : SettingTable()) {
    lines.push_back({.key = std::string{row.key},
                     .value = row.show(*settings),
                     .description = std::string{row.description}});
  }
  return lines;
}

}  // namespace

cli::CliEnvironment MakeCliEnvironment() {
  cli::CliEnvironment environment = cli::MakeProcessEnvironment();
  std::ostream& output = *environment.output;
  std::ostream& error_output = *environment.error_output;
  const Clock& clock = *environment.clock;
  environment.connect = [&error_output](const cli::Location& location) {
    return Connect(location, error_output);
  };
  environment.serve = [&output](const cli::ServeOptions& options) {
    return RunServer(options, output);
  };
  environment.repair = [&clock](const cli::Location& location) {
    return RepairAt(location, clock);
  };
  environment.rotate_keyring = [&clock, &error_output](const cli::Location& location) {
    return RotateAt(location, clock, error_output);
  };
  environment.make_backup = [&clock](const cli::Location& location, const std::string& directory) {
    return BackUp(location, directory, clock);
  };
  environment.restore_backup = [&clock](const cli::Location& location,
                                        const std::string& directory) {
    return Restore(location, directory, clock);
  };
  environment.show_settings = ShowSettings;
  AddClientPorts(environment);
  for (const SettingRow& row : SettingTable()) {
    environment.setting_flags.push_back({.key = std::string{row.key},
                                         .form = std::string{row.form},
                                         .description = std::string{row.description}});
  }
  return environment;
}

}  // namespace latchkey::server
