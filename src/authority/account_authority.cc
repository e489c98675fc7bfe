#include "authority/account_authority.h"

#include <array>
#include <utility>

#include "base/text.h"
#include "credential/scan.h"
#include "crypto/mac.h"

namespace latchkey {
namespace {

using enum Error::Code;

Result<AccountId> DrawAccountId(Random& random) {
  std::array<std::byte, 16> bytes{};
  if (Result<void> filled = random.Fill(bytes); !filled) return std::unexpected(filled.error());
  return FormatHex(bytes);
}

Account AccountFrom(const NewAccount& request, Instant now) {
  return {.id = {},
          .email = request.email,
          .username = request.username,
          .display_name = request.display_name.empty() ? request.username : request.display_name,
          .kind = request.kind,
          .state = AccountState::kActive,
          .admin = request.admin,
          .password_hash = {},
          .created_at = now};
}

std::unexpected<Error> Taken(std::string_view what, const std::string& name) {
  return Fail(kAlreadyExists, "the " + std::string{what} + " \"" + name + "\" is taken",
              "Choose another, or use the account that has it.");
}

std::unexpected<Error> NoSuchWorkspace(std::string_view slug) {
  return Fail(kNotFound, "no workspace \"" + EscapeForTerminal(slug, 80) + "\"",
              "\"latchkey workspace create\" makes one.");
}

/// What the change log calls it.
std::string ActionOf(const AccountEdit& edit) {
  if (!edit.state) return "account.change";
  return *edit.state == AccountState::kSuspended ? "account.suspend" : "account.resume";
}

}  // namespace

template <typename T>
Result<void> AccountAuthority::Submit(Sealed<T> record, const ChangeInfo& info) {
  if (Result<void> sealed = parts_.sealer.Authenticate(record); !sealed) return sealed;
  return parts_.ledger.Submit({.record = std::move(record), .info = info, .claim = {}});
}

Result<void> AccountAuthority::CheckNewAccount(const NewAccount& request) const {
  const Account account = AccountFrom(request, parts_.clock.Now());
  if (Result<void> valid = account.Validate(); !valid) return valid;
  if (FindCredential(account.display_name) || FindCredential(account.email)) {
    return Fail(kInvalidArgument, "a whole credential stands in the account's name or e-mail",
                "It would be shown in lists and logs. Choose another text.");
  }
  if (parts_.directory.FindAccountByName(account.email)) return Taken("e-mail", account.email);
  if (parts_.directory.FindAccountByName(account.username)) {
    return Taken("username", account.username);
  }
  return {};
}

Result<Account> AccountAuthority::CreateAccount(const NewAccount& request, const Caller& caller) {
  if (Result<void> usable = CheckNewAccount(request); !usable) {
    return std::unexpected(usable.error());
  }
  Account account = AccountFrom(request, parts_.clock.Now());
  PreparedPassword password;
  if (!request.password.empty()) {
    SignInResult<PreparedPassword> prepared =
        parts_.factors.PreparePassword(account, request.password);
    if (!prepared) return std::unexpected(std::move(prepared.error().error));
    password = *std::move(prepared);
  }
  Result<AccountId> id = DrawAccountId(parts_.random);
  if (!id) return std::unexpected(id.error());
  account.id = std::move(*id);
  Result<void> submitted = Submit(AccountRecord{.value = account, .version = 1, .seal = {}},
                                  caller.Info("account.create"));
  if (submitted && !password.hash.empty()) {
    submitted = parts_.factors.ApplyPassword(account.id, password, {}, caller);
  }
  if (!submitted) return std::unexpected(submitted.error());
  return account;
}

Result<Account> AccountAuthority::FindAccount(std::string_view name) const {
  if (const auto account = parts_.directory.FindAccountByName(name)) return *account;
  std::vector<std::string> known;
  for (const auto& account : parts_.directory.ListAccounts()) known.push_back(account->username);
  const std::vector<std::string> nearest = NearestNames(name, known);
  return Fail(kNotFound, "no account \"" + EscapeForTerminal(name, 80) + "\"",
              nearest.empty() ? "\"latchkey account list\" shows them."
                              : "Did you mean " + JoinNames(nearest) + "?");
}

Result<Account> AccountAuthority::SetState(std::string_view name, AccountState state,
                                           const Caller& caller) {
  // Another node may have changed it since: "it is so already" must not come from old memory.
  if (Result<void> settled = parts_.ledger.Settle(); !settled) {
    return std::unexpected(settled.error());
  }
  const Result<Account> account = FindAccount(name);
  if (!account) return account;
  if (account->state == state) return account;
  Result<Record> found = parts_.store.Find(RecordType::kAccount, account->id);
  if (!found) return std::unexpected(found.error());
  if (Result<void> checked = parts_.sealer.Check(*found); !checked) {
    return std::unexpected(checked.error());
  }
  auto record = std::get<AccountRecord>(*found);
  record.value.state = state;
  ++record.version;
  const bool suspend = state == AccountState::kSuspended;
  Result<void> submitted =
      Submit(record, caller.Info(suspend ? "account.suspend" : "account.resume"));
  if (!submitted) return std::unexpected(submitted.error());
  if (suspend) {
    const Result<std::uint64_t> ended =
        parts_.sessions.EndAll(account->id, {}, "the account was suspended", caller);
    if (!ended) return std::unexpected(ended.error());
  }
  return record.value;
}

Result<Account> AccountAuthority::Edit(const AccountId& id, const AccountEdit& edit,
                                       const Caller& caller) {
  Result<Record> found = parts_.store.Find(RecordType::kAccount, id);
  if (!found) return std::unexpected(found.error());
  if (Result<void> checked = parts_.sealer.Check(*found); !checked) {
    return std::unexpected(checked.error());
  }
  auto record = std::get<AccountRecord>(*found);
  Account& account = record.value;
  const Account before = account;
  account.display_name = edit.display_name.value_or(account.display_name);
  account.admin = edit.admin.value_or(account.admin);
  account.state = edit.state.value_or(account.state);
  if (Result<void> valid = account.Validate(); !valid) return std::unexpected(valid.error());
  if (FindCredential(account.display_name)) {
    return Fail(kInvalidArgument, "a whole credential stands in the account's name",
                "It would be shown in lists and logs. Choose another text.");
  }
  const bool same = before.display_name == account.display_name && before.admin == account.admin &&
                    before.state == account.state;
  if (same) return account;
  ++record.version;
  Result<void> submitted = Submit(record, caller.Info(ActionOf(edit)));
  if (!submitted) return std::unexpected(submitted.error());
  return account;
}

Result<Workspace> AccountAuthority::CreateWorkspace(std::string_view slug, const Caller& caller) {
  if (Result<void> valid = ValidateWorkspaceSlug(slug); !valid) {
    return std::unexpected(valid.error());
  }
  if (parts_.directory.HasWorkspace(slug)) {
    return Fail(kAlreadyExists, "the workspace " + std::string{slug} + " exists already");
  }
  const Workspace workspace{.slug = std::string{slug}, .created_at = parts_.clock.Now()};
  Result<void> submitted = Submit(WorkspaceRecord{.value = workspace, .version = 1, .seal = {}},
                                  caller.Info("workspace.create"));
  if (!submitted) return std::unexpected(submitted.error());
  return workspace;
}

Result<std::optional<MembershipRecord>> AccountAuthority::FindMembership(
    std::string_view workspace, const AccountId& account) const {
  Result<Record> found =
      parts_.store.Find(RecordType::kMembership, std::string{workspace} + "/" + account);
  if (found) {
    if (Result<void> checked = parts_.sealer.Check(*found); !checked) {
      return std::unexpected(checked.error());
    }
    return std::get<MembershipRecord>(std::move(*found));
  }
  if (found.error().code == kNotFound) return std::nullopt;
  return std::unexpected(found.error());
}

Result<void> AccountAuthority::RequireWorkspace(std::string_view slug) const {
  if (parts_.directory.HasWorkspace(slug)) return {};
  return NoSuchWorkspace(slug);
}

Result<Membership> AccountAuthority::GrantRole(std::string_view workspace, std::string_view name,
                                               Role role, const Caller& caller) {
  if (Result<void> exists = RequireWorkspace(workspace); !exists) {
    return std::unexpected(exists.error());
  }
  const Result<Account> account = FindAccount(name);
  if (!account) return std::unexpected(account.error());
  const Result<std::optional<MembershipRecord>> found = FindMembership(workspace, account->id);
  if (!found) return std::unexpected(found.error());
  const Membership membership{
      .workspace = std::string{workspace}, .account = account->id, .role = role};
  MembershipRecord record{.value = {.membership = membership}, .version = 1, .seal = {}};
  if (*found) record.version = (*found)->version + 1;
  Result<void> submitted =
      Submit(std::move(record), caller.Info("workspace.grant", std::string{RoleName(role)}));
  if (!submitted) return std::unexpected(submitted.error());
  return membership;
}

Result<void> AccountAuthority::RemoveMember(std::string_view workspace, std::string_view name,
                                            const Caller& caller) {
  if (Result<void> exists = RequireWorkspace(workspace); !exists) return exists;
  const Result<Account> account = FindAccount(name);
  if (!account) return std::unexpected(account.error());
  Result<std::optional<MembershipRecord>> found = FindMembership(workspace, account->id);
  if (!found) return std::unexpected(found.error());
  if (!*found || (*found)->value.removed) {
    // The store knows of a removal a moment before it is in force.
    if (Result<void> settled = parts_.ledger.Settle(); !settled) return settled;
    return Fail(kNotFound, account->username + " is no member of " + std::string{workspace});
  }
  MembershipRecord record = std::move(**found);
  record.value.removed = true;
  ++record.version;
  return Submit(std::move(record), caller.Info("workspace.remove"));
}

Result<void> AccountAuthority::CheckNewRepository(std::string_view workspace,
                                                  std::string_view slug) const {
  if (Result<void> valid = ValidateRepositorySlug(slug); !valid) return valid;
  if (Result<void> exists = RequireWorkspace(workspace); !exists) return exists;
  if (!parts_.directory.HasRepository(workspace, slug)) return {};
  return Fail(kAlreadyExists, "the repository " + std::string{workspace} + "/" + std::string{slug} +
                                  " exists already");
}

Result<Repository> AccountAuthority::CreateRepository(std::string_view workspace,
                                                      std::string_view slug, const Caller& caller) {
  if (Result<void> allowed = CheckNewRepository(workspace, slug); !allowed) {
    return std::unexpected(allowed.error());
  }
  const Repository repository{.workspace = std::string{workspace},
                              .slug = std::string{slug},
                              .created_at = parts_.clock.Now()};
  Result<void> submitted = Submit(RepositoryRecord{.value = repository, .version = 1, .seal = {}},
                                  caller.Info("repository.create"));
  if (!submitted) return std::unexpected(submitted.error());
  return repository;
}

}  // namespace latchkey
