#include <map>
#include <span>
#include <utility>
#include <vector>

#include "admin/methods.h"
#include "admin/render.h"
#include "credential/authorization.h"
#include "credential/credential.h"

namespace latchkey::admin {
namespace {

using Parts = AdminService::Parts;
using enum Error::Code;

constexpr std::string_view kTokenUser = "x-token-auth";

/// The noun of the command line for a kind.
std::string_view NounOf(CredentialKind kind) {
  return kind == CredentialKind::kApiToken ? "token" : "app-password";
}

/// A repository of a workspace that the account may enter: the example in the instructions.
Json ExampleCloneUrl(const Parts& parts, const AccountId& account) {
  for (const Repository& repository : parts.directory.ListRepositories()) {
    if (parts.directory.FindRole(repository.workspace, account)) {
      return parts.presentation.public_url + "/" + repository.workspace + "/" + repository.slug +
             ".git";
    }
  }
  return nullptr;
}

/// Whether the credential holds what git asks of one that clones; its account may still not.
bool CanClone(const Parts& parts, const CredentialRecord& record) {
  if (record.app != kBitbucketApp) return false;
  const Catalogue* catalogue = parts.catalogues.Find(record.app);
  if (catalogue == nullptr) return false;
  const bool api_token = record.kind == CredentialKind::kApiToken;
  const Result<GrantSet> granted =
      api_token ? catalogue->ScopeSet(record.grants) : catalogue->PermissionSet(record.grants);
  const Result<GrantSet> needed = api_token ? catalogue->ScopeSet({"read:repository:bitbucket"})
                                            : catalogue->PermissionSet({"repository"});
  return granted && needed && granted->Covers(*needed);
}

/// Adds the secret, once, and what is made of it.
void Reveal(Credential credential, const std::string& username, Json& json) {
  const CredentialKind kind = credential.kind();
  const SecretText<Credential::kTextSizeMax> text = std::move(credential).Reveal();
  json["secret"] = text.Expose();
  const SecretString secret{text.Expose()};
  const bool api_token = kind == CredentialKind::kApiToken;
  const SecretString basic = EncodeBasic(api_token ? kTokenUser : username, secret);
  json[api_token ? "basic_x_token_auth" : "basic_username"] = basic.Expose();
}

Result<IssueRequest> ReadIssueRequest(const Parts& parts, CredentialKind kind, Params& params) {
  const std::string account_name = params.Text("account");
  const bool api_token = kind == CredentialKind::kApiToken;
  IssueRequest request{.kind = kind,
                       .account = {},
                       .app = params.OptionalText("app").value_or(std::string{kBitbucketApp}),
                       .name = params.Text("name"),
                       .grants = params.Texts(api_token ? "scopes" : "permissions")};
  request.expiry_as_asked = params.OptionalText("expires").value_or(std::string{});
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  const Result<Account> account = parts.accounts.FindAccount(account_name);
  if (!account) return std::unexpected(account.error());
  request.account = account->id;
  if (!request.expiry_as_asked.empty()) {
    request.asked_at = parts.clock.Now();
    const Result<Instant> expiry = ParseExpiry(request.expiry_as_asked, *request.asked_at);
    if (!expiry) return std::unexpected(expiry.error());
    request.expires_at = *expiry;
  }
  return request;
}

Result<Json> CreateCredential(const Parts& parts, CredentialKind kind, Params& params,
                              const Caller& caller) {
  const Result<IssueRequest> request = ReadIssueRequest(parts, kind, params);
  if (!request) return std::unexpected(request.error());
  Result<Issued> issued = parts.credentials.Issue(*request, caller);
  if (!issued) return std::unexpected(issued.error());
  if (!issued->credential) return Fail(kInternal, "a new credential has no secret");
  const auto account = parts.directory.FindAccount(issued->record.account);
  Json json = RenderCredential(issued->record, parts.directory, parts.clock.Now());
  json.erase("state");
  Reveal(std::move(*issued->credential), account ? account->username : std::string{}, json);
  json["public_url"] = parts.presentation.public_url;
  const bool can_clone = CanClone(parts, issued->record);
  json["can_clone"] = can_clone;
  json["clone_url"] = can_clone ? ExampleCloneUrl(parts, issued->record.account) : Json(nullptr);
  return json;
}

Result<CredentialId> ReadId(Params& params) {
  const std::string text = params.Text("id");
  if (const Result<CredentialId> id = CredentialId::Parse(text)) return *id;
  // What was given may be a secret, so it is not repeated.
  return Fail(kInvalidArgument, "that is not the id of a credential",
              "An id is the 11 letters and digits that \"list\" shows.");
}

/// The record, if it is of that kind.
Result<CredentialRecord> FindOfKind(const Parts& parts, CredentialKind kind, CredentialId id,
                                    const Caller& caller) {
  Result<CredentialRecord> record = parts.credentials.Show(id, caller);
  if (!record || record->kind == kind) return record;
  return Fail(kNotFound,
              id.text() + " is no " + std::string{KindTitle(kind)} + " but an " +
                  std::string{KindTitle(record->kind)},
              "It goes with the commands below \"" + std::string{NounOf(record->kind)} + "\".");
}

/// Each record, with what is known of its uses.
Result<std::vector<Json>> RenderUsed(const Parts& parts,
                                     std::span<const CredentialRecord> records) {
  std::vector<CredentialId> ids;
  for (const CredentialRecord& record : records) ids.push_back(record.id);
  const Result<std::map<CredentialId, UsageSummary>> usage = parts.usage.Find(ids);
  if (!usage) return std::unexpected(usage.error());
  std::vector<Json> rendered;
  for (const CredentialRecord& record : records) {
    const auto found = usage->find(record.id);
    rendered.push_back(RenderCredential(record, parts.directory, parts.clock.Now()));
    AddUsage(rendered.back(), found == usage->end() ? nullptr : &found->second);
  }
  return rendered;
}

Result<Json> ShowCredential(const Parts& parts, CredentialKind kind, Params& params,
                            const Caller& caller) {
  const Result<CredentialId> id = ReadId(params);
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  if (!id) return std::unexpected(id.error());
  const Result<CredentialRecord> record = FindOfKind(parts, kind, *id, caller);
  if (!record) return std::unexpected(record.error());
  const Result<std::vector<Json>> rendered = RenderUsed(parts, {&*record, 1});
  if (!rendered) return std::unexpected(rendered.error());
  return rendered->front();
}

template <typename Edit>
Result<Json> EditCredential(const Parts& parts, CredentialKind kind, const Result<CredentialId>& id,
                            const Caller& caller, Edit edit) {
  if (!id) return std::unexpected(id.error());
  if (const auto found = FindOfKind(parts, kind, *id, caller); !found) {
    return std::unexpected(found.error());
  }
  const Result<CredentialRecord> record = edit(*id);
  if (!record) return std::unexpected(record.error());
  return RenderCredential(*record, parts.directory, parts.clock.Now());
}

Result<Json> RenameCredential(const Parts& parts, CredentialKind kind, Params& params,
                              const Caller& caller) {
  const Result<CredentialId> id = ReadId(params);
  const std::string name = params.Text("name");
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  return EditCredential(parts, kind, id, caller, [&](CredentialId known) {
    return parts.credentials.Rename(known, name, caller);
  });
}

Result<Json> RevokeCredential(const Parts& parts, CredentialKind kind, Params& params,
                              const Caller& caller) {
  const Result<CredentialId> id = ReadId(params);
  const std::string reason = params.OptionalText("reason").value_or(std::string{});
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  return EditCredential(parts, kind, id, caller, [&](CredentialId known) {
    return parts.credentials.Revoke(known, reason, caller);
  });
}

Result<Json> ListCredentials(const Parts& parts, CredentialKind kind, Params& params,
                             const Caller& caller) {
  const std::optional<std::string> account_name = params.OptionalText("account");
  const std::optional<std::string> after = params.OptionalText("after");
  CredentialFilter filter{.kind = kind, .limit = params.Count("limit", kPageSizeMax)};
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  if (account_name) {
    const Result<Account> account = parts.accounts.FindAccount(*account_name);
    if (!account) return std::unexpected(account.error());
    filter.account = account->id;
  }
  if (after) {
    const Result<CredentialId> id = CredentialId::Parse(*after);
    if (!id) return std::unexpected(id.error());
    filter.after = *id;
  }
  const Result<std::vector<CredentialRecord>> records = parts.credentials.List(filter, caller);
  if (!records) return std::unexpected(records.error());
  const Result<std::vector<Json>> values = RenderUsed(parts, *records);
  if (!values) return std::unexpected(values.error());
  const bool full = records->size() == filter.limit;
  Json next = full ? Json(records->back().id.text()) : Json(nullptr);
  return Json{{"values", *values}, {"next", std::move(next)}};
}

}  // namespace

void AddCredentialMethods(const Parts& parts, MethodTable& table) {
  using Handler = Result<Json> (*)(const Parts&, CredentialKind, Params&, const Caller&);
  const std::map<std::string, Handler> handlers{{"create", CreateCredential},
                                                {"list", ListCredentials},
                                                {"show", ShowCredential},
                                                {"rename", RenameCredential},
                                                {"revoke", RevokeCredential}};
  for (const CredentialKind kind : {CredentialKind::kApiToken, CredentialKind::kAppPassword}) {
    for (const auto& [verb, handler] : handlers) {
      table[std::string{NounOf(kind)} + "." + verb] = [&parts, kind, call = handler](
                                                          Params& params, const Caller& caller) {
        return call(parts, kind, params, caller);
      };
    }
  }
}

}  // namespace latchkey::admin
