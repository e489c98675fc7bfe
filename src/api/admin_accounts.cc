#include "api/admin_accounts.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/link_resource.h"
#include "api/members.h"
#include "api/query.h"
#include "api/session_json.h"
#include "api/sign_in_resource.h"
#include "base/text.h"
#include "problem/denial_response.h"

namespace latchkey::api {
namespace {

constexpr SessionGuard::Need kRead{.admin = true};
constexpr SessionGuard::Need kChange{.fresh_proof = true, .admin = true};
constexpr std::string_view kPath = "/api/v1/admin/accounts";

bool HoldsText(const Account& account, const std::string& folded) {
  return FoldAscii(account.username).contains(folded) ||
         FoldAscii(account.email).contains(folded) ||
         FoldAscii(account.display_name).contains(folded);
}

std::unexpected<Problem> NoSuchAccount() {
  return ProblemWith(ProblemType::kNotFound, "there is no such account: reload the list");
}

struct ListQuery {
  std::optional<std::string> text;
  std::optional<std::string> state;
  std::optional<std::string> kind;
  std::optional<std::string> after;  ///< The id of the last one seen.
  std::uint64_t limit = 100;
};

OrProblem<ListQuery> ReadListQuery(const http::Target& target) {
  Query query{target};
  ListQuery list;
  list.text = query.Text("q");
  list.state = query.OneOf("state", {"active", "suspended"});
  list.kind = query.OneOf("kind", {"person", "service"});
  list.after = query.Text("after");
  list.limit = query.Number("limit", 1, 500).value_or(list.limit);
  const OrProblem<void> read = query.Finish();
  if (!read) return std::unexpected(read.error());
  return list;
}

bool Matches(const ListQuery& query, const Account& account) {
  return (!query.state || StateName(account.state) == *query.state) &&
         (!query.kind || KindName(account.kind) == *query.kind) &&
         (!query.text || HoldsText(account, FoldAscii(*query.text)));
}

/// What one answer shows.
struct Page {
  std::vector<std::shared_ptr<const Account>> accounts;
  bool more = false;  ///< Others that match come after them.
};

Page PageOf(const ListQuery& query, const std::vector<std::shared_ptr<const Account>>& all) {
  Page page;
  bool seen = !query.after;
  for (const auto& account : all) {
    const bool matches = seen && Matches(query, *account);
    seen = seen || account->id == *query.after;
    if (!matches) continue;
    if (page.accounts.size() == query.limit) {
      page.more = true;
      break;
    }
    page.accounts.push_back(account);
  }
  return page;
}

std::string NextOf(const ListQuery& query, const AccountId& last) {
  std::string next = "?limit=" + std::to_string(query.limit) + "&after=" + last;
  if (query.text) next += "&q=" + EscapeQuery(*query.text);
  if (query.state) next += "&state=" + *query.state;
  if (query.kind) next += "&kind=" + *query.kind;
  return next;
}

/// Which member a refusal of CreateAccount is about, as far as its words tell.
std::string MemberOf(const Error& error) {
  if (error.message.starts_with("the e-mail")) return "email";
  if (error.message.starts_with("the username")) return "username";
  if (error.message.starts_with("the display name")) return "display_name";
  return {};
}

Problem ProblemFrom(const Error& error) {
  Problem problem = ProblemFor(error);
  const bool about_value =
      problem.type == ProblemType::kInvalidValue || problem.type == ProblemType::kConflict;
  if (about_value) problem.member = MemberOf(error);
  return problem;
}

/// Of CreateAccount.
Problem ProblemFromCreating(const Error& error, const std::string& username) {
  Problem problem = ProblemFrom(error);
  // Which of the two is taken, its message quotes.
  if (problem.type == ProblemType::kConflict) {
    const std::string quoted = "\"" + username + "\"";
    problem.member = error.message.contains(quoted) ? "username" : "email";
  }
  return problem;
}

OrProblem<NewAccount> ReadNewAccount(Members& members) {
  NewAccount request;
  request.email = members.Text("email");
  request.username = members.Text("username");
  request.display_name = members.FindText("display_name").value_or("");
  const std::string name = members.FindText("kind").value_or("person");
  request.admin = members.Flag("admin");
  const OrProblem<void> read = members.Finish();
  if (!read) return std::unexpected(read.error());
  const std::optional<AccountKind> kind = ParseAccountKind(name);
  if (!kind) {
    return ProblemWith(ProblemType::kInvalidValue, "kind must be person or service", "kind");
  }
  request.kind = *kind;
  return request;
}

OrProblem<AccountEdit> ReadEdit(Members& members) {
  const std::optional<std::string> state = members.FindText("state");
  AccountEdit edit{.display_name = members.FindText("display_name"),
                   .admin = members.FindFlag("admin")};
  const OrProblem<void> read = members.Finish();
  if (!read) return std::unexpected(read.error());
  if (state) edit.state = ParseAccountState(*state);
  if (state && !edit.state) {
    return ProblemWith(ProblemType::kInvalidValue, "state must be active or suspended", "state");
  }
  return edit;
}

bool Suspends(const AccountEdit& edit) { return edit.state == AccountState::kSuspended; }

/// Problems: kConflict, where it would take an administrator's own account from them.
OrProblem<void> RequireAllowedOnOwn(const AccountEdit& edit) {
  const bool suspends = Suspends(edit);
  if (!suspends && edit.admin != false) return {};
  return ProblemWith(ProblemType::kConflict,
                     "another administrator has to do that to your own account",
                     suspends ? "state" : "admin");
}

/// {…,"link":URL} or {…,"mailed":true}
Answer AnswerWithLink(const Services& services, Json json, const Account& account,
                      const NewLink& link) {
  const bool mailed = MailLink(services, account, link);
  const SecretString url = LinkUrl(services.settings, link.text);
  json["mailed"] = mailed;
  if (!mailed) json["link"] = url.Expose();
  Answer answer = NoStoreAnswer(201, json);
  answer.holds_secret = !mailed;
  return answer;
}

}  // namespace

void AdminAccounts::AddTo(Routes& routes) const {
  Adder add{routes, *this};
  const std::string all{kPath};
  add("GET", all, &AdminAccounts::List);
  add("POST", all, &AdminAccounts::Create);
  add("GET", all + "/{id}", &AdminAccounts::Show);
  add("PATCH", all + "/{id}", &AdminAccounts::Change);
  add("POST", all + "/{id}/link", &AdminAccounts::MakeLink);
  add("DELETE", all + "/{id}/sessions", &AdminAccounts::EndSessions);
  add("DELETE", all + "/{id}/second-step", &AdminAccounts::ResetSecondStep);
}

Result<Json> AdminAccounts::Describe(const Account& account) const {
  // Counted up to what a person can tell apart.
  constexpr std::size_t kCountMax = 1000;
  const Result<std::vector<CredentialRecord>> credentials =
      services_.credentials.List({.account = account.id, .limit = kCountMax},
                                 Caller{.actor = {}, .origin = {}, .request_id = {}});
  if (!credentials) return std::unexpected(credentials.error());
  Json json = AccountJson(account);
  json["credentials"] =
      std::ranges::count_if(*credentials, [now = services_.clock.Now()](const auto& record) {
        return StateOf(record, now) == "active";
      });
  json["second_step"] = services_.factors.HasSecondStep(account.id);
  json["can_sign_in"] = services_.factors.CanSignIn(account.id);
  return json;
}

Result<Json> AdminAccounts::Apply(const AccountId& id, const AccountEdit& edit,
                                  const Caller& caller) const {
  const Result<Account> account = services_.accounts.Edit(id, edit, caller);
  if (!account) return std::unexpected(account.error());
  if (Suspends(edit)) {
    const Result<std::uint64_t> ended =
        services_.sessions.EndAll(id, {}, "the account was suspended", caller);
    if (!ended) return std::unexpected(ended.error());
  }
  return Describe(*account);
}

http::Awaitable<Outcome> AdminAccounts::List(const Call& call) const {
  const OrProblem<LiveSession> live =
      services_.guard.Admit(call.exchange, "admin.account-list", kRead);
  if (!live) co_return std::unexpected(live.error());
  const OrProblem<ListQuery> query = ReadListQuery(call.exchange.head().target);
  if (!query) co_return std::unexpected(query.error());
  const auto collect = [&]() -> Result<Json> {
    const Page page = PageOf(*query, services_.directory.ListAccounts());
    Json json;
    json["values"] = Json::array();
    json["next"] = nullptr;
    for (const auto& account : page.accounts) {
      Result<Json> described = Describe(*account);
      if (!described) return described;
      json["values"].push_back(std::move(*described));
    }
    if (page.more) {
      json["next"] = services_.settings.public_url + std::string{kPath} +
                     NextOf(*query, page.accounts.back()->id);
    }
    return json;
  };
  const Result<Json> json = co_await http::RunBlocking(services_.pool, collect);
  if (!json) co_return std::unexpected(ProblemFor(json.error()));
  co_return NoStoreAnswer(200, *json);
}

http::Awaitable<Outcome> AdminAccounts::Create(const Call& call) const {
  const OrProblem<LiveSession> live =
      services_.guard.Admit(call.exchange, "admin.account-create", kChange);
  if (!live) co_return std::unexpected(live.error());
  OrProblem<Members> members =
      co_await ReadMembers(call.exchange, services_.settings.body_size_max);
  if (!members) co_return std::unexpected(members.error());
  const OrProblem<NewAccount> request = ReadNewAccount(*members);
  if (!request) co_return std::unexpected(request.error());
  const Caller caller = OperatorFor(call.exchange.head(), *live);
  const auto create = [&]() -> Outcome {
    const Result<Account> account = services_.accounts.CreateAccount(*request, caller);
    if (!account) return std::unexpected(ProblemFromCreating(account.error(), request->username));
    Json json;
    json["account"] = AccountJson(*account);
    if (account->kind == AccountKind::kService) return NoStoreAnswer(201, json);
    const Result<NewLink> link = services_.links.Make(LinkKind::kInvitation, account->id, caller);
    if (!link) return std::unexpected(ProblemFor(link.error()));
    return AnswerWithLink(services_, std::move(json), *account, *link);
  };
  Outcome outcome = co_await http::RunBlocking(services_.pool, create);
  co_return outcome;
}

http::Awaitable<Outcome> AdminAccounts::Show(const Call& call) const {
  const OrProblem<LiveSession> live =
      services_.guard.Admit(call.exchange, "admin.account-show", kRead);
  if (!live) co_return std::unexpected(live.error());
  const auto account = services_.directory.FindAccount(AccountId{call.params["id"]});
  if (!account) co_return NoSuchAccount();
  const auto describe = [&] { return Describe(*account); };
  const Result<Json> json = co_await http::RunBlocking(services_.pool, describe);
  if (!json) co_return std::unexpected(ProblemFor(json.error()));
  co_return NoStoreAnswer(200, *json);
}

http::Awaitable<Outcome> AdminAccounts::Change(const Call& call) const {
  const OrProblem<LiveSession> live =
      services_.guard.Admit(call.exchange, "admin.account-change", kChange);
  if (!live) co_return std::unexpected(live.error());
  OrProblem<Members> members =
      co_await ReadMembers(call.exchange, services_.settings.body_size_max);
  if (!members) co_return std::unexpected(members.error());
  const OrProblem<AccountEdit> edit = ReadEdit(*members);
  if (!edit) co_return std::unexpected(edit.error());
  const AccountId id{call.params["id"]};
  if (id == live->account->id) {
    const OrProblem<void> allowed = RequireAllowedOnOwn(*edit);
    if (!allowed) co_return std::unexpected(allowed.error());
  }
  if (!services_.directory.FindAccount(id)) co_return NoSuchAccount();
  const Caller caller = OperatorFor(call.exchange.head(), *live);
  const auto change = [&] { return Apply(id, *edit, caller); };
  const Result<Json> json = co_await http::RunBlocking(services_.pool, change);
  if (!json) co_return std::unexpected(ProblemFrom(json.error()));
  co_return NoStoreAnswer(200, *json);
}

http::Awaitable<Outcome> AdminAccounts::MakeLink(const Call& call) const {
  const OrProblem<LiveSession> live =
      services_.guard.Admit(call.exchange, "admin.account-link", kChange);
  if (!live) co_return std::unexpected(live.error());
  OrProblem<Members> members =
      co_await ReadMembers(call.exchange, services_.settings.body_size_max);
  if (!members) co_return std::unexpected(members.error());
  const std::string name = members->Text("kind");
  const OrProblem<void> read = members->Finish();
  if (!read) co_return std::unexpected(read.error());
  const std::optional<LinkKind> kind = ParseLinkKind(name);
  if (!kind || *kind == LinkKind::kSetUp) {
    co_return ProblemWith(ProblemType::kInvalidValue, "kind must be invitation or password-reset",
                          "kind");
  }
  const auto account = services_.directory.FindAccount(AccountId{call.params["id"]});
  if (!account) co_return NoSuchAccount();
  const Caller caller = OperatorFor(call.exchange.head(), *live);
  const auto make = [&] { return services_.links.Make(*kind, account->id, caller); };
  const Result<NewLink> link = co_await http::RunBlocking(services_.pool, make);
  if (!link) co_return std::unexpected(ProblemFor(link.error()));
  co_return AnswerWithLink(services_, Json::object(), *account, *link);
}

http::Awaitable<Outcome> AdminAccounts::EndSessions(const Call& call) const {
  const OrProblem<LiveSession> live =
      services_.guard.Admit(call.exchange, "admin.account-sessions", kChange);
  if (!live) co_return std::unexpected(live.error());
  const AccountId id{call.params["id"]};
  if (!services_.directory.FindAccount(id)) co_return NoSuchAccount();
  const Caller caller = OperatorFor(call.exchange.head(), *live);
  const auto end = [&] {
    return services_.sessions.EndAll(id, {}, "ended by an administrator", caller);
  };
  const Result<std::uint64_t> ended = co_await http::RunBlocking(services_.pool, end);
  if (!ended) co_return std::unexpected(ProblemFor(ended.error()));
  Answer answer;
  answer.response.status = 204;
  co_return answer;
}

http::Awaitable<Outcome> AdminAccounts::ResetSecondStep(const Call& call) const {
  const OrProblem<LiveSession> live =
      services_.guard.Admit(call.exchange, "admin.account-second-step", kChange);
  if (!live) co_return std::unexpected(live.error());
  const AccountId id{call.params["id"]};
  if (!services_.directory.FindAccount(id)) co_return NoSuchAccount();
  const Caller caller = OperatorFor(call.exchange.head(), *live);
  const auto reset = [&] { return services_.factors.ResetSecondStep(id, caller); };
  const Result<bool> done = co_await http::RunBlocking(services_.pool, reset);
  if (!done) co_return std::unexpected(ProblemFor(done.error()));
  Answer answer;
  answer.response.status = 204;
  co_return answer;
}

}  // namespace latchkey::api
