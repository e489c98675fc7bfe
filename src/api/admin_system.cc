#include "api/admin_system.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <utility>

#include "api/members.h"
#include "api/query.h"
#include "api/sign_in_resource.h"
#include "problem/denial_response.h"

namespace latchkey::api {
namespace {

using std::chrono::seconds;

constexpr SessionGuard::Need kRead{.admin = true};
constexpr SessionGuard::Need kChange{.fresh_proof = true, .admin = true};

Json SecondsOrNull(const std::optional<seconds>& value) {
  return value ? Json(value->count()) : Json(nullptr);
}

std::optional<seconds> SecondsOf(std::optional<std::int64_t> value) {
  // So many that no sum overflows; what is allowed is the authority's.
  constexpr std::int64_t kMax = std::int64_t{100'000} * 86'400;
  if (!value) return std::nullopt;
  return seconds{std::clamp<std::int64_t>(*value, 0, kMax)};
}

OrProblem<InstallationPolicy> ReadPolicy(Members& members) {
  InstallationPolicy policy;
  policy.token_lifetime_max = SecondsOf(members.FindIntegerOrNull("token_lifetime_max_s"));
  policy.token_lifetime_default = SecondsOf(members.FindIntegerOrNull("token_lifetime_default_s"));
  policy.api_tokens = members.FindFlag("api_tokens").value_or(true);
  policy.app_passwords = members.FindFlag("app_passwords").value_or(true);
  policy.second_step_required = members.Flag("second_step_required");
  policy.token_apps = members.FindTexts("token_apps").value_or(std::vector<std::string>{});
  const OrProblem<void> read = members.Finish();
  if (!read) return std::unexpected(read.error());
  return policy;
}

Json AppJson(const App& app) {
  const auto operations = app.operations.operations();
  Json json;
  json["app"] = app.name;
  json["title"] = app.title;
  json["built_in"] = app.built_in;
  json["base_path"] = app.policy.base_path;
  json["unmatched"] = app.policy.any_credential_where_unmatched ? "any-credential" : "refuse";
  json["operations"] = operations.size();
  json["open_to_anybody"] =
      std::ranges::count_if(operations, &OperationTable::Operation::open_to_anybody);
  json["scopes"] = app.catalogue->scopes().size();
  json["permissions"] = app.catalogue->permissions().size();
  json["refused"] = nullptr;
  return json;
}

}  // namespace

void AdminSystem::AddTo(Routes& routes) const {
  Adder add{routes, *this};
  add("GET", "/api/v1/admin/policy", &AdminSystem::ShowPolicy);
  add("PUT", "/api/v1/admin/policy", &AdminSystem::SetPolicy);
  add("GET", "/api/v1/admin/changes", &AdminSystem::ListChanges);
  add("GET", "/api/v1/admin/changes/export", &AdminSystem::ExportChanges);
  add("GET", "/api/v1/admin/apps", &AdminSystem::ListApps);
  add("GET", "/api/v1/admin/health", &AdminSystem::ShowHealth);
}

Json AdminSystem::PolicyJson() const {
  const InstallationPolicy policy = parts_.services.policy.Show();
  const Policy& bounds = parts_.services.policy.settings();
  Json json;
  json["token_lifetime_max_s"] = SecondsOrNull(policy.token_lifetime_max);
  json["token_lifetime_default_s"] = SecondsOrNull(policy.token_lifetime_default);
  json["api_tokens"] = policy.api_tokens;
  json["app_passwords"] = policy.app_passwords;
  json["second_step_required"] = policy.second_step_required;
  json["token_apps"] = policy.token_apps;
  Json limits;
  limits["token_lifetime_min_s"] = bounds.token_lifetime_min.count();
  limits["token_lifetime_max_s"] = bounds.token_lifetime_max.count();
  limits["token_lifetime_default_s"] = bounds.token_lifetime_default.count();
  json["bounds"] = std::move(limits);
  return json;
}

http::Awaitable<Outcome> AdminSystem::ShowPolicy(const Call& call) const {
  const OrProblem<LiveSession> live =
      parts_.services.guard.Admit(call.exchange, "admin.policy-show", kRead);
  if (!live) co_return std::unexpected(live.error());
  co_return NoStoreAnswer(200, PolicyJson());
}

http::Awaitable<Outcome> AdminSystem::SetPolicy(const Call& call) const {
  const Services& services = parts_.services;
  const OrProblem<LiveSession> live =
      services.guard.Admit(call.exchange, "admin.policy-set", kChange);
  if (!live) co_return std::unexpected(live.error());
  OrProblem<Members> members = co_await ReadMembers(call.exchange, services.settings.body_size_max);
  if (!members) co_return std::unexpected(members.error());
  const OrProblem<InstallationPolicy> policy = ReadPolicy(*members);
  if (!policy) co_return std::unexpected(policy.error());
  const Caller caller = OperatorFor(call.exchange.head(), *live);
  const auto set = [&] { return services.policy.Set(*policy, caller); };
  const Result<InstallationPolicy> done = co_await http::RunBlocking(services.pool, set);
  if (!done) co_return std::unexpected(ProblemFor(done.error()));
  co_return NoStoreAnswer(200, PolicyJson());
}

http::Awaitable<Outcome> AdminSystem::ListChanges(const Call& call) const {
  const Services& services = parts_.services;
  const OrProblem<LiveSession> live =
      services.guard.Admit(call.exchange, "admin.change-list", kRead);
  if (!live) co_return std::unexpected(live.error());
  const OrProblem<ChangeQuery> query =
      ChangeQuery::Read(call.exchange.head().target, services.directory);
  if (!query) co_return std::unexpected(query.error());
  const auto collect = [&] {
    return CollectChanges(parts_.store, parts_.codec, services.directory, *query);
  };
  Result<ChangePage> page = co_await http::RunBlocking(services.pool, collect);
  if (!page) co_return std::unexpected(ProblemFor(page.error()));
  Json json;
  json["values"] = std::move(page->values);
  json["next"] = nullptr;
  if (page->next_before) {
    json["next"] =
        services.settings.public_url + "/api/v1/admin/changes" + query->Next(*page->next_before);
  }
  co_return NoStoreAnswer(200, json);
}

http::Awaitable<Outcome> AdminSystem::ExportChanges(const Call& call) const {
  const Services& services = parts_.services;
  const OrProblem<LiveSession> live =
      services.guard.Admit(call.exchange, "admin.change-export", kRead);
  if (!live) co_return std::unexpected(live.error());
  const http::Target& target = call.exchange.head().target;
  Query format_query{target};
  const std::string name = format_query.OneOf("format", {"csv", "ndjson"}).value_or("csv");
  const OrProblem<void> read = format_query.Finish();
  if (!read) co_return std::unexpected(read.error());
  const OrProblem<ChangeQuery> query = ChangeQuery::Read(target, services.directory);
  if (!query) co_return std::unexpected(query.error());
  const ExportFormat format = name == "csv" ? ExportFormat::kCsv : ExportFormat::kNdjson;
  Answer answer;
  answer.response.fields.Set("Content-Type", format == ExportFormat::kCsv
                                                 ? "text/csv; charset=utf-8"
                                                 : "application/x-ndjson");
  answer.response.fields.Set("Content-Disposition",
                             "attachment; filename=\"latchkey-changes." + name + "\"");
  answer.response.fields.Set("Cache-Control", "no-store");
  answer.write_body = [this, wanted = *query, format](http::Exchange& exchange) {
    return WriteExport(exchange, wanted, format);
  };
  co_return answer;
}

http::Awaitable<Result<void>> AdminSystem::WriteExport(http::Exchange& exchange, ChangeQuery query,
                                                       ExportFormat format) const {
  std::uint64_t seq = 0;
  std::string text;
  if (format == ExportFormat::kCsv) text = CsvHeader();
  const auto more = [&] {
    return ExportSome(parts_.store, parts_.codec, parts_.services.directory, query, format, seq);
  };
  for (;;) {
    if (!text.empty()) {
      const Result<void> written = co_await exchange.Write(text);
      if (!written) co_return written;
    }
    Result<std::string> next = co_await http::RunBlocking(parts_.services.pool, more);
    if (!next) co_return std::unexpected(next.error());
    if (next->empty()) co_return Result<void>{};
    text = std::move(*next);
  }
}

http::Awaitable<Outcome> AdminSystem::ListApps(const Call& call) const {
  const OrProblem<LiveSession> live =
      parts_.services.guard.Admit(call.exchange, "admin.app-list", kRead);
  if (!live) co_return std::unexpected(live.error());
  Json json;
  json["values"] = Json::array();
  const std::shared_ptr<const AppSet> set = parts_.apps.Current();
  for (const auto& [name, app] : set->apps()) json["values"].push_back(AppJson(*app));
  for (const auto& [name, error] : parts_.projection.BrokenApps()) {
    Json one;
    one["app"] = name;
    one["title"] = name;
    one["refused"] = error.message;
    json["values"].push_back(std::move(one));
  }
  co_return NoStoreAnswer(200, json);
}

http::Awaitable<Outcome> AdminSystem::ShowHealth(const Call& call) const {
  const OrProblem<LiveSession> live =
      parts_.services.guard.Admit(call.exchange, "admin.health", kRead);
  if (!live) co_return std::unexpected(live.error());
  const Health health = parts_.health();
  Json json;
  json["version"] = health.version;
  json["sqlite_version"] = health.sqlite_version;
  json["uptime_s"] = health.uptime.count();
  json["credentials"] = health.credentials;
  json["accounts"] = parts_.services.directory.ListAccounts().size();
  json["refused_records"] = health.refused_records;
  json["alarms"] = health.alarms;
  json["journal"]["seq"] = health.last_change;
  json["ready"] = health.why_not_ready.empty();
  json["why_not_ready"] = health.why_not_ready.empty() ? Json(nullptr) : Json(health.why_not_ready);
  co_return NoStoreAnswer(200, json);
}

}  // namespace latchkey::api
