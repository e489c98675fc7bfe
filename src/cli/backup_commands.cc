#include <memory>
#include <string>

#include "base/instant.h"
#include "cli/commands.h"

namespace latchkey::cli {
namespace {

int MakeBackup(Session& session, const std::string& directory) {
  const Result<Location> location = session.FindLocation();
  if (!location) return session.ReportUsage(location.error().message, location.error().hint);
  const Result<BackupMade> made = session.environment().make_backup(*location, directory);
  if (!made) return session.ReportStart(made.error());
  if (session.json) {
    session.PrintJson(Json{{"changes", made->changes}, {"added", made->added}});
  } else {
    session.out() << "The backup holds " << made->changes << " changes, whole and in order; "
                  << made->added
                  << " of them are new.\nThe keyring and the repositories are not in it.\n";
  }
  return kOk;
}

int RestoreBackup(Session& session, const std::string& directory) {
  const Result<Location> location = session.FindLocation();
  if (!location) return session.ReportUsage(location.error().message, location.error().hint);
  const Result<BackupRestored> done = session.environment().restore_backup(*location, directory);
  if (!done) return session.ReportStart(done.error());
  const std::string made_at = FormatInstant(done->made_at);
  if (session.json) {
    session.PrintJson(Json{{"changes", done->changes},
                           {"added", done->added},
                           {"restored", done->restored},
                           {"made_at", made_at}});
  } else {
    session.out() << "The backup of " << made_at << " held " << done->changes << " changes; "
                  << done->added << " were put into the journal and " << done->restored
                  << " made again in the database.\nWhat was changed after that moment is not in "
                     "it: revoke again what was revoked since.\n";
  }
  return kOk;
}

}  // namespace

void AddBackupCommands(CLI::App& app, Session& session) {
  CLI::App* backup = AddCommand(
      app, "backup", "Keep a checked copy of every change in a folder, or bring it up to date",
      "  latchkey backup /backups/latchkey --data DIR\n"
      "  May run beside a server. Called again it adds what is new.\n");
  const auto to = std::make_shared<std::string>();
  backup->add_option("FOLDER", *to, "where the backup is kept")->required();
  AddInstallationOptions(backup, session);
  SetAction(backup, session, [&session, to] { return MakeBackup(session, *to); });

  CLI::App* restore =
      AddCommand(app, "restore", "Make an installation from a backup; only while no server runs",
                 "  latchkey restore /backups/latchkey --data DIR\n"
                 "  Put the keyring in its place first. Never goes back behind what DIR holds.\n");
  const auto from = std::make_shared<std::string>();
  restore->add_option("FOLDER", *from, "the folder that \"latchkey backup\" made")->required();
  AddInstallationOptions(restore, session);
  SetAction(restore, session, [&session, from] { return RestoreBackup(session, *from); });
}

}  // namespace latchkey::cli
