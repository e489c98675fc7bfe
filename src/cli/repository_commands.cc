#include <memory>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/show.h"

namespace latchkey::cli {
namespace {

int CreateRepository(Session& session, const std::string& full_name) {
  const std::size_t slash = full_name.find('/');
  if (slash == std::string::npos) {
    return session.Report({Error::Code::kInvalidArgument,
                           "\"" + EscapeForTerminal(full_name, 80) + "\" names no repository",
                           "Write WORKSPACE/REPO, e.g. acme/website."});
  }
  return session.Run(
      "repo.create",
      Json{{"workspace", full_name.substr(0, slash)}, {"repository", full_name.substr(slash + 1)}},
      [&session](const Json& repository) {
        session.out() << "Created repository " << ShowMember(repository, "full_name")
                      << ", empty.\n\n"
                      << "    git clone " << ShowMember(repository, "clone_url") << "\n";
      });
}

}  // namespace

void AddRepositoryCommands(CLI::App& app, Session& session) {
  CLI::App* group = AddGroup(app, "repo", "Git repositories");
  CLI::App* create = AddCommand(*group, "create", "Create an empty repository",
                                "  latchkey repo create acme/website --data DIR\n");
  const auto full_name = std::make_shared<std::string>();
  create->add_option("WORKSPACE/REPO", *full_name, "Where, and its name")->required();
  AddInstallationOptions(create, session);
  SetAction(create, session,
            [&session, full_name] { return CreateRepository(session, *full_name); });

  CLI::App* list = AddCommand(*group, "list", "List the repositories",
                              "  latchkey repo list --data DIR\n"
                              "  latchkey repo list --data DIR --workspace acme\n");
  const auto workspace = std::make_shared<std::string>();
  list->add_option("--workspace", *workspace, "Only those of one workspace")->type_name("SLUG");
  AddInstallationOptions(list, session);
  SetAction(list, session, [&session, workspace] {
    Json params = Json::object();
    if (!workspace->empty()) params["workspace"] = *workspace;
    return session.RunList(
        "repo.list", std::move(params), {"REPOSITORY", "CLONE URL", "CREATED"},
        [&session](const Json& row) -> std::vector<Cell> {
          return {{ShowMember(row, "full_name")},
                  {ShowMember(row, "clone_url")},
                  {ShowInstant(row, "created_at", session.now(), "")}};
        },
        "No repositories yet.");
  });
}

}  // namespace latchkey::cli
