#include <memory>

#include "cli/commands.h"
#include "cli/show.h"

namespace latchkey::cli {
namespace {

void PrintEntries(const Session& session, const Json& catalogue, const char* member,
                  const std::string& heading) {
  const auto entries = catalogue.find(member);
  if (entries == catalogue.end() || entries->empty()) return;
  session.out() << '\n';
  Table table{{heading, "WHAT IT ALLOWS", "IMPLIES"}};
  for (const Json& entry : *entries) {
    table.Add({{ShowMember(entry, "name")},
               {ShowMember(entry, "title")},
               {ShowMember(entry, "implies")}});
  }
  table.Print(session.out(), session.color());
}

int ShowCatalogue(Session& session, const std::string& app) {
  return session.Run("catalogue.show", Json{{"app", app}}, [&session](const Json& catalogue) {
    session.out() << ShowMember(catalogue, "title") << " (" << ShowMember(catalogue, "app")
                  << ")\n";
    PrintEntries(session, catalogue, "scopes", "SCOPE OF API TOKENS");
    PrintEntries(session, catalogue, "permissions", "PERMISSION OF APP PASSWORDS");
  });
}

int ListCatalogues(Session& session) {
  return session.RunList(
      "catalogue.list", Json::object(), {"APP", "TITLE", "SCOPES", "PERMISSIONS"},
      [](const Json& row) -> std::vector<Cell> {
        return {{ShowMember(row, "app")},
                {ShowMember(row, "title")},
                {ShowMember(row, "scopes")},
                {ShowMember(row, "permissions")}};
      },
      "No apps.");
}

}  // namespace

void AddCatalogueCommands(CLI::App& app, Session& session) {
  CLI::App* command =
      AddCommand(app, "catalogue", "List the apps, or the scopes and permissions of one",
                 "  latchkey catalogue --data DIR\n"
                 "  latchkey catalogue bitbucket --data DIR\n");
  const auto name = std::make_shared<std::string>();
  command->add_option("APP", *name, "An app, e.g. bitbucket");
  AddInstallationOptions(command, session);
  SetAction(command, session, [&session, name] {
    return name->empty() ? ListCatalogues(session) : ShowCatalogue(session, *name);
  });
}

}  // namespace latchkey::cli
