#include "admin/service.h"

#include <utility>
#include <vector>

#include "admin/methods.h"
#include "base/text.h"

namespace latchkey::admin {

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
  Params reader{params};
  return found->second(reader, caller);
}

}  // namespace latchkey::admin
