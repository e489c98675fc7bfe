#include "api/credential_resource.h"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <utility>

#include "api/bulk_revoke.h"
#include "api/credential_json.h"
#include "api/credential_list.h"
#include "api/issue_answer.h"
#include "api/issue_request.h"
#include "api/json_body.h"
#include "api/letters.h"
#include "api/members.h"
#include "mail/message.h"
#include "problem/denial_response.h"

namespace latchkey::api {
namespace {

/// What a record has beside its name, all of it fixed for ever.
constexpr std::array<std::string_view, 14> kImmutableMembers{
    "id",  "kind",       "account",    "app",   "scopes", "permissions",   "created_at",
    "ttl", "expires_at", "revoked_at", "state", "secret", "revoke_reason", "basic_x_token_auth"};

OrProblem<std::string> ReadNewName(const JsonBody& body) {
  for (const std::string_view immutable : kImmutableMembers) {
    if (!body.Has(immutable)) continue;
    return std::unexpected(
        Problem{.type = ProblemType::kImmutableMember,
                .detail = Sentence(std::string{immutable} +
                                   " cannot be changed: create another credential instead"),
                .challenge = Challenge::kBare,
                .member = std::string{immutable}});
  }
  static constexpr std::array<std::string_view, 1> kMembers{"name"};
  if (const OrProblem<void> known = body.RequireOnly(kMembers); !known) {
    return std::unexpected(known.error());
  }
  return body.RequireText("name");
}

/// The member of the body that stands for a part of the request; empty if there is none.
std::string MemberFor(RequestPart part, CredentialKind kind, const JsonBody& body) {
  switch (part) {
    case RequestPart::kNone: return {};
    case RequestPart::kName: return "name";
    case RequestPart::kApp: return "app";
    case RequestPart::kGrants: return std::string{GrantsMember(kind)};
    case RequestPart::kExpiry: return body.Has("ttl") ? "ttl" : "expires_at";
  }
  std::unreachable();
}

/// Names the one value that the request had, where that is what was not acceptable.
Outcome Blame(Outcome outcome, std::string_view member) {
  if (!outcome && outcome.error().type == ProblemType::kInvalidValue) {
    outcome.error().member = member;
  }
  return outcome;
}

OrProblem<std::string> ReadReason(const http::Target& target) {
  std::vector<std::string> reasons = target.QueryValues("reason");
  if (reasons.empty()) return std::string{};
  if (reasons.size() == 1) return std::move(reasons.front());
  return ProblemWith(ProblemType::kInvalidValue, "reason stands twice in the query", "reason");
}

constexpr std::string_view kIntrospectScope = "introspect:credential:latchkey";

/// So that somebody whose session or token was taken learns of it.
void TellOwner(const Services& services, const CredentialRecord& record, const Account& owner,
               const Caller& caller) {
  const std::optional<mail::Recipient> to = RecipientOf(owner);
  if (services.outbox == nullptr || !to) return;
  const mail::Site site{.name = services.settings.realm,
                        .public_url = services.settings.public_url};
  const mail::Event event{.at = record.created_at, .by = "you", .address = caller.origin};
  services.outbox->Post(mail::CredentialMadeMessage(site, *to, FactsOf(record), event));
}

}  // namespace

OrProblem<std::vector<CredentialId>> ParseIds(const std::vector<std::string>& texts) {
  constexpr std::size_t kIdsMax = 4000;  // As many values as a body may hold.
  if (texts.size() > kIdsMax) {
    return ProblemWith(ProblemType::kInvalidValue, "ids must be at most 4000", "ids");
  }
  std::vector<CredentialId> ids;
  for (const std::string& text : texts) {
    const Result<CredentialId> id = CredentialId::Parse(text);
    if (!id) {
      return ProblemWith(ProblemType::kInvalidValue, "ids must be ids of credentials", "ids");
    }
    ids.push_back(*id);
  }
  return ids;
}

std::string_view CredentialResource::path() const {
  switch (kind_) {
    case CredentialKind::kApiToken: return "/api/v1/api-tokens";
    case CredentialKind::kAppPassword: return "/api/v1/app-passwords";
  }
  std::unreachable();
}

OrProblem<Asker> CredentialResource::Admit(const Call& call, const Requirement& requirement,
                                           std::string_view verb) const {
  const std::string action = std::string{KindName(kind_)} + "." + std::string{verb};
  if (IsOfPerson(call.exchange.head())) {
    OrProblem<LiveSession> live =
        parts_.services.guard.Admit(call.exchange, action, {.fresh_proof = verb == "issue"});
    if (!live) return std::unexpected(live.error());
    return Asker{std::move(*live)};
  }
  OrProblem<Grant> grant = parts_.guard.Admit(call.exchange, requirement, action);
  if (!grant) return std::unexpected(grant.error());
  return Asker{std::move(*grant)};
}

Result<CredentialRecord> CredentialResource::Find(std::string_view id, const Caller& caller) const {
  const Result<CredentialId> parsed = CredentialId::Parse(id);
  if (!parsed) return Fail(Error::Code::kNotFound, "no such credential");
  Result<CredentialRecord> record = parts_.authority.Show(*parsed, caller);
  if (record && record->kind != kind_) return Fail(Error::Code::kNotFound, "no such credential");
  return record;
}

Problem CredentialResource::ProblemFrom(const Error& error) const {
  Problem problem = ProblemFor(error);
  if (problem.type == ProblemType::kNotFound) {
    problem.detail = "There is no such " + std::string{KindTitle(kind_)} + ", or it is not yours.";
  }
  return problem;
}

Result<std::vector<Json>> CredentialResource::DescribeUsed(
    std::span<const CredentialRecord> records, const Account& account) const {
  std::vector<CredentialId> ids;
  for (const CredentialRecord& record : records) ids.push_back(record.id);
  const Result<std::map<CredentialId, UsageSummary>> usage = parts_.usage.Find(ids);
  if (!usage) return std::unexpected(usage.error());
  std::vector<Json> described;
  for (const CredentialRecord& record : records) {
    const auto found = usage->find(record.id);
    described.push_back(RecordJson(record, account.username, parts_.clock.Now()));
    AddUsage(described.back(), found == usage->end() ? nullptr : &found->second);
  }
  return described;
}

Outcome CredentialResource::AnswerWith(const Result<CredentialRecord>& record,
                                       const Account& account) const {
  if (!record) return std::unexpected(ProblemFrom(record.error()));
  const Json json = RecordJson(*record, account.username, parts_.clock.Now());
  return Answer{.response = JsonResponse(200, json)};
}

http::Awaitable<Outcome> CredentialResource::List(const Call& call) const {
  const OrProblem<Asker> asker = Admit(call, parts_.read, "list");
  if (!asker) co_return std::unexpected(asker.error());
  const OrProblem<ListQuery> query = ListQuery::Read(call.exchange.head().target);
  if (!query) co_return std::unexpected(query.error());

  const Caller caller = asker->For(call.exchange.head());
  const Instant now = parts_.clock.Now();
  std::vector<Json> values;
  const auto collect = [&]() -> Result<ListPage> {
    Result<ListPage> page = CollectPage(parts_.authority, caller, kind_, *query, now);
    if (!page) return page;
    Result<std::vector<Json>> described = DescribeUsed(page->records, asker->account());
    if (!described) return std::unexpected(described.error());
    values = *std::move(described);
    return page;
  };
  const Result<ListPage> page = co_await http::RunBlocking(parts_.pool, collect);
  if (!page) co_return std::unexpected(ProblemFrom(page.error()));

  Json json;
  json["values"] = std::move(values);
  if (page->has_more) {
    const std::string next = query->Next(page->records.back().id);
    json["next"] = parts_.settings.public_url + std::string{path()} + next;
  }
  co_return Answer{.response = JsonResponse(200, json)};
}

http::Awaitable<Outcome> CredentialResource::Issue(const Call& call) const {
  const OrProblem<Asker> asker = Admit(call, parts_.write, "issue");
  if (!asker) co_return std::unexpected(asker.error());
  const Caller caller = asker->For(call.exchange.head());
  Outcome outcome = co_await IssueFor(call, asker->account(), caller);
  co_return outcome;
}

OrProblem<void> CredentialResource::CheckMayIssue(const IssueRequest& request,
                                                  const Account& account,
                                                  const Caller& caller) const {
  if (!parts_.services.policy.Show().Allows(kind_)) {
    return ProblemWith(ProblemType::kKindDisabled,
                       "this installation makes no new " + std::string{KindTitle(kind_)} +
                           "s: an administrator can allow them, on the page Policies");
  }
  // Who holds it asks about everybody's credentials.
  const bool introspects =
      std::ranges::find(request.grants, kIntrospectScope) != request.grants.end();
  const bool by_person_for_himself = caller.holder == nullptr && caller.account.has_value();
  if (introspects && by_person_for_himself && !account.admin) {
    return ProblemWith(ProblemType::kPermissionDenied,
                       "only an administrator may make a token with " +
                           std::string{kIntrospectScope} + ": ask one for it",
                       "scopes");
  }
  return {};
}

http::Awaitable<Outcome> CredentialResource::IssueFor(const Call& call, const Account& account,
                                                      const Caller& caller) const {
  const OrProblem<JsonBody> body =
      co_await ReadJsonBody(call.exchange, parts_.settings.body_size_max);
  if (!body) co_return std::unexpected(body.error());
  const OrProblem<IssueRequest> request =
      ReadIssueRequest(*body, call.exchange.head().fields, kind_, account.id, parts_.clock.Now());
  if (!request) co_return std::unexpected(request.error());
  const OrProblem<void> may = CheckMayIssue(*request, account, caller);
  if (!may) co_return std::unexpected(may.error());

  const auto issue = [&] { return parts_.authority.Issue(*request, caller); };
  Result<Issued> issued = co_await http::RunBlocking(parts_.pool, issue);
  if (issued) {
    call.exchange.Annotate("subject", issued->record.id.text());
    if (issued->credential) TellOwner(parts_.services, issued->record, account, caller);
    co_return AnswerIssued(std::move(*issued), account);
  }
  Problem problem = ProblemFrom(issued.error());
  const bool reused =
      issued.error().code == Error::Code::kAlreadyExists && request->idempotency_key.has_value();
  if (reused) problem.type = ProblemType::kIdempotencyKeyReused;
  if (problem.type == ProblemType::kInvalidValue) {
    problem.member = MemberFor(parts_.authority.FindFault(*request, caller), kind_, *body);
  }
  co_return std::unexpected(problem);
}

Outcome CredentialResource::AnswerIssued(Issued issued, const Account& account) const {
  const Json record = RecordJson(issued.record, account.username, parts_.clock.Now());
  Answer answer;
  if (issued.credential) {
    answer.response = JsonResponse(201, nullptr);
    answer.response.body = FormatIssueAnswer(record, std::move(*issued.credential));
    answer.holds_secret = true;
  } else {
    answer.response = JsonResponse(200, record);
    answer.response.fields.Set("Idempotency-Replayed", "true");
  }
  answer.response.fields.Set("Cache-Control", "no-store");
  answer.response.fields.Set(
      "Location", parts_.settings.public_url + std::string{path()} + "/" + issued.record.id.text());
  return answer;
}

http::Awaitable<Outcome> CredentialResource::Show(const Call& call) const {
  const OrProblem<Asker> asker = Admit(call, parts_.read, "show");
  if (!asker) co_return std::unexpected(asker.error());
  const Caller caller = asker->For(call.exchange.head());
  const auto find = [&]() -> Result<std::vector<Json>> {
    const Result<CredentialRecord> record = Find(call.params["id"], caller);
    if (!record) return std::unexpected(record.error());
    return DescribeUsed({&*record, 1}, asker->account());
  };
  const Result<std::vector<Json>> found = co_await http::RunBlocking(parts_.pool, find);
  if (!found) co_return std::unexpected(ProblemFrom(found.error()));
  co_return Answer{.response = JsonResponse(200, found->front())};
}

http::Awaitable<Outcome> CredentialResource::Rename(const Call& call) const {
  const OrProblem<Asker> asker = Admit(call, parts_.write, "rename");
  if (!asker) co_return std::unexpected(asker.error());
  const OrProblem<JsonBody> body =
      co_await ReadJsonBody(call.exchange, parts_.settings.body_size_max);
  if (!body) co_return std::unexpected(body.error());
  const OrProblem<std::string> name = ReadNewName(*body);
  if (!name) co_return std::unexpected(name.error());

  const Caller caller = asker->For(call.exchange.head());
  const auto rename = [&]() -> Result<CredentialRecord> {
    Result<CredentialRecord> found = Find(call.params["id"], caller);
    if (!found) return found;
    return parts_.authority.Rename(found->id, *name, caller);
  };
  const Result<CredentialRecord> record = co_await http::RunBlocking(parts_.pool, rename);
  if (record) call.exchange.Annotate("subject", record->id.text());
  co_return Blame(AnswerWith(record, asker->account()), "name");
}

http::Awaitable<Outcome> CredentialResource::Revoke(const Call& call) const {
  const OrProblem<Asker> asker = Admit(call, parts_.write, "revoke");
  if (!asker) co_return std::unexpected(asker.error());
  const OrProblem<std::string> reason = ReadReason(call.exchange.head().target);
  if (!reason) co_return std::unexpected(reason.error());

  const Caller caller = asker->For(call.exchange.head());
  const auto revoke = [&]() -> Result<CredentialRecord> {
    Result<CredentialRecord> found = Find(call.params["id"], caller);
    if (!found) return found;
    return parts_.authority.Revoke(found->id, *reason, caller);
  };
  const Result<CredentialRecord> record = co_await http::RunBlocking(parts_.pool, revoke);
  if (record) call.exchange.Annotate("subject", record->id.text());
  Outcome outcome = Blame(AnswerWith(record, asker->account()), "reason");
  if (outcome) outcome->revocation = true;
  co_return outcome;
}

http::Awaitable<Outcome> CredentialResource::RevokeMany(const Call& call) const {
  const OrProblem<Asker> asker = Admit(call, parts_.write, "revoke-many");
  if (!asker) co_return std::unexpected(asker.error());
  OrProblem<Members> members = co_await ReadMembers(call.exchange, parts_.settings.body_size_max);
  if (!members) co_return std::unexpected(members.error());
  const std::optional<std::vector<std::string>> texts = members->FindTexts("ids");
  const bool all = members->Flag("all");
  const std::string reason = members->FindText("reason").value_or("");
  const OrProblem<void> read = members->Finish();
  if (!read) co_return std::unexpected(read.error());
  if (texts.has_value() == all) {
    co_return ProblemWith(ProblemType::kInvalidValue, "send either ids or \"all\": true");
  }
  OrProblem<std::vector<CredentialId>> ids = ParseIds(texts.value_or(std::vector<std::string>{}));
  if (!ids) co_return std::unexpected(ids.error());

  const Caller caller = asker->For(call.exchange.head());
  const CredentialFilter filter{.account = asker->account().id, .kind = kind_};
  const auto revoke = [&]() -> Result<std::uint64_t> {
    if (all) return RevokeAll(parts_.authority, filter, reason, caller);
    // Of the other kind there are none here.
    std::erase_if(*ids, [&](CredentialId id) {
      const Result<CredentialRecord> record = parts_.authority.Show(id, caller);
      return record && record->kind != kind_;
    });
    return RevokeEach(parts_.authority, *ids, reason, caller);
  };
  const Result<std::uint64_t> revoked = co_await http::RunBlocking(parts_.pool, revoke);
  if (!revoked) co_return std::unexpected(ProblemFrom(revoked.error()));
  Json json;
  json["revoked"] = *revoked;
  co_return Answer{.response = JsonResponse(200, json), .revocation = true};
}

}  // namespace latchkey::api
