#include "api/admin_credentials.h"

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "api/admin_credential_list.h"
#include "api/bulk_revoke.h"
#include "api/credential_json.h"
#include "api/members.h"
#include "api/sign_in_resource.h"
#include "problem/denial_response.h"

namespace latchkey::api {
namespace {

constexpr std::string_view kPath = "/api/v1/admin/credentials";

Json Owner(const Directory& directory, const AccountId& id) {
  const auto account = directory.FindAccount(id);
  Json json;
  json["id"] = id;
  json["username"] = account ? account->username : id;
  return json;
}

using Uses = std::map<CredentialId, UsageSummary>;

/// One credential of the list.
Json EntryJson(const CredentialRecord& record, const Directory& directory, const Uses& uses,
               Instant now) {
  Json json = RecordJson(record, {}, now);
  json["account"] = Owner(directory, record.account);
  const auto found = uses.find(record.id);
  AddUsage(json, found == uses.end() ? nullptr : &found->second);
  return json;
}

/// A page of the list, as it is answered. Blocks.
Result<Json> ListPage(const Services& services, const UsageStore& usage,
                      const AdminListQuery& query, Instant now) {
  const Result<AdminListPage> page =
      CollectAdminPage(services.credentials, usage, services.directory, query, now);
  if (!page) return std::unexpected(page.error());
  std::vector<CredentialId> ids;
  for (const CredentialRecord& record : page->records) ids.push_back(record.id);
  const Result<Uses> uses = usage.Find(ids);
  if (!uses) return std::unexpected(uses.error());
  Json json;
  json["values"] = Json::array();
  for (const CredentialRecord& record : page->records) {
    json["values"].push_back(EntryJson(record, services.directory, *uses, now));
  }
  json["next"] = nullptr;
  if (page->has_more) {
    json["next"] =
        services.settings.public_url + std::string{kPath} + query.Next(page->records.back().id);
  }
  if (page->total) json["total"] = *page->total;
  return json;
}

/// Those in force that were there before `since`: one that is younger had no time to be used.
std::vector<CredentialId> ActiveBefore(std::span<const CredentialRecord> records, Instant since,
                                       Instant now) {
  std::vector<CredentialId> ids;
  for (const CredentialRecord& record : records) {
    if (StateOf(record, now) == "active" && record.created_at < since) ids.push_back(record.id);
  }
  return ids;
}

/// Appends those of `ids` that nobody used since then. Blocks.
Result<void> AppendUnused(const UsageStore& usage, std::span<const CredentialId> ids, Instant since,
                          std::vector<CredentialId>& unused) {
  const Result<Uses> uses = usage.Find(ids);
  if (!uses) return std::unexpected(uses.error());
  for (const CredentialId id : ids) {
    const auto found = uses->find(id);
    if (found == uses->end() || found->second.last_used_at < since) unused.push_back(id);
  }
  return {};
}

/// Which ones a request wants revoked: exactly one of these.
struct Choice {
  std::optional<std::vector<std::string>> ids;
  std::optional<std::string> account;
  std::optional<std::int64_t> unused_for_days;
  std::string reason;
  bool dry_run = false;  ///< Counts what unused_for_days would revoke, and revokes nothing.
};

OrProblem<Choice> ReadChoice(Members& members) {
  constexpr std::int64_t kDaysMax = 36'500;
  Choice choice{.ids = members.FindTexts("ids"),
                .account = members.FindText("account"),
                .unused_for_days = members.FindInteger("unused_for_days"),
                .reason = members.FindText("reason").value_or(""),
                .dry_run = members.Flag("dry_run")};
  const OrProblem<void> read = members.Finish();
  if (!read) return std::unexpected(read.error());
  const int given = static_cast<int>(choice.ids.has_value()) +
                    static_cast<int>(choice.account.has_value()) +
                    static_cast<int>(choice.unused_for_days.has_value());
  if (given != 1) {
    return ProblemWith(ProblemType::kInvalidValue, "send one of ids, account and unused_for_days");
  }
  if (choice.dry_run && !choice.unused_for_days) {
    return ProblemWith(ProblemType::kInvalidValue, "dry_run goes with unused_for_days", "dry_run");
  }
  if (choice.unused_for_days &&
      (*choice.unused_for_days < 1 || *choice.unused_for_days > kDaysMax)) {
    return ProblemWith(ProblemType::kInvalidValue, "unused_for_days must be from 1 to 36500",
                       "unused_for_days");
  }
  return choice;
}

/// What a choice comes to.
struct Targets {
  std::vector<CredentialId> ids;
  std::shared_ptr<const Account> account;  ///< Null: the ids, else all of the account's.
};

/// Of ids and account; the unused ones are still to be found.
OrProblem<Targets> FindTargets(const Choice& choice, const Directory& directory) {
  Targets targets;
  if (choice.ids) {
    OrProblem<std::vector<CredentialId>> parsed = ParseIds(*choice.ids);
    if (!parsed) return std::unexpected(parsed.error());
    targets.ids = std::move(*parsed);
  }
  if (choice.account) {
    targets.account = directory.FindAccount(*choice.account);
    if (!targets.account) targets.account = directory.FindAccountByName(*choice.account);
    if (!targets.account) {
      return ProblemWith(ProblemType::kInvalidValue, "there is no such account", "account");
    }
  }
  return targets;
}

/// Returns how many it revoked: none in a dry run. Blocks.
Result<std::uint64_t> RevokeTargets(CredentialAuthority& authority, const Targets& targets,
                                    const Choice& choice, const Caller& caller) {
  if (choice.dry_run) return std::uint64_t{0};
  if (targets.account) {
    return RevokeAll(authority, {.account = targets.account->id}, choice.reason, caller);
  }
  return RevokeEach(authority, targets.ids, choice.reason, caller);
}

}  // namespace

void AdminCredentials::AddTo(Routes& routes) const {
  Adder add{routes, *this};
  add("GET", std::string{kPath}, &AdminCredentials::List);
  add("POST", std::string{kPath} + "/revoke", &AdminCredentials::Revoke);
  add("POST", "/api/v1/admin/accounts/{id}/api-tokens", &AdminCredentials::IssueApiToken);
  add("POST", "/api/v1/admin/accounts/{id}/app-passwords", &AdminCredentials::IssueAppPassword);
}

http::Awaitable<Outcome> AdminCredentials::List(const Call& call) const {
  const Services& services = parts_.services;
  const OrProblem<LiveSession> live =
      services.guard.Admit(call.exchange, "admin.credential-list", {.admin = true});
  if (!live) co_return std::unexpected(live.error());
  const OrProblem<AdminListQuery> query =
      AdminListQuery::Read(call.exchange.head().target, services.directory);
  if (!query) co_return std::unexpected(query.error());
  const Instant now = services.clock.Now();
  const auto collect = [&] { return ListPage(services, parts_.usage, *query, now); };
  const Result<Json> json = co_await http::RunBlocking(services.pool, collect);
  if (!json) co_return std::unexpected(ProblemFor(json.error()));
  co_return NoStoreAnswer(200, *json);
}

Result<std::vector<CredentialId>> AdminCredentials::FindUnused(std::uint64_t days) const {
  constexpr std::size_t kBatch = 1000;
  const Instant now = parts_.services.clock.Now();
  const Instant since = now - std::chrono::days{days};
  const Caller everybody{.actor = {}, .origin = {}, .request_id = {}};
  std::vector<CredentialId> unused;
  CredentialFilter filter{.limit = kBatch};
  for (bool more = true; more;) {
    const Result<std::vector<CredentialRecord>> records =
        parts_.services.credentials.List(filter, everybody);
    if (!records) return std::unexpected(records.error());
    more = records->size() == kBatch;
    if (!records->empty()) filter.after = records->back().id;
    const Result<void> appended =
        AppendUnused(parts_.usage, ActiveBefore(*records, since, now), since, unused);
    if (!appended) return std::unexpected(appended.error());
  }
  return unused;
}

http::Awaitable<Outcome> AdminCredentials::Revoke(const Call& call) const {
  const Services& services = parts_.services;
  const OrProblem<LiveSession> live = services.guard.Admit(call.exchange, "admin.credential-revoke",
                                                           {.fresh_proof = true, .admin = true});
  if (!live) co_return std::unexpected(live.error());
  OrProblem<Members> members = co_await ReadMembers(call.exchange, services.settings.body_size_max);
  if (!members) co_return std::unexpected(members.error());
  const OrProblem<Choice> choice = ReadChoice(*members);
  if (!choice) co_return std::unexpected(choice.error());
  OrProblem<Targets> targets = FindTargets(*choice, services.directory);
  if (!targets) co_return std::unexpected(targets.error());
  const Caller caller = OperatorFor(call.exchange.head(), *live);
  const auto revoke = [&]() -> Result<std::uint64_t> {
    if (choice->unused_for_days) {
      Result<std::vector<CredentialId>> unused =
          FindUnused(static_cast<std::uint64_t>(*choice->unused_for_days));
      if (!unused) return std::unexpected(unused.error());
      targets->ids = *std::move(unused);
    }
    return RevokeTargets(services.credentials, *targets, *choice, caller);
  };
  const Result<std::uint64_t> revoked = co_await http::RunBlocking(services.pool, revoke);
  if (!revoked) co_return std::unexpected(ProblemFor(revoked.error()));
  Json json;
  json["revoked"] = *revoked;
  if (choice->dry_run) json["would_revoke"] = targets->ids.size();
  Answer answer = NoStoreAnswer(200, json);
  answer.revocation = !choice->dry_run;
  co_return answer;
}

http::Awaitable<Outcome> AdminCredentials::IssueFor(const Call& call,
                                                    const CredentialResource& resource) const {
  const Services& services = parts_.services;
  const OrProblem<LiveSession> live = services.guard.Admit(call.exchange, "admin.credential-issue",
                                                           {.fresh_proof = true, .admin = true});
  if (!live) co_return std::unexpected(live.error());
  const auto account = services.directory.FindAccount(AccountId{call.params["id"]});
  if (!account || account->kind != AccountKind::kService) {
    co_return ProblemWith(ProblemType::kNotFound,
                          "there is no such service account: people make their own credentials");
  }
  const Caller caller = OperatorFor(call.exchange.head(), *live);
  Outcome outcome = co_await resource.IssueFor(call, *account, caller);
  co_return outcome;
}

http::Awaitable<Outcome> AdminCredentials::IssueApiToken(const Call& call) const {
  return IssueFor(call, parts_.api_tokens);
}

http::Awaitable<Outcome> AdminCredentials::IssueAppPassword(const Call& call) const {
  return IssueFor(call, parts_.app_passwords);
}

}  // namespace latchkey::api
