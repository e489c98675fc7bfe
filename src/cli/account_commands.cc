#include <memory>

#include "cli/commands.h"
#include "cli/secret_input.h"
#include "cli/show.h"

namespace latchkey::cli {
namespace {

struct NewAccountOptions {
  std::string email;
  std::string username;
  std::string name;
  bool admin = false;
  bool service = false;
  bool password = false;
};

void ShowAccount(const Session& session, const Json& account) {
  PrintFields(session, {{"username", {ShowMember(account, "username")}},
                        {"name", {ShowMember(account, "name")}},
                        {"e-mail", {ShowMember(account, "email")}},
                        {"kind", {ShowMember(account, "kind")}},
                        {"admin", {ShowMember(account, "admin")}},
                        {"state", ShowState(account)},
                        {"created", {ShowInstant(account, "created_at", session.now(), "")}},
                        {"id", {ShowMember(account, "id")}}});
  const auto workspaces = account.find("workspaces");
  if (workspaces == account.end()) return;
  std::string list;
  for (const Json& entry : *workspaces) {
    list += (list.empty() ? "" : ", ") + ShowMember(entry, "workspace") + " (" +
            ShowMember(entry, "role") + ")";
  }
  PrintFields(session, {{"workspaces", {list.empty() ? "none" : list}},
                        {"can sign in", {ShowMember(account, "can_sign_in")}},
                        {"second step", {ShowMember(account, "second_step")}},
                        {"sessions", {ShowMember(account, "sessions")}}});
}

int CreateAccount(Session& session, const NewAccountOptions& options) {
  Json params{{"email", options.email},
              {"username", options.username},
              {"name", options.name},
              {"admin", options.admin},
              {"service", options.service}};
  if (options.password) {
    const Result<SecretString> password = ObtainSecret(session, "Password: ", /*from_input=*/false);
    if (!password) return session.Report(password.error());
    params["password"] = password->Expose();
  }
  return session.Run("account.create", std::move(params), [&session](const Json& account) {
    session.out() << "Created account " << ShowMember(account, "username") << ".\n";
  });
}

void AddCreate(CLI::App& group, Session& session) {
  CLI::App* command = AddCommand(
      group, "create", "Create an account",
      "  latchkey account create --data DIR --email ana@example.com --username ana --name \"Ana\"\n"
      "  latchkey account create --data DIR --email ci@example.com --username ci --service\n"
      "  pass ana | latchkey account create --data DIR --email ana@example.com --username ana "
      "--password-stdin\n");
  const auto options = std::make_shared<NewAccountOptions>();
  command->add_option("--email", options->email, "Unique, in whatever letter case")
      ->type_name("E")
      ->required();
  command->add_option("--username", options->username, R"(Letters, digits, "_" and "-"; unique)")
      ->type_name("U")
      ->required();
  command->add_option("--name", options->name, "What people see; else the username")
      ->type_name("N");
  command->add_flag("--admin", options->admin, "May administer the installation");
  command->add_flag("--service", options->service, "A service account, not a person");
  command->add_flag("--password-stdin", options->password,
                    "Read a password to sign in with from standard input, or ask for it");
  AddInstallationOptions(command, session);
  SetAction(command, session, [&session, options] { return CreateAccount(session, *options); });
}

void AddList(CLI::App& group, Session& session) {
  CLI::App* command =
      AddCommand(group, "list", "List the accounts", "  latchkey account list --data DIR\n");
  AddInstallationOptions(command, session);
  SetAction(command, session, [&session] {
    return session.RunList(
        "account.list", Json::object(), {"USERNAME", "NAME", "E-MAIL", "KIND", "ADMIN", "STATE"},
        [](const Json& row) -> std::vector<Cell> {
          return {{ShowMember(row, "username")}, {ShowMember(row, "name")},
                  {ShowMember(row, "email")},    {ShowMember(row, "kind")},
                  {ShowMember(row, "admin")},    ShowState(row)};
        },
        "No accounts yet.");
  });
}

/// A command on one account.
void AddOnAccount(CLI::App& group, Session& session, const std::string& verb,
                  const std::string& method, const std::string& description,
                  void (*show)(const Session& session, const Json& answer)) {
  CLI::App* command =
      AddCommand(group, verb, description, "  latchkey account " + verb + " ana --data DIR\n");
  const auto account = std::make_shared<std::string>();
  command->add_option("U", *account, "Username or e-mail")->required();
  AddInstallationOptions(command, session);
  SetAction(command, session, [&session, account, method, show] {
    return session.Run(method, Json{{"account", *account}},
                       [&session, show](const Json& answer) { show(session, answer); });
  });
}

void ShowNewState(const Session& session, const Json& account) {
  session.out() << "Account " << ShowMember(account, "username") << " is "
                << ShowMember(account, "state") << ".\n";
}

void ShowLink(const Session& session, const Json& made) {
  const bool invitation = ShowMember(made, "kind") == "invitation";
  session.out() << (invitation ? "With this link " : "With this link, which ends all sessions, ")
                << ShowMember(made, "username") << " chooses a password, once, before "
                << ShowMember(made, "expires_at") << ":\n\n    " << ShowMember(made, "link")
                << "\n\nIt is shown once, and those made before are of no use any more.\n";
}

void ShowSecondStepReset(const Session& session, const Json& answer) {
  const std::string username = ShowMember(answer, "username");
  if (answer.at("reset") != true) {
    session.out() << username << " has no second step.\n";
    return;
  }
  session.out() << "Took authenticator app, passkeys and recovery codes of " << username
                << " away, and ended its sessions.\n";
}

void ShowSessionsEnded(const Session& session, const Json& answer) {
  session.out() << "Ended " << answer.at("ended").get<std::uint64_t>() << " session(s) of "
                << ShowMember(answer, "username") << ".\n";
}

}  // namespace

void AddAccountCommands(CLI::App& app, Session& session) {
  CLI::App* group = AddGroup(app, "account", "People and service accounts");
  AddCreate(*group, session);
  AddList(*group, session);
  AddOnAccount(*group, session, "show", "account.show", "Show an account and its workspaces",
               ShowAccount);
  AddOnAccount(*group, session, "suspend", "account.suspend",
               "Take all of an account's credentials out of force, and end its sessions",
               ShowNewState);
  AddOnAccount(*group, session, "resume", "account.resume", "Put the credentials back into force",
               ShowNewState);
  AddOnAccount(*group, session, "link", "account.link",
               "Print a one-time link with which its owner chooses a password", ShowLink);
  AddOnAccount(*group, session, "second-step-reset", "account.reset-second-step",
               "Take authenticator app, passkeys and recovery codes away, when they are lost",
               ShowSecondStepReset);
  AddOnAccount(*group, session, "sessions-end", "account.end-sessions",
               "Sign an account out everywhere", ShowSessionsEnded);
}

}  // namespace latchkey::cli
