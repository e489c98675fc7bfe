#include "api/session_list_resource.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/cookies.h"
#include "api/members.h"
#include "api/own_list.h"
#include "api/session_json.h"
#include "api/sign_in_resource.h"
#include "problem/denial_response.h"

namespace latchkey::api {
namespace {

Answer Done() {
  Answer answer;
  answer.response.status = 204;
  return answer;
}

Problem ProblemFrom(const Error& error) {
  Problem problem = ProblemFor(error);
  if (problem.type == ProblemType::kNotFound) {
    problem.detail = "There is no such session: it may have ended by itself. Reload the list.";
  }
  return problem;
}

}  // namespace

void SessionListResource::AddTo(Routes& routes) const {
  Adder add{routes, *this};
  add("GET", "/api/v1/sessions", &SessionListResource::List);
  add("DELETE", "/api/v1/sessions", &SessionListResource::EndAll);
  add("PATCH", "/api/v1/sessions/{id}", &SessionListResource::Rename);
  add("DELETE", "/api/v1/sessions/{id}", &SessionListResource::End);
}

http::Awaitable<Outcome> SessionListResource::List(const Call& call) const {
  co_return AnswerOwnList(services_, call, "session.list", [this](const LiveSession& live) {
    Json values = Json::array();
    for (const ListedSession& one : services_.sessions.List(live.account->id)) {
      const bool current = one.session.id == live.session->id;
      values.push_back(SessionJson(one.session, one.last_seen_at, current));
    }
    return values;
  });
}

http::Awaitable<Outcome> SessionListResource::Rename(const Call& call) const {
  const OrProblem<LiveSession> live = services_.guard.Admit(call.exchange, "session.rename");
  if (!live) co_return std::unexpected(live.error());
  OrProblem<Members> members =
      co_await ReadMembers(call.exchange, services_.settings.body_size_max);
  if (!members) co_return std::unexpected(members.error());
  const std::string name = members->Text("name");
  const OrProblem<void> read = members->Finish();
  if (!read) co_return std::unexpected(read.error());
  const Caller caller = CallerFor(call.exchange.head(), *live);
  const auto rename = [&] {
    return services_.sessions.Rename(live->account->id, call.params["id"], name, caller);
  };
  const Result<Session> session = co_await http::RunBlocking(services_.pool, rename);
  if (!session) {
    Problem problem = ProblemFrom(session.error());
    if (problem.type == ProblemType::kInvalidValue) problem.member = "name";
    co_return std::unexpected(problem);
  }
  const bool current = session->id == live->session->id;
  co_return NoStoreAnswer(200, SessionJson(*session, services_.clock.Now(), current));
}

http::Awaitable<Outcome> SessionListResource::End(const Call& call) const {
  const OrProblem<LiveSession> live =
      services_.guard.Admit(call.exchange, "session.end", {.before_second_step = true});
  if (!live) co_return std::unexpected(live.error());
  const Caller caller = CallerFor(call.exchange.head(), *live);
  const auto end = [&] {
    return services_.sessions.End(live->account->id, call.params["id"], "ended by its owner",
                                  caller);
  };
  const Result<void> ended = co_await http::RunBlocking(services_.pool, end);
  if (!ended) co_return std::unexpected(ProblemFrom(ended.error()));
  Answer answer = Done();
  if (call.params["id"] == live->session->id) {
    ClearCookie(answer.response.fields, kSessionCookie);
  }
  co_return answer;
}

http::Awaitable<Outcome> SessionListResource::EndAll(const Call& call) const {
  const OrProblem<LiveSession> live =
      services_.guard.Admit(call.exchange, "session.end-all", {.before_second_step = true});
  if (!live) co_return std::unexpected(live.error());
  const std::vector<std::string> values = call.exchange.head().target.QueryValues("others");
  const bool others = values.size() == 1 && values.front() == "true";
  if (!values.empty() && !others && values != std::vector<std::string>{"false"}) {
    co_return ProblemWith(ProblemType::kInvalidValue, "others must be true or false", "others");
  }
  const Caller caller = CallerFor(call.exchange.head(), *live);
  const std::string except = others ? live->session->id : std::string{};
  const auto end = [&] {
    return services_.sessions.EndAll(live->account->id, except, "ended by its owner", caller);
  };
  const Result<std::uint64_t> ended = co_await http::RunBlocking(services_.pool, end);
  if (!ended) co_return std::unexpected(ProblemFrom(ended.error()));
  Answer answer = Done();
  if (!others) ClearCookie(answer.response.fields, kSessionCookie);
  co_return answer;
}

}  // namespace latchkey::api
