#include "cli/commands.h"
#include "cli/show.h"

namespace latchkey::cli {
namespace {

int VerifyAudit(Session& session) {
  const Result<Json> report = session.Call("audit.verify", Json::object());
  if (!report) return session.Report(report.error());
  const auto findings = report->find("findings");
  const bool well = findings != report->end() && findings->is_array() && findings->empty();
  if (session.json) {
    session.PrintJson(*report);
  } else if (well) {
    session.out() << "Journal and database agree: " << ShowMember(*report, "changes")
                  << " changes, " << ShowMember(*report, "records") << " records.\n";
  } else {
    Table table{{"FINDING"}};
    for (const Json& finding : *findings) {
      table.Add({{finding.is_string() ? finding.get_ref<const std::string&>() : finding.dump(),
                  Style::kBad}});
    }
    table.Print(session.out(), session.color());
    session.err() << "latchkey: journal and database do not agree\n"
                     "  docs/operating.md describes each finding and what to do about it.\n";
  }
  return well ? kOk : kTampered;
}

int RepairAudit(Session& session) {
  const Result<Location> location = session.FindLocation();
  if (!location) return session.ReportUsage(location.error().message, location.error().hint);
  const Result<RepairReport> report = session.environment().repair(*location);
  if (!report) return session.ReportStart(report.error());
  if (session.json) {
    session.PrintJson(Json{{"restored", report->restored}, {"completed", report->completed}});
  } else {
    session.out() << "Made again in the database from the journal: " << report->restored
                  << " changes.\nAdded to the journal from the database: " << report->completed
                  << " changes.\n";
  }
  return kOk;
}

int RotateKeyring(Session& session) {
  const Result<Location> location = session.FindLocation();
  if (!location) return session.ReportUsage(location.error().message, location.error().hint);
  const Result<KeyringRotation> rotation = session.environment().rotate_keyring(*location);
  if (!rotation) return session.ReportStart(rotation.error());
  if (session.json) {
    session.PrintJson(Json{
        {"newest", rotation->newest}, {"keys", rotation->keys}, {"resealed", rotation->resealed}});
  } else {
    session.out() << "Key " << rotation->newest << " seals from now on; the ring holds "
                  << rotation->keys << " keys. Records sealed anew: " << rotation->resealed
                  << ".\nKeep a copy of the keyring, apart from those of the database.\n";
  }
  return kOk;
}

}  // namespace

void AddAuditCommands(CLI::App& app, Session& session) {
  CLI::App* audit = AddGroup(app, "audit", "The audit journal and the database");
  CLI::App* verify = AddCommand(*audit, "verify", "Check the journal's chain against the database",
                                "  latchkey audit verify --data DIR\n");
  AddInstallationOptions(verify, session);
  SetAction(verify, session, [&session] { return VerifyAudit(session); });

  CLI::App* repair = AddCommand(
      *audit, "repair", "Make both agree again, losing no change; only while no server runs",
      "  latchkey audit repair --data DIR\n");
  AddInstallationOptions(repair, session);
  SetAction(repair, session, [&session] { return RepairAudit(session); });

  CLI::App* keyring = AddGroup(app, "keyring", "The keys that seal records");
  CLI::App* rotate = AddCommand(*keyring, "rotate",
                                "Add a fresh sealing key, and seal with it; no credential changes",
                                "  latchkey keyring rotate --data DIR\n");
  AddInstallationOptions(rotate, session);
  SetAction(rotate, session, [&session] { return RotateKeyring(session); });
}

}  // namespace latchkey::cli
