#pragma once

// Git over HTTPS, the smart protocol (gitprotocol-http(5)): clone, fetch and push.
//
//     GET  /{workspace}/{repository}[.git]/info/refs?service=git-upload-pack | git-receive-pack
//     POST /{workspace}/{repository}[.git]/git-upload-pack
//     POST /{workspace}/{repository}[.git]/git-receive-pack
//
// What a request needs follows from what will run: of a POST, the path decides, whatever its query
// says. Nothing about the repository is looked at before the credential has passed, so that a
// stranger learns nothing from any answer.
//
// A credential must be good for as long as bytes flow: it is verified again before every piece of a
// push is handed to git, the last of them held back until the body has ended whole, and once a
// second during a download. A credential that is revoked during a push changes nothing in the
// repository. Once git has the whole of a push, it is let finish, whatever becomes of client and
// credential.
//
// Not here: what git itself decides (ref names, fast-forwards, connectivity), LFS, and the dumb
// protocol, which is not served. Protocol version 2 lets a client ask for any object of a
// repository that it may read, whether or not a ref leads there; that is git's own rule, and
// partial clones need it.
//
// Thread safety: any thread.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "git/child.h"
#include "git/child_slots.h"
#include "git/command_list.h"
#include "git/repositories.h"
#include "git/service.h"
#include "http/exchange.h"
#include "verify/directory.h"
#include "verify/usage.h"
#include "verify/verifier.h"

namespace latchkey::git {

struct GitSettings {
  std::string realm =
      "Latchkey";          ///< Of the challenge; not one that clients take for another product.
  std::string public_url;  ///< For links, without a slash at its end; empty: no links.
  std::uint64_t upload_request_size_max = std::uint64_t{64} << 20;  ///< Bytes of a fetch request.
  CommandLimits commands;
  ChildSlots::Settings slots;
  Child::Limits child;
};

class GitHandler {
 public:
  /// All references outlive the handler.
  GitHandler(const Verifier& verifier, const Directory& directory, GitRequirements requirements,
             const RepositoryStore& repositories, UsageRecorder& usage, const Clock& clock,
             GitSettings settings);

  /// Answers a request for `rest` (`info/refs`, `git-upload-pack`, `git-receive-pack`; anything
  /// else is 404) of a repository, whose name may end in `.git`. All decoded, as they came: they
  /// are checked here.
  http::Awaitable<void> Handle(http::Exchange& exchange, std::string workspace,
                               std::string repository, std::string rest);

  /// Git processes at work, for metrics.
  [[nodiscard]] std::size_t running() const { return slots_.running(); }

 private:
  friend class GitRequest;

  const Verifier& verifier_;
  const Directory& directory_;
  GitRequirements requirements_;
  const RepositoryStore& repositories_;
  UsageRecorder& usage_;
  const Clock& clock_;
  GitSettings settings_;
  ChildSlots slots_;
};

}  // namespace latchkey::git
