#include "api/passkey_resource.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "api/factor_resource.h"
#include "api/members.h"
#include "api/own_list.h"
#include "api/passkey_ceremony.h"
#include "api/sign_in_resource.h"
#include "base/instant.h"
#include "crypto/base64url.h"
#include "problem/denial_response.h"

namespace latchkey::api {
namespace {

constexpr SessionGuard::Need kChange{.fresh_proof = true, .before_second_step = true};

Json PasskeyJson(const Passkey& passkey) {
  Json json;
  json["id"] = EncodeBase64Url(passkey.id);
  json["name"] = passkey.name;
  json["added_at"] = FormatInstant(passkey.added_at);
  json["last_used_at"] =
      passkey.last_used_at ? Json(FormatInstant(*passkey.last_used_at)) : Json(nullptr);
  json["backup_eligible"] =
      passkey.backup_eligible ? Json(*passkey.backup_eligible) : Json(nullptr);
  return json;
}

/// Apart from the challenges of signing in, which the same session may ask for.
std::string CreationOwner(const LiveSession& live) { return "new passkey " + live.session->id; }

Problem ProblemFrom(const Error& error) {
  Problem problem = ProblemFor(error);
  if (problem.type == ProblemType::kNotFound) {
    problem.detail = "There is no such passkey. Reload the list.";
  } else if (problem.type == ProblemType::kInvalidValue) {
    problem.member = "name";
  }
  return problem;
}

/// What an authenticator sent was not taken: not a matter of rights.
Problem Unusable(const Error& error) {
  if (error.code == Error::Code::kMalformed || error.code == Error::Code::kLimitExceeded) {
    return ProblemFor(error);
  }
  return ProblemWith(ProblemType::kInvalidValue,
                     "the answer of the authenticator cannot be used: try again, or with another "
                     "authenticator",
                     "credential")
      .error();
}

std::string RawId(const Call& call) {
  return DecodeBase64Url(call.params["id"]).value_or(std::string{});
}

}  // namespace

void PasskeyResource::AddTo(Routes& routes) const {
  Adder add{routes, *this};
  add("GET", "/api/v1/me/passkeys", &PasskeyResource::List);
  add("POST", "/api/v1/me/passkeys/options", &PasskeyResource::Options);
  add("POST", "/api/v1/me/passkeys", &PasskeyResource::Add);
  add("PATCH", "/api/v1/me/passkeys/{id}", &PasskeyResource::Rename);
  add("DELETE", "/api/v1/me/passkeys/{id}", &PasskeyResource::Remove);
}

http::Awaitable<Outcome> PasskeyResource::List(const Call& call) const {
  co_return AnswerOwnList(services_, call, "passkey.list", [this](const LiveSession& live) {
    Json values = Json::array();
    if (const std::shared_ptr<const SignIn> sign_in = services_.factors.Find(live.account->id)) {
      for (const Passkey& passkey : sign_in->passkeys) values.push_back(PasskeyJson(passkey));
    }
    return values;
  });
}

http::Awaitable<Outcome> PasskeyResource::Options(const Call& call) const {
  const OrProblem<LiveSession> live =
      services_.guard.Admit(call.exchange, "passkey.options", kChange);
  if (!live) co_return std::unexpected(live.error());
  const OrProblem<void> usable = RequirePasskeys(services_);
  if (!usable) co_return std::unexpected(usable.error());
  const OrProblem<Json> options =
      MakeCreationOptions(services_, CreationOwner(*live), *live->account);
  if (!options) co_return std::unexpected(options.error());
  co_return NoStoreAnswer(200, *options);
}

http::Awaitable<Outcome> PasskeyResource::Add(const Call& call) const {
  const OrProblem<LiveSession> live = services_.guard.Admit(call.exchange, "passkey.add", kChange);
  if (!live) co_return std::unexpected(live.error());
  OrProblem<Members> members =
      co_await ReadMembers(call.exchange, services_.settings.body_size_max);
  if (!members) co_return std::unexpected(members.error());
  const std::string name = members->Text("name");
  const std::optional<JsonBody> credential = members->Object("credential");
  OrProblem<void> usable = members->Finish();
  if (usable) usable = RequirePasskeys(services_);
  if (!usable) co_return std::unexpected(usable.error());
  Result<Passkey> passkey = CheckRegistration(services_, CreationOwner(*live), *credential);
  if (!passkey) co_return std::unexpected(Unusable(passkey.error()));
  passkey->name = name;
  passkey->added_at = services_.clock.Now();
  const Json json = PasskeyJson(*passkey);
  const Caller caller = CallerFor(call.exchange.head(), *live);
  const auto add = [&] {
    return services_.factors.AddPasskey(live->account->id, *passkey, caller);
  };
  const Result<RecoveryCodes> codes = co_await http::RunBlocking(services_.pool, add);
  if (!codes) co_return std::unexpected(ProblemFrom(codes.error()));
  co_return AnswerWithCodes(201, json, *codes);
}

http::Awaitable<Outcome> PasskeyResource::Rename(const Call& call) const {
  const OrProblem<LiveSession> live =
      services_.guard.Admit(call.exchange, "passkey.rename", kChange);
  if (!live) co_return std::unexpected(live.error());
  OrProblem<Members> members =
      co_await ReadMembers(call.exchange, services_.settings.body_size_max);
  if (!members) co_return std::unexpected(members.error());
  const std::string name = members->Text("name");
  const OrProblem<void> read = members->Finish();
  if (!read) co_return std::unexpected(read.error());
  const std::string id = RawId(call);
  const Caller caller = CallerFor(call.exchange.head(), *live);
  const auto rename = [&] {
    return services_.factors.RenamePasskey(live->account->id, id, name, caller);
  };
  const Result<void> renamed = co_await http::RunBlocking(services_.pool, rename);
  if (!renamed) co_return std::unexpected(ProblemFrom(renamed.error()));
  if (const std::shared_ptr<const SignIn> sign_in = services_.factors.Find(live->account->id)) {
    for (const Passkey& passkey : sign_in->passkeys) {
      if (passkey.id == id) co_return NoStoreAnswer(200, PasskeyJson(passkey));
    }
  }
  co_return ProblemWith(ProblemType::kNotFound, "there is no such passkey: reload the list");
}

http::Awaitable<Outcome> PasskeyResource::Remove(const Call& call) const {
  const OrProblem<LiveSession> live =
      services_.guard.Admit(call.exchange, "passkey.remove", kChange);
  if (!live) co_return std::unexpected(live.error());
  const std::string id = RawId(call);
  const Caller caller = CallerFor(call.exchange.head(), *live);
  const auto remove = [&] {
    return services_.factors.RemovePasskey(live->account->id, id, caller);
  };
  const Result<void> removed = co_await http::RunBlocking(services_.pool, remove);
  if (!removed) co_return std::unexpected(ProblemFrom(removed.error()));
  Answer answer;
  answer.response.status = 204;
  co_return answer;
}

}  // namespace latchkey::api
