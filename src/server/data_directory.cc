#include "server/data_directory.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "system/file_io.h"

namespace latchkey::server {
namespace {

using enum Error::Code;

Result<void> MakeDirectory(const std::string& path) {
  std::error_code error;
  const std::filesystem::path parent = std::filesystem::path{path}.parent_path();
  if (!parent.empty()) std::filesystem::create_directories(parent, error);
  if (!error && (mkdir(path.c_str(), S_IRWXU) == 0 || errno == EEXIST)) return {};
  return Fail(kIo,
              "the data directory " + path +
                  " cannot be made: " + (error ? error.message() : ErrorText(errno)),
              "Give a path that can be written to with --data.");
}

Result<void> CheckOwner(const std::string& path) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) {
    return Fail(kIo, "the data directory " + path + " cannot be examined: " + ErrorText(errno));
  }
  if (!S_ISDIR(status.st_mode)) {
    return Fail(kInvalidArgument, path + " is not a directory", "Give a directory with --data.");
  }
  if (status.st_uid != geteuid()) {
    return Fail(kPermissionDenied, "the data directory " + path + " belongs to another user",
                "Run as that user, e.g. sudo -u latchkey latchkey …");
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Fail(kPermissionDenied, "the data directory " + path + " is open to others",
                "Run: chmod 700 " + path);
  }
  return {};
}

std::unexpected<Error> InUse(const std::string& path, const FileDescriptor& lock) {
  constexpr std::size_t kNumberSizeMax = 32;
  std::string owner;
  const bool known = ReadAll(lock, owner, kNumberSizeMax) && !owner.empty();
  while (owner.ends_with('\n')) owner.pop_back();
  return Fail(kInUse,
              "the data directory " + path + " is in use" +
                  (known ? " by process " + owner : std::string{}),
              "One process at a time owns it. Stop the other one, or use another directory.");
}

}  // namespace

Result<DataDirectory> DataDirectory::Open(const std::string& path) {
  if (path.empty()) {
    return Fail(kInvalidArgument, "no data directory was given",
                "Say --data DIR, or set LATCHKEY_DATA.");
  }
  if (Result<void> made = MakeDirectory(path); !made) return std::unexpected(made.error());
  if (Result<void> checked = CheckOwner(path); !checked) return std::unexpected(checked.error());
  const std::string lock_path = path + "/lock";
  FileDescriptor lock{
      open(lock_path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)};
  if (!lock.is_open()) {
    return Fail(kIo, lock_path + " cannot be opened: " + ErrorText(errno));
  }
  if (flock(lock.get(), LOCK_EX | LOCK_NB) != 0) return InUse(path, lock);
  const std::string number = std::to_string(getpid()) + "\n";
  if (ftruncate(lock.get(), 0) != 0 || !WriteAll(lock, number)) {
    return Fail(kIo, lock_path + " cannot be written: " + ErrorText(errno));
  }
  return DataDirectory{path, std::move(lock)};
}

}  // namespace latchkey::server
