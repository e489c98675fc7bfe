#include "client_io/book_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <thread>
#include <utility>

#include "system/file_io.h"

namespace latchkey::client {
namespace {

using enum Error::Code;

constexpr std::size_t kFileSizeMax = std::size_t{4} << 20U;

std::unexpected<Error> CannotUse(const std::string& path, const std::string& what) {
  const int error = errno;
  return Fail(error == ENOSPC ? kNoSpace : kIo, path + " " + what + ": " + ErrorText(error));
}

class HeldLock final : public Held {
 public:
  explicit HeldLock(FileDescriptor file) : file_(std::move(file)) {}

 private:
  FileDescriptor file_;  // Closing it lets go.
};

}  // namespace

Result<void> MakePrivateDirectory(const std::string& directory) {
  std::error_code ignored;  // mkdir says what is wrong.
  std::filesystem::create_directories(std::filesystem::path{directory}.parent_path(), ignored);
  if (mkdir(directory.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return CannotUse(directory, "cannot be made");
  }
  struct stat status{};
  if (stat(directory.c_str(), &status) != 0) return CannotUse(directory, "cannot be examined");
  if (status.st_uid != geteuid() || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return Fail(kPermissionDenied, directory + " is not yours alone to write to",
                "Run: chmod 700 " + directory);
  }
  return {};
}

Result<SecretString> ReadPrivateFile(const std::string& path) {
  const FileDescriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file.is_open()) {
    if (errno == ENOENT) return Fail(kNotFound, "there is no file " + path);
    return CannotUse(path, "cannot be opened");
  }
  struct stat status{};
  if (fstat(file.get(), &status) != 0) return CannotUse(path, "cannot be examined");
  if (status.st_uid != geteuid() || (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Fail(kPermissionDenied, path + " is not yours alone", "Run: chmod 600 " + path);
  }
  std::string text;
  text.reserve(static_cast<std::size_t>(std::max<off_t>(status.st_size, 0)) + 1);
  const bool read = ReadAll(file, text, kFileSizeMax);
  SecretString whole{std::move(text)};
  if (!read) return CannotUse(path, "cannot be read");
  return whole;
}

Result<void> WritePrivateFile(const std::string& path, std::string_view text) {
  const std::string next = path + ".new";
  // What a write that was cut off left behind.
  if (unlink(next.c_str()) != 0 && errno != ENOENT) return CannotUse(next, "cannot be removed");
  {
    const FileDescriptor file{
        open(next.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR)};
    if (!file.is_open()) return CannotUse(next, "cannot be made");
    if (!WriteAll(file, text) || fsync(file.get()) != 0) {
      return CannotUse(next, "cannot be written");
    }
  }
  if (rename(next.c_str(), path.c_str()) != 0) return CannotUse(path, "cannot be replaced");
  return SyncDirectoryOf(path);
}

Result<LoginBook> DirectoryBook::Read() {
  const Result<SecretString> text = ReadPrivateFile(directory_ + "/logins.json");
  if (text) return ParseBook(text->Expose());
  if (text.error().code == kNotFound) return LoginBook{};
  return std::unexpected(text.error());
}

Result<void> DirectoryBook::Write(const LoginBook& book) {
  if (Result<void> made = MakePrivateDirectory(directory_); !made) return made;
  return WritePrivateFile(directory_ + "/logins.json", FormatBook(book));
}

Result<std::unique_ptr<Held>> DirectoryBook::Hold() {
  if (Result<void> made = MakePrivateDirectory(directory_); !made) {
    return std::unexpected(made.error());
  }
  const std::string path = directory_ + "/lock";
  FileDescriptor file{open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR)};
  if (!file.is_open()) return CannotUse(path, "cannot be opened");
  constexpr std::chrono::milliseconds kPause{10};
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK && errno != EINTR) return CannotUse(path, "cannot be locked");
    if (std::chrono::steady_clock::now() > deadline) {
      return Fail(kInUse, "another latchkey is changing the logins",
                  "Try again; if it stays so, look for one that hangs.");
    }
    std::this_thread::sleep_for(kPause);
  }
  return std::make_unique<HeldLock>(std::move(file));
}

}  // namespace latchkey::client
