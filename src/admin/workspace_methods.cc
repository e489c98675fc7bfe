#include "admin/methods.h"
#include "admin/render.h"
#include "base/text.h"

namespace latchkey::admin {
namespace {

using Parts = AdminService::Parts;

Result<Json> CreateWorkspace(const Parts& parts, Params& params, const Caller& caller) {
  const std::string slug = params.Text("workspace");
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  const Result<Workspace> workspace = parts.accounts.CreateWorkspace(slug, caller);
  if (!workspace) return std::unexpected(workspace.error());
  return RenderWorkspace(*workspace);
}

Result<Json> GrantRole(const Parts& parts, Params& params, const Caller& caller) {
  const std::string slug = params.Text("workspace");
  const std::string name = params.Text("account");
  const std::string role_name = params.Text("role");
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  const std::optional<Role> role = ParseRole(role_name);
  if (!role) {
    return Fail(Error::Code::kInvalidArgument,
                "unknown role \"" + EscapeForTerminal(role_name, 80) + "\"",
                "Use read, write or admin.");
  }
  const Result<Membership> membership = parts.accounts.GrantRole(slug, name, *role, caller);
  if (!membership) return std::unexpected(membership.error());
  const auto account = parts.directory.FindAccount(membership->account);
  return Json{{"workspace", membership->workspace},
              {"account", account ? account->username : name},
              {"role", RoleName(membership->role)}};
}

Result<Json> RemoveMember(const Parts& parts, Params& params, const Caller& caller) {
  const std::string slug = params.Text("workspace");
  const std::string name = params.Text("account");
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  if (Result<void> removed = parts.accounts.RemoveMember(slug, name, caller); !removed) {
    return std::unexpected(removed.error());
  }
  const Result<Account> account = parts.accounts.FindAccount(name);
  return Json{
      {"workspace", slug}, {"account", account ? account->username : name}, {"role", nullptr}};
}

Result<Json> ListWorkspaces(const Parts& parts, Params& params) {
  const PageRequest page = ReadPage(params);
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  return RenderPage(
      parts.directory.ListWorkspaces(), page, [](const Workspace& row) { return row.slug; },
      [&parts](const Workspace& row) {
        Json json = RenderWorkspace(row);
        json["members"] = parts.directory.ListMemberships(row.slug).size();
        return json;
      });
}

Json RenderMembers(const Parts& parts, const std::string& slug) {
  Json members = Json::array();
  for (const Membership& membership : parts.directory.ListMemberships(slug)) {
    const auto account = parts.directory.FindAccount(membership.account);
    members.push_back(Json{{"account", account ? account->username : membership.account},
                           {"role", RoleName(membership.role)}});
  }
  return members;
}

Result<Json> ShowWorkspace(const Parts& parts, Params& params) {
  const std::string slug = params.Text("workspace");
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  for (const Workspace& workspace : parts.directory.ListWorkspaces()) {
    if (workspace.slug != slug) continue;
    Json json = RenderWorkspace(workspace);
    json["members"] = RenderMembers(parts, slug);
    Json repositories = Json::array();
    for (const Repository& repository : parts.directory.ListRepositories()) {
      if (repository.workspace == slug) repositories.push_back(repository.slug);
    }
    json["repositories"] = std::move(repositories);
    return json;
  }
  return Fail(Error::Code::kNotFound, "no workspace \"" + EscapeForTerminal(slug, 80) + "\"",
              "\"latchkey workspace list\" shows them.");
}

}  // namespace

void AddWorkspaceMethods(const Parts& parts, MethodTable& table) {
  table["workspace.create"] = [&parts](Params& params, const Caller& caller) {
    return CreateWorkspace(parts, params, caller);
  };
  table["workspace.grant"] = [&parts](Params& params, const Caller& caller) {
    return GrantRole(parts, params, caller);
  };
  table["workspace.remove"] = [&parts](Params& params, const Caller& caller) {
    return RemoveMember(parts, params, caller);
  };
  table["workspace.list"] = [&parts](Params& params, const Caller&) {
    return ListWorkspaces(parts, params);
  };
  table["workspace.show"] = [&parts](Params& params, const Caller&) {
    return ShowWorkspace(parts, params);
  };
}

}  // namespace latchkey::admin
