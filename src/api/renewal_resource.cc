#include "api/renewal_resource.h"

#include <string>
#include <utility>

#include "api/credential_json.h"
#include "api/issue_answer.h"
#include "api/members.h"
#include "problem/denial_response.h"
#include "problem/json_text.h"

namespace latchkey::api {
namespace {

OrProblem<std::string> ReadKey(const http::Fields& fields) {
  if (fields.Count("Idempotency-Key") > 1) {
    return ProblemWith(ProblemType::kMalformed,
                       "the request has more than one Idempotency-Key field: send one");
  }
  const auto key = fields.Find("Idempotency-Key");
  if (!key) {
    return ProblemWith(ProblemType::kInvalidValue,
                       "a renewal needs an Idempotency-Key field: the same again, if the answer is "
                       "lost, ends what was made before and makes another");
  }
  return std::string{*key};
}

}  // namespace

http::Awaitable<Outcome> RenewalResource::Rotate(const Call& call) const {
  const OrProblem<Grant> grant =
      parts_.guard.Admit(call.exchange, parts_.rotate, "credential.rotate");
  if (!grant) co_return std::unexpected(grant.error());
  const OrProblem<std::string> key = ReadKey(call.exchange.head().fields);
  if (!key) co_return std::unexpected(key.error());
  const Holder& holder = grant->holder();
  const Caller caller = CallerFor(call.exchange.head(), holder);
  const auto rotate = [&] { return parts_.authority.Rotate(*key, caller); };
  Result<Issued> issued = co_await http::RunBlocking(parts_.pool, rotate);
  if (!issued) co_return std::unexpected(ProblemFor(issued.error()));

  const std::string id = issued->record.id.text();
  call.exchange.Annotate("subject", id);
  Json record = RecordJson(issued->record, holder.account->username, parts_.clock.Now());
  record["replaces"] = holder.id.text();
  Answer answer;
  answer.response = JsonResponse(201, nullptr);
  answer.response.body = FormatIssueAnswer(record, std::move(*issued->credential));
  answer.holds_secret = true;
  answer.response.fields.Set("Cache-Control", "no-store");
  answer.response.fields.Set("Location", parts_.settings.public_url + "/api/v1/api-tokens/" + id);
  co_return answer;
}

http::Awaitable<Outcome> RenewalResource::Activate(const Call& call) const {
  const OrProblem<Grant> grant =
      parts_.guard.Admit(call.exchange, parts_.rotate, "credential.activate");
  if (!grant) co_return std::unexpected(grant.error());
  OrProblem<Members> members = co_await ReadMembers(call.exchange, parts_.settings.body_size_max);
  if (!members) co_return std::unexpected(members.error());
  const std::string replaces = members->Text("replaces");
  const OrProblem<void> read = members->Finish();
  if (!read) co_return std::unexpected(read.error());
  const Result<CredentialId> replaced = CredentialId::Parse(replaces);
  if (!replaced) {
    co_return ProblemWith(ProblemType::kInvalidValue, "replaces must be a credential's id",
                          "replaces");
  }
  const Holder& holder = grant->holder();
  const Caller caller = CallerFor(call.exchange.head(), holder);
  const auto retire = [&] { return parts_.authority.Retire(*replaced, caller); };
  const Result<CredentialRecord> record = co_await http::RunBlocking(parts_.pool, retire);
  if (!record) co_return std::unexpected(ProblemFor(record.error()));
  call.exchange.Annotate("subject", record->id.text());
  const Json json = RecordJson(*record, holder.account->username, parts_.clock.Now());
  co_return Answer{.response = JsonResponse(200, json)};
}

}  // namespace latchkey::api
