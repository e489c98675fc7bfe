#pragma once

// The data directory, and that one process at a time owns it.
//
//     DIR/            mode 0700
//       lock          held while a process owns the directory; holds its number
//       keyring       unless it is kept elsewhere
//       latchkey.db   (-wal, -shm)
//       journal.log
//       node          the id of this directory among the nodes that share a database
//       admin.sock    while a server runs
//       repositories/

#include <sys/types.h>

#include <string>

#include "base/result.h"
#include "system/file_descriptor.h"

namespace latchkey::server {

class DataDirectory {
 public:
  /// Makes the directory if there is none, and takes its lock.
  /// Errors: kInUse (with the owner's process number), kPermissionDenied (somebody else's, or open
  /// to others), kIo, kInvalidArgument (no path).
  [[nodiscard]] static Result<DataDirectory> Open(const std::string& path);

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string database() const { return path_ + "/latchkey.db"; }
  [[nodiscard]] std::string usage() const { return path_ + "/usage.db"; }
  [[nodiscard]] std::string node() const { return path_ + "/node"; }
  [[nodiscard]] std::string journal() const { return path_ + "/journal.log"; }
  [[nodiscard]] std::string repositories() const { return path_ + "/repositories"; }

 private:
  DataDirectory(std::string path, FileDescriptor lock)
      : path_(std::move(path)), lock_(std::move(lock)) {}

  std::string path_;
  FileDescriptor lock_;
};

}  // namespace latchkey::server
