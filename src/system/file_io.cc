#include "system/file_io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "base/secret.h"

namespace latchkey {

bool WriteAll(const FileDescriptor& file, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file.get(), text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

bool ReadAll(const FileDescriptor& file, std::string& text, std::size_t size_max) {
  std::array<char, 4096> buffer{};
  while (true) {
    const ssize_t got = read(file.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) {
      Wipe(buffer.data(), buffer.size());  // The file may hold secrets.
      return got == 0;
    }
    if (text.size() + static_cast<std::size_t>(got) > size_max) {
      errno = EFBIG;
      return false;
    }
    text.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

bool ReplaceFile(const std::string& path, std::string_view text) {
  const std::string temporary = path + ".new";
  if (unlink(temporary.c_str()) != 0 && errno != ENOENT) return false;
  const FileDescriptor file{open(
      temporary.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR)};
  return file.is_open() && WriteAll(file, text) && fsync(file.get()) == 0 &&
         std::rename(temporary.c_str(), path.c_str()) == 0 && SyncDirectoryOf(path).has_value();
}

Result<void> SyncDirectoryOf(const std::string& path) {
  std::filesystem::path parent = std::filesystem::path{path}.parent_path();
  if (parent.empty()) parent = ".";
  const FileDescriptor directory{open(parent.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  if (directory.is_open() && fsync(directory.get()) == 0) return {};
  return Fail(Error::Code::kIo,
              "the folder " + parent.string() + " cannot be synced: " + ErrorText(errno));
}

std::string ErrorText(int error) { return std::generic_category().message(error); }

}  // namespace latchkey
