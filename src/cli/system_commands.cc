#include <memory>

#include "admin/version.h"
#include "cli/commands.h"
#include "cli/completion.h"
#include "cli/show.h"

namespace latchkey::cli {
namespace {

void ShowStatus(const Session& session, const Json& status) {
  const bool healthy = ShowMember(status, "healthy") == "yes";
  const bool complete = ShowMember(status, "refused_records") == "0";
  PrintFields(session,
              {{"version", {ShowMember(status, "version")}},
               {"serving", {ShowMember(status, "serving")}},
               {"process", {ShowMember(status, "pid")}},
               {"public URL", {ShowMember(status, "public_url")}},
               {"accounts", {ShowMember(status, "accounts")}},
               {"workspaces", {ShowMember(status, "workspaces")}},
               {"repositories", {ShowMember(status, "repositories")}},
               {"credentials", {ShowMember(status, "credentials")}},
               {"changes", {ShowMember(status, "position")}},
               {"refused records",
                {ShowMember(status, "refused_records"), complete ? Style::kPlain : Style::kBad}},
               {"healthy", {ShowMember(status, "healthy"), healthy ? Style::kGood : Style::kBad}}});
}

void ShowCluster(const Session& session, const Json& status) {
  const auto nodes = status.find("nodes");
  if (nodes == status.end() || !nodes->is_array() || nodes->empty()) {
    session.out() << "This node is alone: its database is in its own data directory.\n";
    return;
  }
  Table table{{"NODE", "STATE", "POSITION", "BEHIND", "SILENT", "RELEASE", "URL"}};
  for (const Json& node : *nodes) {
    const bool live = ShowMember(node, "state") == "live";
    table.Add({{ShowMember(node, "name") + (node.value("own", false) ? " (this one)" : "")},
               {ShowMember(node, "state"), live ? Style::kGood : Style::kBad},
               {ShowMember(node, "position")},
               {ShowMember(node, "behind")},
               {ShowMember(node, "silent_ms") + " ms"},
               {ShowMember(node, "release")},
               {ShowMember(node, "url")}});
  }
  table.Print(session.out(), session.color());
}

int PrintCompletion(const Session& session, const CLI::App& app, const std::string& shell) {
  const std::optional<std::string> script = CompletionScript(shell, app);
  if (!script) {
    return session.ReportUsage("there is no completion for that shell", "Use bash, zsh or fish.");
  }
  session.out() << *script;
  return kOk;
}

}  // namespace

void AddSystemCommands(CLI::App& app, Session& session) {
  CLI::App* status = AddCommand(app, "status", "Show what the installation holds, and its health",
                                "  latchkey status --data DIR\n");
  AddInstallationOptions(status, session);
  SetAction(status, session, [&session] {
    return session.Run("status", Json::object(),
                       [&session](const Json& answer) { ShowStatus(session, answer); });
  });

  CLI::App* cluster = AddGroup(app, "cluster", "The nodes that share a database");
  CLI::App* nodes =
      AddCommand(*cluster, "status", "List the nodes: how far each is, and whether it lives",
                 "  latchkey cluster status --data DIR\n");
  AddInstallationOptions(nodes, session);
  SetAction(nodes, session, [&session] {
    return session.Run("cluster.status", Json::object(),
                       [&session](const Json& answer) { ShowCluster(session, answer); });
  });

  CLI::App* completion =
      AddCommand(app, "completion", "Print a completion script for bash, zsh or fish",
                 "  source <(latchkey completion bash)\n"
                 "  latchkey completion fish > ~/.config/fish/completions/latchkey.fish\n");
  const auto shell = std::make_shared<std::string>();
  completion->add_option("SHELL", *shell, "bash, zsh or fish")->required();
  SetAction(completion, session,
            [&session, &app, shell] { return PrintCompletion(session, app, *shell); });

  CLI::App* version =
      AddCommand(app, "version", "Print the program's version", "  latchkey version\n");
  AddJsonOption(version, session);
  SetAction(version, session, [&session] {
    if (session.json) {
      session.PrintJson(Json{{"version", admin::Version()}});
    } else {
      session.out() << "latchkey " << admin::Version() << '\n';
    }
    return int{kOk};
  });
}

}  // namespace latchkey::cli
