#pragma once

// Bare repositories on disk.
//
//     root/
//       {workspace}/
//         {slug}.git/        one repository
//         .new-XXXXXX/       one that is being made; renamed when it is whole
//
// Names are checked against the rules of account/account.h before they become paths, and paths are
// opened beneath the root without following any symbolic link (openat2(2)). What is handed on is
// the open directory and no path, so that nothing can be put in its place between check and use.
//
// Thread safety: any number of threads; also beside another process that does the same.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "git/process.h"
#include "system/file_descriptor.h"

namespace latchkey::git {

struct RepositoryName {
  std::string workspace;
  std::string slug;
  friend bool operator==(const RepositoryName&, const RepositoryName&) = default;
};

class RepositoryStore {
 public:
  /// Opens the root directory, and makes it (mode 0700) if there is none; its parent must exist.
  /// Errors: kIo; kPermissionDenied if it belongs to somebody else.
  [[nodiscard]] static Result<RepositoryStore> Open(const std::string& root, GitProgram program);

  /// Makes an empty repository, default branch `main`. Atomic: it exists whole or not at all.
  /// Blocks. Errors: kInvalidArgument (a name), kAlreadyExists, kNoSpace, kIo, kUnavailable.
  [[nodiscard]] Result<void> Create(std::string_view workspace, std::string_view slug) const;

  /// The repository's directory. Errors: kNotFound: there is none, its name is none, it is a link
  /// or a file, or it belongs to another user; the message, for the log, says which.
  [[nodiscard]] Result<FileDescriptor> OpenRepository(std::string_view workspace,
                                                      std::string_view slug) const;

  /// Every repository, ordered by name. Blocks. Errors: kIo.
  [[nodiscard]] Result<std::vector<RepositoryName>> List() const;

  /// Removes what interrupted pushes and Create() left behind: git's quarantine directories, lock
  /// files of refs (with which no later push could change them) and `.new-…`. Leaves out a
  /// repository in which a git of a killed server still runs. Only while nobody else serves this
  /// root. Returns how many. Blocks. Errors: kIo.
  [[nodiscard]] Result<std::size_t> RemoveLeftovers() const;

  [[nodiscard]] const GitProgram& program() const { return program_; }

 private:
  RepositoryStore(std::string root, FileDescriptor directory, GitProgram program);

  [[nodiscard]] Result<FileDescriptor> OpenWorkspace(std::string_view workspace) const;
  [[nodiscard]] Result<void> Build(const FileDescriptor& workspace,
                                   const std::filesystem::path& temporary_path,
                                   const std::string& name) const;

  std::string root_;
  FileDescriptor directory_;
  GitProgram program_;
};

}  // namespace latchkey::git
