#include "admin/service.h"

#include <utility>
#include <vector>

#include "admin/methods.h"
#include "base/instant.h"
#include "base/text.h"

namespace latchkey::admin {
namespace {

/// Whether who asks waits for the other nodes: `wait`, a parameter of no method but of all.
bool WantsToWait(const Json& params) {
  const auto wait = params.is_object() ? params.find("wait") : params.end();
  return wait == params.end() || !wait->is_boolean() || wait->get<bool>();
}

Json WithoutWait(Json params) {
  params.erase("wait");
  return params;
}

void AddAnnouncement(const Announcement& said, Json& answer) {
  if (said.empty() || !answer.is_object()) return;
  if (said.in_force_by) answer["in_force_by"] = FormatInstant(*said.in_force_by);
  if (!said.effective_at) return;
  answer["effective_at"] = FormatInstant(*said.effective_at);
  answer["confirmed"] = said.confirmed;
  answer["fenced"] = said.fenced;
}

}  // namespace

AdminService::AdminService(Parts parts) : parts_(std::move(parts)) {
  AddAccountMethods(parts_, methods_);
  AddWorkspaceMethods(parts_, methods_);
  AddRepositoryMethods(parts_, methods_);
  AddAppMethods(parts_, methods_);
  AddCredentialMethods(parts_, methods_);
  AddPolicyMethods(parts_, methods_);
  AddSystemMethods(parts_, methods_);
}

Result<Json> AdminService::Call(std::string_view method, const Json& params, const Caller& caller) {
  const auto found = methods_.find(method);
  if (found == methods_.end()) {
    return Fail(
        Error::Code::kInvalidArgument, "unknown method \"" + EscapeForTerminal(method, 80) + "\"",
        "Program and server may be of different versions: \"latchkey status\" shows the server's.");
  }
  const Announcer::Kind kind{.revocation = method.ends_with(".revoke"),
                             .no_wait = !WantsToWait(params)};
  // A secret may stand among them.
  const WipedJson rest{kind.no_wait ? WithoutWait(params) : Json{}};
  const Announcer::Mark before = parts_.announcer.Begin();
  Params reader{kind.no_wait ? *rest : params};
  Result<Json> answer = found->second(reader, caller);
  if (answer) AddAnnouncement(parts_.announcer.Finish(before, kind), *answer);
  return answer;
}

}  // namespace latchkey::admin
