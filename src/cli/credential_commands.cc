#include <memory>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/instructions.h"
#include "cli/show.h"

namespace latchkey::cli {
namespace {

/// What the two nouns, `token` and `app-password`, have in common and apart.
struct Noun {
  std::string command;       // Of the program, and of the admin methods.
  std::string grant_option;  // `--scope`
  std::string grant_param;   // `scopes`
  std::string grant_title;
  std::string grant_example;
};

struct NewCredentialOptions {
  std::string account;
  std::string name;
  std::string app = "bitbucket";
  std::vector<std::string> grants;
  std::string expires;
};

struct EditOptions {
  std::string id;
  std::string text;
};

int CreateCredential(Session& session, const Noun& noun, const NewCredentialOptions& options) {
  Json params{{"account", options.account}, {"name", options.name}, {"app", options.app}};
  params[noun.grant_param] = options.grants;
  if (!options.expires.empty()) params["expires"] = options.expires;
  return session.Run(noun.command + ".create", std::move(params),
                     [&session](const Json& issued) { PrintInstructions(session, issued); });
}

void AddCreate(CLI::App& group, Session& session, const Noun& noun) {
  const bool api_token = noun.command == "token";
  const std::string call =
      "  latchkey " + noun.command + " create --data DIR --account ana --name ";
  CLI::App* command = AddCommand(
      group, "create", "Create one, and show its secret once",
      call + "laptop " + noun.grant_option + " " + noun.grant_example +
          (api_token ? " --expires 90d\n" : "\n") + call + "\"nightly build\" " +
          noun.grant_option + " " + noun.grant_example + " --expires 2027-03-31 --json\n" +
          "\n\"latchkey catalogue bitbucket --data DIR\" lists the scopes and permissions.\n");
  const auto options = std::make_shared<NewCredentialOptions>();
  command->add_option("--account", options->account, "Whose: username or e-mail")
      ->type_name("U")
      ->required();
  command->add_option("--name", options->name, "What it is for")->type_name("N")->required();
  command->add_option("--app", options->app, "For which app; bitbucket unless given")
      ->type_name("APP");
  command->add_option(noun.grant_option, options->grants, noun.grant_title + "; repeat for more")
      ->type_name(api_token ? "S" : "P")
      ->allow_extra_args(false)
      ->required();
  command
      ->add_option("--expires", options->expires,
                   "90d, 12h, 2w, a date (through its end, in UTC) or an RFC 3339 time" +
                       std::string{api_token ? "" : "; never unless given"})
      ->type_name("WHEN");
  AddInstallationOptions(command, session);
  SetAction(command, session,
            [&session, noun, options] { return CreateCredential(session, noun, *options); });
}

void AddList(CLI::App& group, Session& session, const Noun& noun) {
  CLI::App* command =
      AddCommand(group, "list", "List them, newest first; never their secrets",
                 "  latchkey " + noun.command + " list --data DIR\n" + "  latchkey " +
                     noun.command + " list --data DIR --account ana\n");
  const auto account = std::make_shared<std::string>();
  command->add_option("--account", *account, "Only those of one account")->type_name("U");
  AddInstallationOptions(command, session);
  SetAction(command, session, [&session, noun, account] {
    Json params = Json::object();
    if (!account->empty()) params["account"] = *account;
    return session.RunList(
        noun.command + ".list", std::move(params),
        {"ID", "NAME", "ACCOUNT", "APP", "STATE", "EXPIRES", "LAST USED"},
        [&session](const Json& row) -> std::vector<Cell> {
          return {{ShowMember(row, "id")},
                  {ShowMember(row, "name")},
                  {ShowMember(row, "account")},
                  {ShowMember(row, "app")},
                  ShowState(row),
                  {ShowExpiry(row, "expires_at", session.now())},
                  {ShowInstant(row, "last_used_at", session.now(), "never")}};
        },
        "None yet.");
  });
}

void ShowCredential(const Session& session, const Json& row) {
  PrintFields(session, {{"id", {ShowMember(row, "id")}},
                        {"kind", {ShowMember(row, "kind")}},
                        {"name", {ShowMember(row, "name")}},
                        {"account", {ShowMember(row, "account")}},
                        {"app", {ShowMember(row, "app")}},
                        {"scopes", {ShowMember(row, "scopes")}},
                        {"permissions", {ShowMember(row, "permissions")}},
                        {"state", ShowState(row)},
                        {"created", {ShowInstant(row, "created_at", session.now(), "")}},
                        {"expires", {ShowExpiry(row, "expires_at", session.now())}},
                        {"revoked", {ShowInstant(row, "revoked_at", session.now(), "")}},
                        {"reason", {ShowMember(row, "revoke_reason")}},
                        {"last used", {ShowInstant(row, "last_used_at", session.now(), "never")}},
                        {"from", {ShowMember(row, "last_used_from")}},
                        {"with", {ShowMember(row, "last_used_with")}},
                        {"uses", {ShowMember(row, "use_count")}}});
}

void AddShow(CLI::App& group, Session& session, const Noun& noun) {
  CLI::App* command =
      AddCommand(group, "show", "Show what one may do, and until when; never its secret",
                 "  latchkey " + noun.command + " show 9fK2mQ7LwXc --data DIR\n");
  const auto id = std::make_shared<std::string>();
  command->add_option("ID", *id, "Its id, 11 letters and digits")->required();
  AddInstallationOptions(command, session);
  SetAction(command, session, [&session, noun, id] {
    return session.Run(noun.command + ".show", Json{{"id", *id}},
                       [&session](const Json& row) { ShowCredential(session, row); });
  });
}

void AddRename(CLI::App& group, Session& session, const Noun& noun) {
  CLI::App* command =
      AddCommand(group, "rename", "Give one another name",
                 "  latchkey " + noun.command + " rename 9fK2mQ7LwXc \"old laptop\" --data DIR\n");
  const auto options = std::make_shared<EditOptions>();
  command->add_option("ID", options->id, "Its id, 11 letters and digits")->required();
  command->add_option("NAME", options->text, "The new name")->required();
  AddInstallationOptions(command, session);
  SetAction(command, session, [&session, noun, options] {
    return session.Run(noun.command + ".rename", Json{{"id", options->id}, {"name", options->text}},
                       [&session](const Json& row) {
                         session.out() << "Renamed " << ShowMember(row, "id") << ".\n";
                       });
  });
}

/// "confirmed by a, b"; nothing if nobody stands in the list.
std::string ShowNodes(const Json& row, const char* member, std::string_view verb) {
  std::string names;
  const Json list = row.value(member, Json::array());
  for (const Json& name : list) {
    names += (names.empty() ? "" : ", ") + EscapeForTerminal(name.get<std::string>(), 80);
  }
  return names.empty() ? std::string{} : "; " + std::string{verb} + " " + names;
}

void ShowRevoked(Session& session, const Json& row) {
  session.out() << "Revoked " << ShowMember(row, "id");
  if (row.contains("in_force_by")) {
    session.out() << "; no node accepts it from " << ShowMember(row, "in_force_by")
                  << " on, at the latest.\n";
    return;
  }
  session.out() << "; it is out of force now" << ShowNodes(row, "confirmed", "confirmed by")
                << ShowNodes(row, "fenced", "answers nothing:") << ".\n";
}

void AddRevoke(CLI::App& group, Session& session, const Noun& noun) {
  CLI::App* command =
      AddCommand(group, "revoke", "End one, at once and for ever",
                 "  latchkey " + noun.command +
                     " revoke 9fK2mQ7LwXc --reason \"laptop was stolen\" --data DIR\n");
  const auto options = std::make_shared<EditOptions>();
  command->add_option("ID", options->id, "Its id, 11 letters and digits")->required();
  command->add_option("--reason", options->text, "Why; its users are told")->type_name("TEXT");
  const auto no_wait = std::make_shared<bool>(false);
  command->add_flag("--no-wait", *no_wait,
                    "Of several nodes: do not wait until none of them accepts it");
  AddInstallationOptions(command, session);
  SetAction(command, session, [&session, noun, options, no_wait] {
    Json params{{"id", options->id}};
    if (!options->text.empty()) params["reason"] = options->text;
    if (*no_wait) params["wait"] = false;
    return session.Run(noun.command + ".revoke", std::move(params),
                       [&session](const Json& row) { ShowRevoked(session, row); });
  });
}

void AddNoun(CLI::App& app, Session& session, const Noun& noun, const std::string& description) {
  CLI::App* group = AddGroup(app, noun.command, description);
  AddCreate(*group, session, noun);
  AddList(*group, session, noun);
  AddShow(*group, session, noun);
  AddRename(*group, session, noun);
  AddRevoke(*group, session, noun);
}

}  // namespace

void AddCredentialCommands(CLI::App& app, Session& session) {
  AddNoun(app, session,
          Noun{.command = "token",
               .grant_option = "--scope",
               .grant_param = "scopes",
               .grant_title = "A scope",
               .grant_example = "read:repository:bitbucket"},
          "API tokens: scopes, and always an expiry");
  AddNoun(app, session,
          Noun{.command = "app-password",
               .grant_option = "--permission",
               .grant_param = "permissions",
               .grant_title = "A permission",
               .grant_example = "repository:write"},
          "App passwords: permissions, used with the account's username");
}

}  // namespace latchkey::cli
