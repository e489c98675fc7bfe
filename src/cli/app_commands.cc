#include <memory>

#include "admin/app_definition.h"
#include "cli/commands.h"
#include "cli/show.h"
#include "cli/text_file.h"

namespace latchkey::cli {
namespace {

struct AddOptions {
  std::string name;
  std::string catalogue;
  std::string openapi;
  std::string base_path;
  bool base_path_given = false;
};

/// Puts the text of a file, and what errors call it, into `params`.
Result<void> AddFile(Json& params, const std::string& member, const std::string& path,
                     std::size_t size_max) {
  if (path.empty()) return {};
  Result<std::string> text = ReadTextFile(path, size_max);
  if (!text) return std::unexpected(text.error());
  params[member] = *std::move(text);
  params[member + "_file"] = path;
  return {};
}

/// `a b, or c`; "any credential of the app" for an empty set.
std::string ShowAlternatives(const Json& object, std::string_view name, std::string_view none) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_array() || found->empty()) return std::string{none};
  std::string text;
  for (const Json& names : *found) {
    std::string one;
    for (const Json& value : names) {
      if (!one.empty()) one += " and ";
      one += value.is_string() ? value.get<std::string>() : value.dump();
    }
    if (!text.empty()) text += ", or ";
    text += one.empty() ? "any live one of the app" : one;
  }
  return text;
}

/// Operations that the document forgot, or so it seems.
void PrintUnstated(const Session& session, const Json& app) {
  const std::size_t count = app.value("stating_nothing", std::size_t{0});
  if (count == 0) return;
  const Json examples = app.value("stating_nothing_examples", Json::array());
  session.out() << count
                << " operation(s) say nothing of what they need, though the document declares "
                   "OAuth2 schemes: "
                << ShowMember(app, "stating_nothing_examples")
                << (examples.size() < count ? ", ...\n" : "\n");
}

void PrintAdded(const Session& session, const Json& app) {
  const bool replaced = app.value("replaced", false);
  session.out() << (replaced ? "Replaced" : "Added") << " the app " << ShowMember(app, "app")
                << ": " << ShowMember(app, "operations") << " operation(s), "
                << ShowMember(app, "scopes") << " scope(s), " << ShowMember(app, "permissions")
                << " permission(s).\n";
  if (app.value("operations", 0) > 0) {
    session.out() << "Operations open to anybody: " << ShowMember(app, "open_to_anybody")
                  << "; to any live credential of the app: " << ShowMember(app, "any_credential")
                  << ".\n";
  }
  PrintUnstated(session, app);
  const std::string withdrawn = ShowMember(app, "withdrawn");
  if (!withdrawn.empty()) {
    session.out() << "No longer there, and worth nothing to the credentials that hold them: "
                  << withdrawn << ".\n";
  }
}

int AddOne(Session& session, const AddOptions& options) {
  Json params{{"app", options.name}};
  Result<void> read = AddFile(params, "catalogue", options.catalogue, admin::kAppCatalogueSizeMax);
  if (read) read = AddFile(params, "openapi", options.openapi, admin::kAppDocumentSizeMax);
  if (!read) return session.Report(read.error());
  if (options.base_path_given) params["base_path"] = options.base_path;
  return session.Run("app.add", std::move(params),
                     [&session](const Json& app) { PrintAdded(session, app); });
}

void AddAdd(CLI::App& group, Session& session) {
  CLI::App* command = AddCommand(
      group, "add", "Add an app, or replace it: its catalogue, and its OpenAPI document",
      "  latchkey app add wiki --catalogue wiki.toml --openapi wiki.yaml --data DIR\n"
      "  latchkey app add wiki --openapi wiki.json --base-path /api --data DIR\n"
      "  latchkey app add bitbucket --openapi bitbucket.json --base-path /2.0 --data DIR\n");
  const auto options = std::make_shared<AddOptions>();
  command->add_option("NAME", options->name, "Lower-case letters, digits and \"-\"")->required();
  command
      ->add_option("--catalogue", options->catalogue,
                   "Scopes and permissions, as TOML; without it the document's scopes")
      ->type_name("FILE");
  command
      ->add_option("--openapi", options->openapi,
                   "OpenAPI 3 or Swagger 2, JSON or YAML: what each operation needs")
      ->type_name("FILE");
  CLI::Option* base_path = command->add_option(
      "--base-path", options->base_path,
      "What stands before the document's paths; without it what the document says");
  base_path->type_name("PATH");
  AddInstallationOptions(command, session);
  SetAction(command, session, [&session, options, base_path] {
    options->base_path_given = base_path->count() > 0;
    return AddOne(session, *options);
  });
}

void AddList(CLI::App& group, Session& session) {
  CLI::App* command =
      AddCommand(group, "list", "List the apps", "  latchkey app list --data DIR\n");
  AddInstallationOptions(command, session);
  SetAction(command, session, [&session] {
    return session.RunList(
        "app.list", Json::object(),
        {"APP", "TITLE", "BASE PATH", "OPERATIONS", "SCOPES", "PERMISSIONS"},
        [](const Json& row) -> std::vector<Cell> {
          return {{ShowMember(row, "app")},       {ShowMember(row, "title")},
                  {ShowMember(row, "base_path")}, {ShowMember(row, "operations")},
                  {ShowMember(row, "scopes")},    {ShowMember(row, "permissions")}};
        },
        "No apps.");
  });
}

void PrintApp(const Session& session, const Json& app) {
  PrintFields(session, {{"app", {ShowMember(app, "app")}},
                        {"title", {ShowMember(app, "title")}},
                        {"built in", {ShowMember(app, "built_in")}},
                        {"base path", {ShowMember(app, "base_path")}},
                        {"unmatched requests", {ShowMember(app, "unmatched")}},
                        {"paths let through", {ShowMember(app, "paths")}},
                        {"scopes", {ShowMember(app, "scopes")}},
                        {"permissions", {ShowMember(app, "permissions")}},
                        {"credentials in force", {ShowMember(app, "credentials_in_force")}},
                        {"operations", {ShowMember(app, "operations")}}});
  const auto operations = app.find("operation_list");
  if (operations == app.end() || operations->empty()) return;
  session.out() << '\n';
  Table table{{"METHOD", "PATH", "SCOPES OF API TOKENS", "PERMISSIONS OF APP PASSWORDS"}};
  for (const Json& row : *operations) {
    const bool open = row.value("open_to_anybody", false);
    table.Add(
        {{ShowMember(row, "method")},
         {ShowMember(row, "path")},
         {open ? "open to anybody" : ShowAlternatives(row, "scopes", "not open to them")},
         {open ? "open to anybody" : ShowAlternatives(row, "permissions", "not open to them")}});
  }
  table.Print(session.out(), session.color());
}

void AddShow(CLI::App& group, Session& session) {
  CLI::App* command = AddCommand(group, "show", "Show an app: every operation, and what it needs",
                                 "  latchkey app show wiki --data DIR\n");
  const auto name = std::make_shared<std::string>();
  command->add_option("NAME", *name, "The app")->required();
  AddInstallationOptions(command, session);
  SetAction(command, session, [&session, name] {
    return session.Run("app.show", Json{{"app", *name}},
                       [&session](const Json& app) { PrintApp(session, app); });
  });
}

void AddRemove(CLI::App& group, Session& session) {
  CLI::App* command = AddCommand(group, "remove", "Take an app away; of bitbucket, its document",
                                 "  latchkey app remove wiki --data DIR\n"
                                 "  latchkey app remove wiki --revoke-credentials --data DIR\n");
  const auto name = std::make_shared<std::string>();
  const auto revoke = std::make_shared<bool>(false);
  command->add_option("NAME", *name, "The app")->required();
  command->add_flag("--revoke-credentials", *revoke,
                    "Revoke its credentials that are in force, for ever");
  AddInstallationOptions(command, session);
  SetAction(command, session, [&session, name, revoke] {
    return session.Run("app.remove", Json{{"app", *name}, {"revoke_credentials", *revoke}},
                       [&session](const Json& answer) {
                         if (answer.value("built_in", false)) {
                           session.out() << "Took away what was added to the app "
                                         << ShowMember(answer, "app") << ".\n";
                           return;
                         }
                         session.out()
                             << "Removed the app " << ShowMember(answer, "app") << "; revoked "
                             << ShowMember(answer, "revoked_credentials") << " credential(s).\n";
                       });
  });
}

void PrintExplanation(const Session& session, const Json& answer) {
  const auto operation = answer.find("operation");
  const bool matched = operation != answer.end() && operation->is_object();
  const bool decided = !answer.value("scopes", Json{}).is_null();
  const bool open = answer.value("open_to_anybody", false);
  PrintFields(
      session,
      {{"request", {ShowMember(answer, "method") + " " + ShowMember(answer, "uri")}},
       {"operation",
        {matched ? ShowMember(*operation, "method") + " " + ShowMember(*operation, "path")
                 : "none"}},
       {"decision", {ShowMember(answer, "reason")}},
       {"API token needs",
        {decided && !open ? ShowAlternatives(answer, "scopes", "nothing helps: not open to them")
                          : ""}},
       {"app password needs",
        {decided && !open
             ? ShowAlternatives(answer, "permissions", "nothing helps: not open to them")
             : ""}}});
}

void AddExplain(CLI::App& group, Session& session) {
  CLI::App* command =
      AddCommand(group, "explain", "Which operation a request is, and what it needs",
                 "  latchkey app explain wiki GET /pages/7 --data DIR\n"
                 "  latchkey app explain bitbucket POST /2.0/repositories/acme/site --data DIR\n");
  struct Request {
    std::string app;
    std::string method;
    std::string uri;
  };
  const auto request = std::make_shared<Request>();
  command->add_option("NAME", request->app, "The app")->required();
  command->add_option("METHOD", request->method, "As it is sent: GET")->required();
  command->add_option("URI", request->uri, "Path and query, as a client sends them")->required();
  AddInstallationOptions(command, session);
  SetAction(command, session, [&session, request] {
    return session.Run(
        "app.explain",
        Json{{"app", request->app}, {"method", request->method}, {"uri", request->uri}},
        [&session](const Json& answer) { PrintExplanation(session, answer); });
  });
}

}  // namespace

void AddAppCommands(CLI::App& app, Session& session) {
  CLI::App* group =
      AddGroup(app, "app", "Apps that proxies ask about: catalogues and OpenAPI documents");
  AddAdd(*group, session);
  AddList(*group, session);
  AddShow(*group, session);
  AddRemove(*group, session);
  AddExplain(*group, session);
}

}  // namespace latchkey::cli
