#include "admin/link_url.h"
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
  json["can_sign_in"] = parts.factors.CanSignIn(account->id);
  json["second_step"] = parts.factors.HasSecondStep(account->id);
  json["sessions"] = parts.sessions.List(account->id).size();
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

/// {"username","kind","expires_at","link"}: shown once.
Result<Json> MakeLink(const Parts& parts, Params& params, const Caller& caller) {
  const std::string name = params.Text("account");
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  const Result<Account> account = parts.accounts.FindAccount(name);
  if (!account) return std::unexpected(account.error());
  const Result<NewLink> made = parts.links.MakeFor(account->id, caller);
  if (!made) return std::unexpected(made.error());
  return Json{{"username", account->username},
              {"kind", KindName(made->link.kind)},
              {"expires_at", FormatInstant(made->link.expires_at)},
              {"link", LinkUrl(parts.presentation.public_url, made->text).Expose()}};
}

Result<Json> ResetSecondStep(const Parts& parts, Params& params, const Caller& caller) {
  const std::string name = params.Text("account");
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  const Result<Account> account = parts.accounts.FindAccount(name);
  if (!account) return std::unexpected(account.error());
  const Result<bool> reset = parts.factors.ResetSecondStep(account->id, caller);
  if (!reset) return std::unexpected(reset.error());
  return Json{{"username", account->username}, {"reset", *reset}};
}

Result<Json> EndSessions(const Parts& parts, Params& params, const Caller& caller) {
  const std::string name = params.Text("account");
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  const Result<Account> account = parts.accounts.FindAccount(name);
  if (!account) return std::unexpected(account.error());
  const Result<std::uint64_t> ended =
      parts.sessions.EndAll(account->id, {}, "ended by an administrator", caller);
  if (!ended) return std::unexpected(ended.error());
  return Json{{"username", account->username}, {"ended", *ended}};
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
  table["account.link"] = [&parts](Params& params, const Caller& caller) {
    return MakeLink(parts, params, caller);
  };
  table["account.reset-second-step"] = [&parts](Params& params, const Caller& caller) {
    return ResetSecondStep(parts, params, caller);
  };
  table["account.end-sessions"] = [&parts](Params& params, const Caller& caller) {
    return EndSessions(parts, params, caller);
  };
}

}  // namespace latchkey::admin
