#pragma once

// The two things that a Git client may ask of a repository, and what each needs.

#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "account/account.h"
#include "base/result.h"
#include "scope/requirement.h"

namespace latchkey::git {

enum class GitService : std::uint8_t {
  kUploadPack,   ///< Clone and fetch: reads.
  kReceivePack,  ///< Push: writes.
};

/// `git-upload-pack`, `git-receive-pack`: in URLs and media types.
[[nodiscard]] std::string_view ServiceName(GitService service);
[[nodiscard]] std::optional<GitService> ParseService(std::string_view name);
/// The word after `git` that runs it.
[[nodiscard]] std::string_view ServiceCommand(GitService service);
/// The role in the workspace that it takes.
[[nodiscard]] Role ServiceRole(GitService service);

/// What a credential must hold:
///
///     service       API token's scopes                     app password's permissions
///     upload-pack   read:repository                        repository
///     receive-pack  read:repository, write:repository      repository:write
class GitRequirements {
 public:
  /// `catalogue` is the app bitbucket's, and outlives this. Errors: as Requirement::Build.
  [[nodiscard]] static Result<GitRequirements> Build(const Catalogue& catalogue);

  [[nodiscard]] const Requirement& For(GitService service) const;

 private:
  GitRequirements(Requirement upload_pack, Requirement receive_pack)
      : upload_pack_(std::move(upload_pack)), receive_pack_(std::move(receive_pack)) {}
  Requirement upload_pack_;
  Requirement receive_pack_;
};

}  // namespace latchkey::git
