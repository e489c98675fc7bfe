#include "cli/text_file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "base/text.h"
#include "system/file_io.h"

namespace latchkey::cli {
namespace {

using enum Error::Code;

std::unexpected<Error> Unreadable(const std::string& path, int error) {
  const std::string name = EscapeForTerminal(path);
  if (error == ENOENT) return Fail(kNotFound, "there is no file " + name);
  const bool denied = error == EACCES || error == EPERM;
  return Fail(denied ? kPermissionDenied : kIo, name + " cannot be read: " + ErrorText(error));
}

}  // namespace

Result<std::string> ReadTextFile(const std::string& path, std::size_t size_max) {
  // Without waiting for a writer, should it be a pipe.
  const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!file.is_open()) return Unreadable(path, errno);
  struct stat found{};
  if (::fstat(file.get(), &found) != 0) return Unreadable(path, errno);
  if (!S_ISREG(found.st_mode)) {
    return Fail(kInvalidArgument, EscapeForTerminal(path) + " is not a regular file");
  }
  std::string text;
  if (!ReadAll(file, text, size_max)) {
    if (errno != EFBIG) return Unreadable(path, errno);
    return Fail(kLimitExceeded, EscapeForTerminal(path) + " is larger than " +
                                    std::to_string(size_max / 1024) + " KiB");
  }
  if (!IsUtf8(text)) {
    return Fail(kInvalidArgument, EscapeForTerminal(path) + " is not UTF-8 text");
  }
  return text;
}

}  // namespace latchkey::cli
