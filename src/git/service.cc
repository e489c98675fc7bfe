#include "git/service.h"

#include <string>
#include <utility>
#include <vector>

namespace latchkey::git {

std::string_view ServiceName(GitService service) {
  switch (service) {
    case GitService::kUploadPack: return "git-upload-pack";
    case GitService::kReceivePack: return "git-receive-pack";
  }
  std::unreachable();
}

std::optional<GitService> ParseService(std::string_view name) {
  for (const GitService service : {GitService::kUploadPack, GitService::kReceivePack}) {
    if (name == ServiceName(service)) return service;
  }
  return std::nullopt;
}

std::string_view ServiceCommand(GitService service) {
  return ServiceName(service).substr(std::string_view{"git-"}.size());
}

Role ServiceRole(GitService service) {
  switch (service) {
    case GitService::kUploadPack: return Role::kRead;
    case GitService::kReceivePack: return Role::kWrite;
  }
  std::unreachable();
}

Result<GitRequirements> GitRequirements::Build(const Catalogue& catalogue) {
  const Result<Requirement> upload_pack = Requirement::Build(
      catalogue, {"read:repository:bitbucket"}, std::vector<std::string>{"repository"});
  if (!upload_pack) return std::unexpected(upload_pack.error());
  const Result<Requirement> receive_pack =
      Requirement::Build(catalogue, {"read:repository:bitbucket", "write:repository:bitbucket"},
                         std::vector<std::string>{"repository:write"});
  if (!receive_pack) return std::unexpected(receive_pack.error());
  return GitRequirements{*upload_pack, *receive_pack};
}

const Requirement& GitRequirements::For(GitService service) const {
  switch (service) {
    case GitService::kUploadPack: return upload_pack_;
    case GitService::kReceivePack: return receive_pack_;
  }
  std::unreachable();
}

}  // namespace latchkey::git
