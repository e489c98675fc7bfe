#include "git/repositories.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>
#include <utility>

#include "account/account.h"

namespace latchkey::git {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kSuffix = ".git";
constexpr std::string_view kTemporaryPrefix = ".new-";
constexpr std::string_view kQuarantinePrefix = "tmp_objdir-";
constexpr int kAnyDirectory = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
constexpr int kDirectoryFlags = kAnyDirectory | O_NOFOLLOW;

std::unexpected<Error> SystemFailure(std::string_view what, int error) {
  const bool full = error == ENOSPC || error == EDQUOT;
  return Fail(full ? Error::Code::kNoSpace : Error::Code::kIo,
              std::string{what} + ": " + std::system_category().message(error));
}

std::unexpected<Error> Missing(std::string_view why) {
  return Fail(Error::Code::kNotFound, "no such repository: " + std::string{why});
}

/// Opens `workspace`/`name` step by step, for kernels and sandboxes without openat2(2).
int OpenStepByStep(int root, const std::string& workspace, const std::string& name) {
  const FileDescriptor first{::openat(root, workspace.c_str(), kDirectoryFlags)};
  if (!first.is_open()) return -1;
  return ::openat(first.get(), name.c_str(), kDirectoryFlags);
}

int OpenBeneath(int root, const std::string& workspace, const std::string& name) {
  const std::string path = workspace + "/" + name;
  open_how how{};
  how.flags = static_cast<decltype(how.flags)>(kAnyDirectory);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const long fd = ::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how);
  if (fd >= 0) return static_cast<int>(fd);
  if (errno == ENOSYS || errno == EPERM) return OpenStepByStep(root, workspace, name);
  return -1;
}

bool IsOurs(int fd) {
  struct stat status{};
  return ::fstat(fd, &status) == 0 && status.st_uid == ::geteuid();
}

/// The names in a directory that `keep` accepts. An error leaves `error` set and what was found so
/// far.
template <typename Keep>
std::vector<std::string> ListNames(const fs::path& directory, Keep keep, std::error_code& error) {
  std::vector<std::string> names;
  for (fs::directory_iterator it{directory, error}; !error && it != fs::directory_iterator{};
       it.increment(error)) {
    if (it->symlink_status(error).type() != fs::file_type::directory) continue;
    std::string name = it->path().filename().string();
    if (keep(name)) names.push_back(std::move(name));
  }
  std::ranges::sort(names);
  return names;
}

bool IsWorkspace(const std::string& name) { return ValidateWorkspaceSlug(name).has_value(); }

bool IsRepository(const std::string& name) {
  if (!name.ends_with(kSuffix)) return false;
  const std::string_view slug = std::string_view{name}.substr(0, name.size() - kSuffix.size());
  return ValidateRepositorySlug(slug).has_value();
}

bool IsTemporary(const std::string& name) { return name.starts_with(kTemporaryPrefix); }
bool IsQuarantine(const std::string& name) { return name.starts_with(kQuarantinePrefix); }

Result<void> Sync(const fs::path& path) {
  const FileDescriptor opened{::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC)};
  if (opened.is_open() && ::fsync(opened.get()) == 0) return {};
  return SystemFailure("cannot write the repository", errno);
}

/// Brings a small directory and everything in it to the disk.
Result<void> SyncTree(const fs::path& directory) {
  std::error_code error;
  for (fs::recursive_directory_iterator it{directory, error};
       !error && it != fs::recursive_directory_iterator{}; it.increment(error)) {
    if (Result<void> synced = Sync(it->path()); !synced) return synced;
  }
  if (error) return SystemFailure("cannot write the repository", error.value());
  return Sync(directory);
}

std::size_t RemoveAll(const fs::path& directory, const std::vector<std::string>& names,
                      std::error_code& error) {
  std::size_t removed = 0;
  for (const std::string& name : names) {
    fs::remove_all(directory / name, error);
    if (!error) ++removed;
  }
  return removed;
}

/// Removes the lock files of a repository's refs. No ref's own name can end in `.lock`.
std::size_t RemoveLocks(const fs::path& repository, std::error_code& error) {
  std::vector<fs::path> locks;
  for (fs::recursive_directory_iterator it{repository / "refs", error};
       !error && it != fs::recursive_directory_iterator{}; it.increment(error)) {
    if (it->path().extension() == ".lock") locks.push_back(it->path());
  }
  for (const char* name : {"HEAD.lock", "packed-refs.lock", "config.lock", "shallow.lock"}) {
    locks.push_back(repository / name);
  }
  std::size_t removed = 0;
  for (const fs::path& lock : locks) removed += fs::remove(lock, error) ? 1U : 0U;
  return removed;
}

/// Whether a git process still runs in an open repository: see StartGit. Otherwise none can start
/// there while `repository` is open.
bool IsBusy(const FileDescriptor& repository) {
  return ::flock(repository.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

}  // namespace

RepositoryStore::RepositoryStore(std::string root, FileDescriptor directory, GitProgram program)
    : root_(std::move(root)), directory_(std::move(directory)), program_(std::move(program)) {}

Result<RepositoryStore> RepositoryStore::Open(const std::string& root, GitProgram program) {
  if (::mkdir(root.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return SystemFailure("cannot make the directory of repositories", errno);
  }
  FileDescriptor directory{::open(root.c_str(), kAnyDirectory)};
  if (!directory.is_open()) {
    return SystemFailure("cannot open the directory of repositories", errno);
  }
  if (!IsOurs(directory.get())) {
    return Fail(Error::Code::kPermissionDenied,
                "the directory of repositories belongs to another user",
                "Run the server as the user that owns its data directory.");
  }
  return RepositoryStore{root, std::move(directory), std::move(program)};
}

Result<FileDescriptor> RepositoryStore::OpenWorkspace(std::string_view workspace) const {
  const std::string name{workspace};
  if (::mkdirat(directory_.get(), name.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return SystemFailure("cannot make the workspace's directory", errno);
  }
  FileDescriptor opened{::openat(directory_.get(), name.c_str(), kDirectoryFlags)};
  if (!opened.is_open()) return SystemFailure("cannot open the workspace's directory", errno);
  return opened;
}

Result<void> RepositoryStore::Create(std::string_view workspace, std::string_view slug) const {
  if (Result<void> valid = ValidateWorkspaceSlug(workspace); !valid) return valid;
  if (Result<void> valid = ValidateRepositorySlug(slug); !valid) return valid;
  const Result<FileDescriptor> parent = OpenWorkspace(workspace);
  if (!parent) return std::unexpected(parent.error());
  const std::string name = std::string{slug}.append(kSuffix);
  if (::faccessat(parent->get(), name.c_str(), F_OK, AT_SYMLINK_NOFOLLOW) == 0) {
    return Fail(Error::Code::kAlreadyExists, "the repository exists already");
  }
  const fs::path directory = fs::path{root_} / workspace;
  std::string temporary = directory / (std::string{kTemporaryPrefix} + "XXXXXX");
  if (::mkdtemp(temporary.data()) == nullptr) {
    return SystemFailure("cannot make the repository's directory", errno);
  }
  Result<void> built = Build(*parent, temporary, name);
  if (!built) {
    std::error_code ignored;
    fs::remove_all(temporary, ignored);
  }
  return built;
}

Result<void> RepositoryStore::Build(const FileDescriptor& workspace, const fs::path& temporary_path,
                                    const std::string& name) const {
  const std::string temporary = temporary_path.filename();
  const FileDescriptor made{::openat(workspace.get(), temporary.c_str(), kDirectoryFlags)};
  if (!made.is_open()) return SystemFailure("cannot open the repository's directory", errno);
  const GitCommand command{
      .arguments = {"init", "--quiet", "--bare", "--initial-branch=main", "--template=", "."}};
  if (Result<void> ran = RunGit(program_, command, made.get()); !ran) return ran;
  if (Result<void> written = SyncTree(temporary_path); !written) {
    return written;
  }
  if (::renameat2(workspace.get(), temporary.c_str(), workspace.get(), name.c_str(),
                  RENAME_NOREPLACE) != 0) {
    const int error = errno;
    if (error == EEXIST) return Fail(Error::Code::kAlreadyExists, "the repository exists already");
    return SystemFailure("cannot put the repository in its place", error);
  }
  if (::fsync(workspace.get()) != 0 || ::fsync(directory_.get()) != 0) {
    return SystemFailure("cannot write the repository's name", errno);
  }
  return {};
}

Result<FileDescriptor> RepositoryStore::OpenRepository(std::string_view workspace,
                                                       std::string_view slug) const {
  if (!ValidateWorkspaceSlug(workspace) || !ValidateRepositorySlug(slug)) {
    return Missing("the name is none");
  }
  FileDescriptor opened{
      OpenBeneath(directory_.get(), std::string{workspace}, std::string{slug}.append(kSuffix))};
  if (!opened.is_open()) {
    const int error = errno;
    if (error == ELOOP || error == EXDEV) return Missing("it is a symbolic link");
    return Missing(std::system_category().message(error));
  }
  if (!IsOurs(opened.get())) return Missing("it belongs to another user");
  return opened;
}

Result<std::vector<RepositoryName>> RepositoryStore::List() const {
  std::vector<RepositoryName> names;
  std::error_code error;
  for (const std::string& workspace : ListNames(root_, IsWorkspace, error)) {
    for (const std::string& name : ListNames(fs::path{root_} / workspace, IsRepository, error)) {
      names.push_back(
          {.workspace = workspace, .slug = name.substr(0, name.size() - kSuffix.size())});
    }
  }
  if (error) return SystemFailure("cannot list the repositories", error.value());
  return names;
}

Result<std::size_t> RepositoryStore::RemoveLeftovers() const {
  std::size_t removed = 0;
  std::error_code error;
  for (const std::string& workspace : ListNames(root_, IsWorkspace, error)) {
    const fs::path directory = fs::path{root_} / workspace;
    removed += RemoveAll(directory, ListNames(directory, IsTemporary, error), error);
    for (const std::string& name : ListNames(directory, IsRepository, error)) {
      const FileDescriptor opened{::open((directory / name).c_str(), kDirectoryFlags)};
      if (IsBusy(opened)) continue;
      const fs::path objects = directory / name / "objects";
      removed += RemoveAll(objects, ListNames(objects, IsQuarantine, error), error);
      removed += RemoveLocks(directory / name, error);
    }
  }
  if (error) return SystemFailure("cannot remove what was left behind", error.value());
  return removed;
}

}  // namespace latchkey::git
