#include <memory>
#include <mutex>

#include "admin/methods.h"

namespace latchkey::admin {
namespace {

using Parts = AdminService::Parts;

Result<Json> RenderRepository(const Parts& parts, const Repository& repository) {
  Result<std::string> path = parts.repositories.PathOf(repository.workspace, repository.slug);
  if (!path) return std::unexpected(path.error());
  const std::string full_name = repository.workspace + "/" + repository.slug;
  return Json{{"workspace", repository.workspace},
              {"slug", repository.slug},
              {"full_name", full_name},
              {"path", *path},
              {"clone_url", parts.presentation.public_url + "/" + full_name + ".git"},
              {"created_at", FormatInstant(repository.created_at)}};
}

Result<Json> CreateRepository(const Parts& parts, std::mutex& mutex, Params& params,
                              const Caller& caller) {
  const std::string workspace = params.Text("workspace");
  const std::string slug = params.Text("repository");
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  // One at a time, so that files are never removed that another call's record stands for.
  const std::scoped_lock lock{mutex};
  if (Result<void> allowed = parts.accounts.CheckNewRepository(workspace, slug); !allowed) {
    return std::unexpected(allowed.error());
  }
  const Result<std::string> path = parts.repositories.Create(workspace, slug);
  // Files without a record are what a creation left that was cut off, or what an operator put
  // there: they are taken in.
  const bool found_files = !path && path.error().code == Error::Code::kAlreadyExists;
  if (!path && !found_files) return std::unexpected(path.error());
  const Result<Repository> repository = parts.accounts.CreateRepository(workspace, slug, caller);
  if (!repository) {
    Error error = repository.error();
    // When the outcome is unknown the record may stand after all, so its files stay.
    const bool refused = error.code != Error::Code::kUnavailable && !found_files;
    if (refused && !parts.repositories.Remove(workspace, slug)) {
      error.hint += error.hint.empty() ? "" : " ";
      error.hint += "The repository's empty files could not be removed again.";
    }
    return std::unexpected(std::move(error));
  }
  return RenderRepository(parts, *repository);
}

Result<Json> ListRepositories(const Parts& parts, Params& params) {
  const PageRequest page = ReadPage(params);
  const std::optional<std::string> workspace = params.OptionalText("workspace");
  if (Result<void> read = params.Finish(); !read) return std::unexpected(read.error());
  std::vector<Repository> repositories = parts.directory.ListRepositories();
  std::erase_if(repositories, [&workspace](const Repository& repository) {
    return workspace && repository.workspace != *workspace;
  });
  return RenderPage(
      repositories, page, [](const Repository& row) { return row.workspace + "/" + row.slug; },
      [&parts](const Repository& row) {
        return RenderRepository(parts, row).value_or(Json::object());
      });
}

}  // namespace

void AddRepositoryMethods(const Parts& parts, MethodTable& table) {
  const auto mutex = std::make_shared<std::mutex>();
  table["repo.create"] = [&parts, mutex](Params& params, const Caller& caller) {
    return CreateRepository(parts, *mutex, params, caller);
  };
  table["repo.list"] = [&parts](Params& params, const Caller&) {
    return ListRepositories(parts, params);
  };
}

}  // namespace latchkey::admin
