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
