#include "admin/methods.h"
#include "admin/render.h"

namespace latchkey::admin {
namespace {

using Parts = AdminService::Parts;

Result<Json> CreateAccount(const Parts& parts, Params& params, const Caller& caller) {
  const NewAccount account{
      .email = params.Text("email"),
      .username = params.Text("username"),
      .display_name = params.OptionalText("name").value_or(std::string{}),
      .kind = params.Flag("service") ? AccountKind::kService : AccountKind::kPerson,
      .admin = params.Flag("admin"),
      .password = params.Secret("password")};
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  const Result<Account> created = parts.accounts.CreateAccount(account, caller);
  if (!created) return std::unexpected(created.error());
  return RenderAccount(*created);
}

Result<Json> ListAccounts(const Parts& parts, Params& params) {
  const PageRequest page = ReadPage(params);
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  return RenderPage(
      parts.directory.ListAccounts(), page, [](const auto& account) { return account->username; },
      [](const auto& account) { return RenderAccount(*account); });
}

Result<Json> ShowAccount(const Parts& parts, Params& params) {
  const std::string name = params.Text("account");
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  const Result<Account> account = parts.accounts.FindAccount(name);
  if (!account) return std::unexpected(account.error());
  Json json = RenderAccount(*account);
  Json memberships = Json::array();
  for (const Workspace& workspace : parts.directory.ListWorkspaces()) {
    if (const auto role = parts.directory.FindRole(workspace.slug, account->id)) {
      memberships.push_back(Json{{"workspace", workspace.slug}, {"role", RoleName(*role)}});
    }
  }
  json["workspaces"] = std::move(memberships);
  return json;
}

Result<Json> SetState(const Parts& parts, AccountState state, Params& params,
                      const Caller& caller) {
  const std::string name = params.Text("account");
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  const Result<Account> account = parts.accounts.SetState(name, state, caller);
  if (!account) return std::unexpected(account.error());
  return RenderAccount(*account);
}

}  // namespace

void AddAccountMethods(const Parts& parts, MethodTable& table) {
  table["account.create"] = [&parts](Params& params, const Caller& caller) {
    return CreateAccount(parts, params, caller);
  };
  table["account.list"] = [&parts](Params& params, const Caller&) {
    return ListAccounts(parts, params);
  };
  table["account.show"] = [&parts](Params& params, const Caller&) {
    return ShowAccount(parts, params);
  };
  table["account.suspend"] = [&parts](Params& params, const Caller& caller) {
    return SetState(parts, AccountState::kSuspended, params, caller);
  };
  table["account.resume"] = [&parts](Params& params, const Caller& caller) {
    return SetState(parts, AccountState::kActive, params, caller);
  };
}

}  // namespace latchkey::admin
