#include <memory>

#include "cli/commands.h"
#include "cli/show.h"

namespace latchkey::cli {
namespace {

struct MemberOptions {
  std::string workspace;
  std::string account;
  std::string role;
};

void AddCreate(CLI::App& group, Session& session) {
  CLI::App* command = AddCommand(group, "create", "Create a workspace",
                                 "  latchkey workspace create acme --data DIR\n");
  const auto slug = std::make_shared<std::string>();
  command->add_option("SLUG", *slug, R"(Lower-case letters, digits, "_" and "-")")->required();
  AddInstallationOptions(command, session);
  SetAction(command, session, [&session, slug] {
    return session.Run("workspace.create", Json{{"workspace", *slug}}, [&](const Json& answer) {
      session.out() << "Created workspace " << ShowMember(answer, "slug") << ".\n";
    });
  });
}

void AddGrant(CLI::App& group, Session& session) {
  CLI::App* command = AddCommand(group, "grant", "Make an account a member, or change its role",
                                 "  latchkey workspace grant acme ana write --data DIR\n");
  const auto options = std::make_shared<MemberOptions>();
  command->add_option("SLUG", options->workspace, "The workspace")->required();
  command->add_option("U", options->account, "Username or e-mail")->required();
  command->add_option("ROLE", options->role, "read, write or admin")->required();
  AddInstallationOptions(command, session);
  SetAction(command, session, [&session, options] {
    return session.Run("workspace.grant",
                       Json{{"workspace", options->workspace},
                            {"account", options->account},
                            {"role", options->role}},
                       [&session](const Json& answer) {
                         session.out() << ShowMember(answer, "account") << " may now "
                                       << ShowMember(answer, "role") << " in "
                                       << ShowMember(answer, "workspace") << ".\n";
                       });
  });
}

void AddRemove(CLI::App& group, Session& session) {
  CLI::App* command = AddCommand(group, "remove", "Take an account out of a workspace",
                                 "  latchkey workspace remove acme ana --data DIR\n");
  const auto options = std::make_shared<MemberOptions>();
  command->add_option("SLUG", options->workspace, "The workspace")->required();
  command->add_option("U", options->account, "Username or e-mail")->required();
  AddInstallationOptions(command, session);
  SetAction(command, session, [&session, options] {
    return session.Run("workspace.remove",
                       Json{{"workspace", options->workspace}, {"account", options->account}},
                       [&session](const Json& answer) {
                         session.out() << ShowMember(answer, "account") << " is no member of "
                                       << ShowMember(answer, "workspace") << " any more.\n";
                       });
  });
}

void AddList(CLI::App& group, Session& session) {
  CLI::App* command =
      AddCommand(group, "list", "List the workspaces", "  latchkey workspace list --data DIR\n");
  AddInstallationOptions(command, session);
  SetAction(command, session, [&session] {
    return session.RunList(
        "workspace.list", Json::object(), {"SLUG", "MEMBERS", "CREATED"},
        [&session](const Json& row) -> std::vector<Cell> {
          return {{ShowMember(row, "slug")},
                  {ShowMember(row, "members")},
                  {ShowInstant(row, "created_at", session.now(), "")}};
        },
        "No workspaces yet.");
  });
}

void ShowWorkspace(const Session& session, const Json& workspace) {
  PrintFields(session, {{"workspace", {ShowMember(workspace, "slug")}},
                        {"created", {ShowInstant(workspace, "created_at", session.now(), "")}},
                        {"repositories", {ShowMember(workspace, "repositories")}}});
  const auto members = workspace.find("members");
  if (members == workspace.end() || members->empty()) return;
  session.out() << '\n';
  Table table{{"MEMBER", "ROLE"}};
  for (const Json& member : *members) {
    table.Add({{ShowMember(member, "account")}, {ShowMember(member, "role")}});
  }
  table.Print(session.out(), session.color());
}

void AddShow(CLI::App& group, Session& session) {
  CLI::App* command = AddCommand(group, "show", "Show a workspace, its members and repositories",
                                 "  latchkey workspace show acme --data DIR\n");
  const auto slug = std::make_shared<std::string>();
  command->add_option("SLUG", *slug, "The workspace")->required();
  AddInstallationOptions(command, session);
  SetAction(command, session, [&session, slug] {
    return session.Run("workspace.show", Json{{"workspace", *slug}},
                       [&session](const Json& answer) { ShowWorkspace(session, answer); });
  });
}

}  // namespace

void AddWorkspaceCommands(CLI::App& app, Session& session) {
  CLI::App* group = AddGroup(app, "workspace", "Workspaces and who may do what in them");
  AddCreate(*group, session);
  AddGrant(*group, session);
  AddRemove(*group, session);
  AddList(*group, session);
  AddShow(*group, session);
}

}  // namespace latchkey::cli
