#include "server/keyring_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <utility>

#include "system/file_io.h"

namespace latchkey::server {
namespace {

using enum Error::Code;

constexpr std::size_t kKeyringSizeMax = 1 << 20;

std::unexpected<Error> CannotUse(const std::string& path, const std::string& what) {
  return Fail(kIo, "the keyring " + path + " " + what + ": " + ErrorText(errno),
              "Check the file and its folder.");
}

}  // namespace

std::string KeyringPath(const Settings& settings) {
  if (!settings.keyring.empty()) return settings.keyring;
  // Read before any other thread exists.
  // NOLINTNEXTLINE(concurrency-mt-unsafe)
  if (const char* directory = std::getenv("CREDENTIALS_DIRECTORY")) {
    const std::string path = std::string{directory} + "/latchkey-keyring";
    if (std::filesystem::exists(path)) return path;
  }
  return settings.data + "/keyring";
}

Result<Keyring> ReadKeyring(const std::string& path) {
  const FileDescriptor file{open(path.c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file.is_open()) {
    if (errno == ENOENT) return Fail(kNotFound, "there is no keyring at " + path);
    return CannotUse(path, "cannot be opened");
  }
  struct stat status{};
  if (fstat(file.get(), &status) != 0) return CannotUse(path, "cannot be examined");
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Fail(kPermissionDenied, "the keyring " + path + " can be read by others",
                "Run: chmod 600 " + path);
  }
  std::string text;
  text.reserve(kKeyringSizeMax);  // No shorter copy is left behind by a growing string.
  if (!ReadAll(file, text, kKeyringSizeMax)) {
    Wipe(text);
    return CannotUse(path, "cannot be read");
  }
  Result<Keyring> keyring = Keyring::Parse(text);
  Wipe(text);
  return keyring;
}

Result<Keyring> CreateKeyring(const std::string& path, Random& random, const Clock& clock) {
  Result<Keyring> keyring = Keyring::Generate(random, clock.Now());
  if (!keyring) return keyring;
  if (std::filesystem::exists(path)) {
    return Fail(kAlreadyExists, "the keyring " + path + " exists already");
  }
  // By way of another name, so that a start that is cut off leaves no half of one.
  if (Result<void> written = ReplaceKeyring(path, *keyring); !written) {
    return std::unexpected(written.error());
  }
  return keyring;
}

Result<void> ReplaceKeyring(const std::string& path, const Keyring& keyring) {
  const SecretString text = keyring.Format();
  if (!ReplaceFile(path, text.Expose())) return CannotUse(path, "cannot be written");
  return {};
}

}  // namespace latchkey::server
